"""The virtual environment beside the code."""

import pathlib

from acorn.runner.home import ROOT
from acorn.runner.say import StopError

VENV = ROOT / ".venv"


def python() -> pathlib.Path:
    """The interpreter that has the packages."""
    path = VENV / "bin" / "python"
    if not path.exists():
        raise StopError("The packages are not installed yet: run `make up` or `make test` first.")
    return path
