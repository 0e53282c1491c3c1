import json
import pathlib
import subprocess
import sys

import pytest

from acorn.runner import venv
from acorn.runner.home import ROOT
from acorn.runner.say import StopError


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A place for an environment whose locks name no package, so that nothing is fetched."""
    for name in ("VENV", "RUNTIME_LOCK", "TEST_LOCK", "ROOT"):
        monkeypatch.setattr(venv, name, tmp_path / getattr(venv, name).relative_to(venv.ROOT))
    venv.RUNTIME_LOCK.write_text("# runtime\n")
    venv.TEST_LOCK.write_text("# test\n")
    monkeypatch.setattr(venv, "_MEGABYTES", {venv.RUNTIME_LOCK: 1, venv.TEST_LOCK: 1})
    return tmp_path


def _made_by_hand(folder: pathlib.Path) -> None:
    """Enough of an environment to be taken for a working one."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to("/bin/true")


def test_installation_is_marked_finished_and_not_repeated(root: pathlib.Path) -> None:
    _made_by_hand(venv.VENV)
    venv.install(venv.TEST_LOCK)
    marker = venv.VENV / "acorn-locks.json"
    written = marker.stat().st_mtime_ns

    venv.install(venv.TEST_LOCK)
    venv.install(venv.RUNTIME_LOCK)

    assert json.loads(marker.read_text())["finished"]
    assert marker.stat().st_mtime_ns == written


def test_changed_lock_is_installed(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _made_by_hand(venv.VENV)
    venv.install(venv.RUNTIME_LOCK)
    installed = []
    monkeypatch.setattr(venv, "install_into", lambda _, lock, *held: installed.append(lock))

    venv.install(venv.RUNTIME_LOCK)
    venv.RUNTIME_LOCK.write_text("# changed\n")
    venv.install(venv.RUNTIME_LOCK)

    assert installed == [venv.RUNTIME_LOCK]


def test_interrupted_installation_is_begun_anew(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _made_by_hand(venv.VENV)
    rubbish = venv.VENV / "half-a-package"
    rubbish.touch()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(venv, "install_into", interrupt)
        venv.install(venv.RUNTIME_LOCK)
    assert rubbish.exists()
    monkeypatch.setattr(venv, "create", _made_by_hand)
    venv.install(venv.RUNTIME_LOCK)

    assert not rubbish.exists()
    assert [path.name for path in root.glob(".venv*")] == [".venv"]


def test_environment_whose_python_is_gone_is_made_anew(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _made_by_hand(venv.VENV)
    venv.install(venv.RUNTIME_LOCK)
    (venv.VENV / "bin" / "python").unlink()
    (venv.VENV / "bin" / "python").symlink_to("/gone")
    monkeypatch.setattr(venv, "create", lambda folder: (folder / "bin").mkdir())
    monkeypatch.setattr(venv, "install_into", lambda *_: None)

    venv.install(venv.RUNTIME_LOCK)

    assert not (venv.VENV / "bin" / "python").is_symlink()


def test_linked_environment_is_left_alone(root: pathlib.Path) -> None:
    theirs = root / "theirs"
    _made_by_hand(theirs)
    venv.VENV.symlink_to(theirs)

    venv.install(venv.RUNTIME_LOCK)

    assert [path.name for path in theirs.iterdir()] == ["bin"]


def test_python_without_ensurepip_is_a_sentence(root: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(StopError, match=r"This Python has no ensurepip.*apt install python3\.\d+-venv"):
        venv.install(venv.RUNTIME_LOCK)


def test_full_disk_is_a_sentence_before_anything_is_written(
    root: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venv, "_MEGABYTES", {venv.RUNTIME_LOCK: 10**9})

    with pytest.raises(StopError, match=r"MB left, this needs about 1000000000 MB: free some space"):
        venv.install(venv.RUNTIME_LOCK)

    assert not venv.VENV.exists()


def test_installation_of_a_killed_runner_is_waited_for(root: pathlib.Path, tmp_path: pathlib.Path) -> None:
    done = tmp_path / "done"
    # as pip would: it outlives the one that started it, and holds the lock that it was given
    code = (
        "import os, pathlib, subprocess, sys\n"
        "from acorn.runner import venv\n"
        f"venv.ROOT = pathlib.Path({str(root)!r})\n"
        "with venv._alone() as held:\n"
        f"    subprocess.Popen(['/bin/sh', '-c', 'sleep 1; touch {done}'], pass_fds=[held], start_new_session=True)\n"
        "    os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)

    with venv._alone():
        assert done.exists()
