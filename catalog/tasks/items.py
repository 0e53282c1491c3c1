from typing import Any

from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.ui.lists import Selection
from catalog import services
from catalog.filters.items import ITEMS
from catalog.selectors.items import list_items


@tenant_task("catalog.tell_waiting")
def tell_waiting(run: JobRun, **_: object) -> None:
    """Say on Today how many identifiers wait for a second person. Safe to repeat."""
    services.tell_waiting(actor=Actor.system("catalog.tell_waiting"), now=clock.now())


@tenant_task("catalog.change_statuses")
def change_statuses(
    run: JobRun, *, selection: dict[str, Any], status: str, operation: str, actor_id: str, actor_label: str, **_: object
) -> None:
    """Give every item of a stored selection a status. Safe to repeat: those that have it already are left alone."""
    services.change_statuses(
        Selection.restore(selection).apply(ITEMS, list_items().prefetch_related(None)),
        status=status,
        operation=operation,
        actor=Actor(ActorKind.USER, actor_id, actor_label),
        now=clock.now(),
    )
