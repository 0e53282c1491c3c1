"""`make lock`: write the pinned lists anew from pyproject.toml and package.json."""

import os
import pathlib
import shutil
import tempfile

from acorn.runner import processes, venv
from acorn.runner.home import ROOT
from acorn.runner.say import step

_GROUPS = {
    venv.RUNTIME_LOCK: ["pyproject.toml"],
    # the test lock contains the runtime, at the same versions
    venv.TEST_LOCK: ["pyproject.toml", "--group", "test", "--constraint", venv.RUNTIME_LOCK.name],
}


def write_all() -> None:
    """One file for every system and Python, with hashes and without any address. Pins move only as far as they must."""
    with tempfile.TemporaryDirectory() as folder:
        uv = _uv(pathlib.Path(folder))
        for lock, words in _GROUPS.items():
            processes.run(
                [
                    *(
                        uv,
                        "pip",
                        "compile",
                        "--universal",
                        "--python-version",
                        "3.11",
                        "--generate-hashes",
                    ),
                    *(
                        "--no-emit-index-url",
                        "--custom-compile-command",
                        "make lock",
                        "--output-file",
                        lock.name,
                        *words,
                    ),
                ],
                env=os.environ,
                cwd=ROOT,
                failed=f"{lock.name} could not be written.",
                umask=0o022,
            )
            step(f"Wrote {lock.name}")


def _uv(folder: pathlib.Path) -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(venv.VENV / "bin"))
    if found:
        return found
    venv.create(folder / "uv")
    python = str(folder / "uv" / "bin" / "python")
    processes.run(
        [python, "-m", "pip", "install", "--quiet", "uv>=0.13"],
        failed="uv, which resolves the locks, could not be installed.",
    )
    return str(folder / "uv" / "bin" / "uv")
