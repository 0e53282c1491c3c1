"""What can be enqueued: every app's `tasks.py` registers its functions here by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from acorn.jobs.types import Queue

if TYPE_CHECKING:
    from acorn.jobs.run import JobRun


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """`give_up(run, code, params)` is called once when the last attempt failed, so that the row it worked on can say so."""

    name: str
    function: Callable[..., None]
    queue: Queue
    max_attempts: int
    is_platform: bool
    give_up: "Callable[[JobRun, str, dict[str, Any]], None] | None"
    every_seconds: int | None = None


_TASKS: dict[str, TaskSpec] = {}


class UnknownTask(LookupError):
    """No app registered a task of this name: a bug in the caller."""


def get_task(name: str) -> TaskSpec:
    """The task of that name. Raises UnknownTask."""
    try:
        return _TASKS[name]
    except KeyError:
        raise UnknownTask(name) from None


def list_tasks() -> list[TaskSpec]:
    return sorted(_TASKS.values(), key=lambda task: task.name)


def _register(
    name: str, queue: Queue, max_attempts: int, is_platform: bool, give_up: Any, every_seconds: int | None = None
) -> Any:
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        if name in _TASKS and _TASKS[name].function is not function:
            raise ValueError(f"task {name} is registered twice")
        _TASKS[name] = TaskSpec(name, function, queue, max_attempts, is_platform, give_up, every_seconds)
        return function

    return decorate


def tenant_task(name: str, *, queue: Queue = Queue.DEFAULT, max_attempts: int = 8, give_up: Any = None) -> Any:
    """Register `def task(run: JobRun, *, some_id: int, **_)`: it runs in the tenant scope of its Job.

    The function must be safe to run twice: a worker may die after the work and before the Job says so.
    """
    return _register(name, queue, max_attempts, False, give_up)


def platform_task(
    name: str, *, queue: Queue = Queue.DEFAULT, max_attempts: int = 8, every_seconds: int | None = None
) -> Any:
    """Register a task that runs outside every tenant scope: it can touch platform tables only.

    With `every_seconds` it needs no arguments, and the sweep sees to it that it runs that often.
    """
    return _register(name, queue, max_attempts, True, None, every_seconds)
