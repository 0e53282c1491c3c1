from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.errors import NotFound
from acorn.jobs.queue import enqueue
from acorn.jobs.registry import platform_task, tenant_task
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue
from vendors import services
from vendors.errors import ConnectionArchived
from vendors.services import POLL_TASK, SEND_TASK, SWEEP_TASK, SYNC_TASK, follow_clock, keep_exchanges, start_sync


@tenant_task(SYNC_TASK, queue=Queue.SYNC)
def sync_connection(run: JobRun, *, connection_id: int, **_: object) -> None:
    """The scheduled sync of a connection: asks for a run, which is nothing new while one is under way.

    Looks after the connection's documents, too, should their own Jobs have got lost.
    """
    try:
        start_sync(connection_id=connection_id, actor=Actor.system("schedule"), now=clock.now(), is_scheduled=True)
    except (NotFound, ConnectionArchived):
        return  # archived in this very minute: its repeating Job is stopped already
    enqueue(SWEEP_TASK, dedupe_key=f"connection:{connection_id}", connection_id=connection_id)


@tenant_task(SEND_TASK, queue=Queue.SUBMIT, give_up=services.give_up_sending)
def send_submission(run: JobRun, *, submission_id: int, **_: object) -> None:
    """Bring one document to Amazon, or find out whether Amazon has it."""
    services.send(run, submission_id=submission_id)


@tenant_task(POLL_TASK, queue=Queue.SUBMIT)
def poll_submissions(run: JobRun, *, connection_id: int, **_: object) -> None:
    """Ask Amazon what became of a connection's documents."""
    services.poll(run, connection_id=connection_id)


@tenant_task(SWEEP_TASK, queue=Queue.SUBMIT)
def sweep_submissions(run: JobRun, *, connection_id: int, **_: object) -> None:
    """Find documents that are overdue, and those that waited for a connection that works again."""
    now = clock.now()
    services.sweep(connection_id=connection_id, now=now)
    services.wake(connection_id=connection_id, now=now)


@tenant_task("vendors.follow_clock")
def follow_connection_clock(run: JobRun, *, connection_id: int, **_: object) -> None:
    """A connection's clock shows another time or runs at another speed: its scheduled syncs follow."""
    follow_clock(connection_id=connection_id)


@platform_task("vendors.keep_exchanges", every_seconds=86_400)
def keep_exchange_months(run: JobRun, **_: object) -> None:
    """Make the months of exchanges that come, and drop those that are older than the retention."""
    keep_exchanges(now=clock.now())
