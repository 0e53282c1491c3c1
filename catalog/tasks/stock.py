from acorn.core import clock
from acorn.core.actor import Actor
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from catalog.services import stock


@tenant_task("catalog.check_inbound")
def check_inbound(run: JobRun, **_: object) -> None:
    """Let inbound that did not come in time count no more, and put it on Today. Safe to repeat."""
    stock.check_inbound(actor=Actor.system("catalog.check_inbound"), now=clock.now())
