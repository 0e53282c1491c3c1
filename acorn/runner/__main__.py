"""`python3 -m acorn.runner`: see cli.py."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- the linter's Python is not the newcomer's
    sys.exit(f"ACORN needs Python 3.11 or newer, this is {sys.version.split()[0]}. Try: make up PYTHON=python3.12")

from acorn.runner.cli import main

sys.exit(main(sys.argv[1:]))
