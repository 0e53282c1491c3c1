"""Settings from outside: real environment first, then what the runner wrote under ACORN_HOME.

The runner (`make up`) writes ACORN_HOME/services.json with the addresses of the embedded services, so that
`manage.py` and every process find them without being told. A variable of the real environment always wins.
"""

import json
import os
from pathlib import Path

from environ import FileAwareEnv, ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder that holds all state of this installation (ACORN_HOME, default `.acorn` beside manage.py)."""
    return (ROOT / os.environ.get("ACORN_HOME", ".acorn")).resolve()


def load() -> FileAwareEnv:
    """A typed reader of the environment, completed from services.json. Raises ImproperlyConfigured for a broken file.

    Each variable may also be given as NAME_FILE, the path of a file with the value (Docker and Kubernetes secrets).
    """
    services = home() / "services.json"
    if services.is_file():
        try:
            written = json.loads(services.read_text())["env"]
        except (ValueError, KeyError) as error:
            raise ImproperlyConfigured(
                f"{services} is not readable ({error}); delete it and run `make up` again."
            ) from error
        for name, value in written.items():
            os.environ.setdefault(name, value)
    return FileAwareEnv()
