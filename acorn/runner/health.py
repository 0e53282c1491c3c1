"""Ask /healthz. As a program, for the health checks of containers:

    python -m acorn.runner.health http://web:8000 worker

ends with exit code 1 if one of the given parts does not work, or if nobody can be asked.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping


def parts_down(base_url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """What does not work, and how: empty when web, worker, beat, database and broker all do."""
    request = urllib.request.Request(f"{base_url}/healthz", headers={"Host": _answered_name(environ)})
    try:
        with urllib.request.urlopen(request, timeout=5):
            return {}
    except urllib.error.HTTPError as refusal:
        try:
            parts = json.loads(refusal.read(10_000))["parts"]
        except (ValueError, KeyError):
            return {"web": f"/healthz answers {refusal.code}"}
        return {part: state for part, state in parts.items() if state != "ok"}
    except OSError as failure:
        return {"web": f"does not answer ({failure})"}


def _answered_name(environ: Mapping[str, str]) -> str:
    """A host name that the application answers, whatever address it is asked at."""
    names = [name.strip().lstrip(".") for name in (environ.get("ALLOWED_HOSTS") or "localhost").split(",")]
    return next((name for name in names if name and name != "*"), "localhost")


def main(base_url: str, *parts: str) -> int:
    """0 if the given parts work; none does where nobody can be asked."""
    down = parts_down(base_url, os.environ)
    for part, state in down.items():
        sys.stdout.write(f"{part}: {state}\n")
    return 1 if down.keys() & {"web", *parts} else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
