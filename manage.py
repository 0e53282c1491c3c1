#!/usr/bin/env python
"""Django's command line; finds the running embedded services through ACORN_HOME (see acorn/env.py)."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- slow import

    import acorn.celery  # noqa: F401, PLC0415 -- slow import

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
