"""Ask /healthz. As a program, for the health checks of containers:

    python -m acorn.runner.health http://web:8000 worker

ends with exit code 1 if /healthz cannot be asked, or names one of the given parts.
"""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping


def problem(base_url: str, environ: Mapping[str, str]) -> str:
    """Empty when web, worker, beat, database and broker all work, else what /healthz says, or why it says nothing."""
    request = urllib.request.Request(f"{base_url}/healthz", headers={"Host": _answered_name(environ)})
    try:
        with urllib.request.urlopen(request, timeout=5):
            return ""
    except urllib.error.HTTPError as refusal:
        return f"/healthz answers {refusal.code} {refusal.read(500).decode(errors='replace').strip()}"
    except OSError as failure:
        return f"the web server does not answer ({failure})"


def _answered_name(environ: Mapping[str, str]) -> str:
    """A host name that the application answers, whatever address it is asked at."""
    names = [name.strip().lstrip(".") for name in (environ.get("ALLOWED_HOSTS") or "localhost").split(",")]
    return next((name for name in names if name and name != "*"), "localhost")


def main(base_url: str, *parts: str) -> int:
    """0 if nothing is wrong with the given parts."""
    told = problem(base_url, os.environ)
    if told.startswith("/healthz answers 503") and not any(part in told for part in parts):
        return 0
    sys.stdout.write(told)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
