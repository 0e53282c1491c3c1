from acorn.core import clock
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from catalog import services


@tenant_task("catalog.check_reviews")
def check_reviews(run: JobRun, **_: object) -> None:
    """Put each table on Today whose review is due and not done. Safe to repeat."""
    services.check_reviews(now=clock.now())
