import errno
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from acorn.runner import processes
from acorn.runner.home import ROOT, Home
from acorn.runner.processes import Program
from acorn.runner.say import StopError
from acorn.runner.supervisor import Supervisor

_WAIT = "time.sleep(60)"


def _notes_its_end(home: Home, name: str) -> str:
    diary = str(home.path / "diary")
    return (
        f"def end(number, _):\n    open({diary!r}, 'a').write(f'{name} {{number}}\\n'); sys.exit()\n"
        f"signal.signal(signal.SIGTERM, end); signal.signal(signal.SIGINT, end)\n"
        f"pathlib.Path({str(home.path / (name + '.armed'))!r}).write_text('')\n{_WAIT}"
    )


def _pid(home: Home, name: str) -> int:
    return int((home.path / f"{name}.began").read_text() or 0)


def test_programs_stop_in_the_opposite_order_each_by_its_signal(home: Home, program: Callable[..., Program]) -> None:
    def armed(name: str, **more: object) -> Program:
        return program(name, _notes_its_end(home, name), ready=(home.path / f"{name}.armed").exists, **more)

    with Supervisor(home) as supervisor:
        supervisor.start(armed("database", stop_signal=signal.SIGINT))
        supervisor.start(armed("web"))
        supervisor.start(armed("beat"))

    assert (home.path / "diary").read_text() == "beat 15\nweb 15\ndatabase 2\n"


def test_killed_program_starts_again(home: Home, supervisor: Supervisor, program: Callable[..., Program]) -> None:
    supervisor.start(program("web", _WAIT))
    first = _pid(home, "web")

    os.kill(first, signal.SIGKILL)

    began = home.path / "web.began"
    assert supervisor.watch_until(lambda: began.exists() and began.read_text() not in ("", str(first)), 20)
    assert processes.identity(_pid(home, "web"))


def test_children_of_a_killed_program_do_not_outlive_it(
    home: Home, supervisor: Supervisor, program: Callable[..., Program]
) -> None:
    grandchild = home.path / "grandchild"
    code = f"import subprocess\nchild = subprocess.Popen(['sleep', '60'])\npathlib.Path({str(grandchild)!r}).write_text(str(child.pid))\n{_WAIT}"
    supervisor.start(program("web", code, ready=grandchild.exists))
    pid = int(grandchild.read_text())

    os.kill(_pid(home, "web"), signal.SIGKILL)

    assert supervisor.watch_until(lambda: processes.identity(pid) is None, 20)


def test_program_that_ignores_the_signal_is_killed(home: Home, program: Callable[..., Program]) -> None:
    code = f"signal.signal(signal.SIGTERM, signal.SIG_IGN)\npathlib.Path({str(home.path / 'deaf')!r}).write_text('')\n{_WAIT}"
    with Supervisor(home) as supervisor:
        supervisor.start(program("web", code, stop_seconds=0.2, ready=(home.path / "deaf").exists))
        pid = _pid(home, "web")

    assert processes.identity(pid) is None


def test_program_that_ends_at_its_start_is_told_with_its_last_words(
    home: Home, supervisor: Supervisor, program: Callable[..., Program]
) -> None:
    with pytest.raises(StopError) as refusal:
        supervisor.start(program("web", "print('no such module'); sys.exit(4)", ready=lambda: False))

    assert str(refusal.value) == f"web ended at its start. Its log: {home.logs / 'web.log'}\n  no such module"


def test_start_in_which_a_program_keeps_ending_is_given_up(
    home: Home, supervisor: Supervisor, program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acorn.runner.supervisor._LONGEST_PAUSE", 0)
    supervisor.start(program("web", "print('broken'); sys.exit(1)", ready=None))

    with pytest.raises(StopError, match=r"^web does not stay up\."):
        supervisor.watch_until(lambda: False, 30)


def test_next_runner_stops_what_a_killed_one_left(home: Home, program: Callable[..., Program]) -> None:
    code = (
        "import os, pathlib, signal\n"
        "from acorn.runner.home import Home\n"
        "from acorn.runner.processes import Program\n"
        "from acorn.runner.supervisor import Supervisor\n"
        f"home = Home(pathlib.Path({str(home.path)!r}))\n"
        "supervisor = Supervisor(home)\n"
        "for name in ('one', 'two'):\n"
        "    supervisor.start(Program(name=name, command=('/bin/sleep', '60'), env={}, log=home.log(name), cwd=home.path))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    left = home.left_over()
    assert [entry["name"] for entry in left] == ["two", "one"]

    stopped = home.stop_left_over()

    assert stopped == ["two", "one"]
    assert [processes.identity(entry["pid"]) for entry in left] == [None, None]
    assert home.stop_left_over() == []


def test_number_of_a_left_over_that_now_belongs_to_another_is_left_alone(
    home: Home, program: Callable[..., Program]
) -> None:
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    home.write_down(program("web", _WAIT), stranger.pid)
    ledger = home.path / "processes.json"
    ledger.write_text(ledger.read_text().replace(processes.identity(stranger.pid) or "", "an earlier life"))

    assert home.stop_left_over() == []

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_program_that_cannot_be_written_down_does_not_run(
    home: Home, supervisor: Supervisor, program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = []

    def full_disk(_: Program, pid: int) -> None:
        pids.append(pid)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(home, "write_down", full_disk)
    with pytest.raises(OSError, match="No space left"):
        supervisor.start(program("web", _WAIT))

    assert [processes.identity(pid) for pid in pids] == [None]


def test_log_is_private(home: Home, supervisor: Supervisor, program: Callable[..., Program]) -> None:
    supervisor.start(program("web", _WAIT))

    assert pathlib.Path(home.logs / "web.log").stat().st_mode & 0o777 == 0o600
