import os
import pathlib
import signal
import subprocess
import sys

import pytest

from acorn.runner import interrupts, processes
from acorn.runner.say import StopError


def _sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)


def test_identity_is_stable_and_ends_with_the_process() -> None:
    process = _sleeper()
    known_as = processes.identity(process.pid)

    assert known_as is not None
    assert processes.identity(process.pid) == known_as
    process.kill()
    assert processes.wait_until(lambda: processes.identity(process.pid) is None, 10)  # a zombie: nobody has waited yet
    process.wait()
    assert processes.identity(process.pid) is None


def test_process_that_took_over_a_number_is_left_alone() -> None:
    process = _sleeper()

    assert processes.stop(process.pid, "somebody else", signal.SIGKILL, 5)

    assert process.poll() is None
    process.kill()
    process.wait()


def test_failed_step_says_what_it_printed() -> None:
    with pytest.raises(StopError) as refusal:
        processes.run(["/bin/sh", "-c", "echo one; echo two >&2; exit 3"], failed="It failed.")

    assert str(refusal.value) == "It failed.\n  one\n  two"


def test_full_disk_is_named() -> None:
    with pytest.raises(StopError) as refusal:
        processes.run(
            ["/bin/sh", "-c", "echo 'OSError: [Errno 28] No space left on device'; exit 1"], failed="It failed."
        )

    assert str(refusal.value) == "It failed. The disk is full: free some space and run the same command again."


def test_step_that_leaves_a_grandchild_ends_all_the_same(tmp_path: pathlib.Path) -> None:
    pid_file = tmp_path / "pid"

    processes.run(["/bin/sh", "-c", f"sleep 60 & echo $! > {pid_file}"], failed="")

    pid = int(pid_file.read_text())
    assert processes.wait_until(lambda: processes.identity(pid) is None, 10)


def test_interrupted_step_leaves_no_process(tmp_path: pathlib.Path) -> None:
    pid_file = tmp_path / "pid"

    def interrupt(_: str) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)

    def raise_interrupt(*_: object) -> None:
        raise interrupts.InterruptedRun

    before = signal.signal(signal.SIGUSR1, raise_interrupt)
    try:
        with pytest.raises(interrupts.InterruptedRun):
            processes.run(["/bin/sh", "-c", f"echo $$ > {pid_file}; echo go; sleep 60"], on_line=interrupt, failed="")
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert processes.identity(int(pid_file.read_text())) is None


def test_interrupt_waits_for_the_end_of_a_held_block() -> None:
    code = (
        "import os, signal\n"
        "from acorn.runner import interrupts\n"
        "interrupts.install()\n"
        "try:\n"
        "    with interrupts.hold():\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        print('held')\n"
        "    print('never')\n"
        "except interrupts.InterruptedRun:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('interrupted once')\n"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (finished.stdout, finished.returncode) == ("held\ninterrupted once\n", 0)
