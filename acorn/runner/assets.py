"""The style sheet and the charts of the web pages: npm packages pinned by package-lock.json, never committed."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from acorn.runner import processes, venv
from acorn.runner.home import ROOT
from acorn.runner.say import step

VENDOR = ROOT / "static" / "vendor"
_FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "echarts/echarts.common.min.js": "echarts/dist/echarts.common.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
}
_MARKER = "lock.sha256"
_BUILD = ".build-"
# older ones cannot read the format of our lock file
_OLDEST_NPM = 7


def install() -> None:
    """Put the files that pages need into static/vendor: all of them or none. Does nothing if they are there."""
    wanted = _digest()
    marker = VENDOR / _MARKER
    if marker.exists() and marker.read_text() == wanted:
        return
    VENDOR.parent.mkdir(exist_ok=True)
    for rest in VENDOR.parent.glob(f"{_BUILD}*"):
        shutil.rmtree(rest, ignore_errors=True)
    venv.require_space(ROOT, 500)
    with tempfile.TemporaryDirectory(prefix=_BUILD, dir=VENDOR.parent) as folder:
        build = pathlib.Path(folder)
        _npm_ci(build)
        new = build / "vendor"
        take(build / "node_modules", new)
        if VENDOR.exists():
            VENDOR.rename(build / "old")
        new.rename(VENDOR)
    step("Web assets are installed")


def take(packages: pathlib.Path, target: pathlib.Path) -> None:
    """Copy the few files we need out of node_modules, and note which lock they came from."""
    for name, source in _FILES.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / source, target / name)
    _forget_source_map(target / "tabler/tabler.min.css")
    (target / _MARKER).write_text(_digest())


def lock() -> None:
    """Write package-lock.json anew from package.json: hashes, and no address of any kind."""
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder)
        shutil.copyfile(ROOT / "package.json", build / "package.json")
        _npm(build, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")
        locked = json.loads((build / "package-lock.json").read_text())
        for package in locked["packages"].values():
            package.pop("funding", None)
        (ROOT / "package-lock.json").write_text(json.dumps(locked, indent=2) + "\n")


def _npm_ci(build: pathlib.Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / name, build / name)
    _npm(build, "ci")


def _npm(build: pathlib.Path, *words: str) -> None:
    """Run npm without running anybody's install scripts; the machine's, or one installed for this moment only."""
    programs = _machine_npm() or _installed_npm(build)
    processes.run(
        [
            *(str(programs / "npm"), *words, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"),
            *("--cache", str(build / "cache")),
        ],
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
        cwd=build,
        failed="The web assets could not be fetched with npm.",
        umask=0o022,
    )


def _machine_npm() -> pathlib.Path | None:
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return None
    shown = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = shown.stdout.strip().partition(".")[0]
    return pathlib.Path(npm).parent if major.isdigit() and int(major) >= _OLDEST_NPM else None


def _installed_npm(build: pathlib.Path) -> pathlib.Path:
    side = build / "node"
    venv.create(side)
    venv.install_into(side, venv.NODE_LOCK)
    return side / "bin"


def _forget_source_map(path: pathlib.Path) -> None:
    """The map is not copied, and a style sheet that names a missing file stops collectstatic."""
    text = path.read_text(encoding="utf-8")
    kept, _, _ = text.rpartition("/*# sourceMappingURL=")
    path.write_text(kept or text, encoding="utf-8")


def _digest() -> str:
    parts = [(ROOT / "package-lock.json").read_bytes(), json.dumps(_FILES).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


if __name__ == "__main__":
    # in the Docker build npm has a stage of its own
    take(pathlib.Path(sys.argv[1]), VENDOR)
