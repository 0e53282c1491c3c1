from datetime import timedelta
from typing import Any

from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue
from acorn.ui.lists import Selection
from orders import amazon, selectors
from orders.filters import ORDERS
from orders.services import (
    ReadOrder,
    ask_for_review,
    follow_clock,
    ingest_orders,
    ingest_statuses,
    mark_many_seen,
    read_orders,
    resolve_lines,
    review,
)
from orders.types import FOLLOW_CLOCK, REVIEW, Counts
from vendors.services import Axis, PageCounts, PulledPage, give_up_step, pull

# Amazon may show a row some minutes after the time it dates it with
_OVERLAP = timedelta(hours=1)
_CREATED = Axis("created", amazon.fetch_created, _OVERLAP)
_CHANGED = Axis("changed", amazon.fetch_changed, _OVERLAP)
_UPDATED = Axis("updated", amazon.fetch_updated, _OVERLAP)
# batches of lines in one Job
_BATCHES = 100


@tenant_task("orders.pull_purchase_orders", queue=Queue.SYNC, give_up=give_up_step)
def pull_purchase_orders(run: JobRun, *, sync_step_id: int, **_: object) -> None:
    """Bring the purchase orders of one sync step. Safe to run twice: pages are stored once, however often they come."""
    pull(run, sync_step_id=sync_step_id, axes=[_CREATED, _CHANGED], ingest=_store_orders, read=_read_orders)
    ask_for_review()


@tenant_task("orders.pull_purchase_order_status", queue=Queue.SYNC, give_up=give_up_step)
def pull_purchase_order_status(run: JobRun, *, sync_step_id: int, **_: object) -> None:
    """Bring confirmed, rejected, cancelled and received quantities of one sync step. Safe to run twice."""
    pull(run, sync_step_id=sync_step_id, axes=[_UPDATED], ingest=_store_statuses)
    ask_for_review()


def _read_orders(payload: dict[str, Any]) -> list[ReadOrder]:
    return read_orders(amazon.list_orders(payload))


def _store_orders(page: PulledPage) -> PageCounts:
    return _counts(
        ingest_orders(
            connection=page.connection,
            rows=amazon.list_orders(page.payload),
            read=page.content,
            findings=_findings(page),
            raw_document_id=page.raw_document_id,
            exchange_id=page.exchange_id,
            received_at=page.received_at,
        )
    )


def _store_statuses(page: PulledPage) -> PageCounts:
    return _counts(
        ingest_statuses(
            connection=page.connection,
            rows=amazon.list_statuses(page.payload),
            findings=_findings(page),
            raw_document_id=page.raw_document_id,
            received_at=page.received_at,
        )
    )


def _findings(page: PulledPage) -> list[tuple[int, str, dict[str, object]]]:
    """What the client found odd about single rows; what it found about the whole page is told by the sync run."""
    return [(finding.row, finding.code, finding.params) for finding in page.findings if finding.row is not None]


def _counts(counts: Counts) -> PageCounts:
    return PageCounts(seen=counts.seen, new=counts.new, changed=counts.changed, flagged=counts.flagged)


@tenant_task(FOLLOW_CLOCK)
def follow_connection_clock(run: JobRun, *, connection_id: int, **_: object) -> None:
    """A simulated world has another time than thought: what has to be answered there gets its real deadlines anew."""
    follow_clock(connection_id=connection_id)


@tenant_task("orders.mark_seen")
def mark_seen(run: JobRun, *, selection: dict[str, Any], actor_id: str, actor_label: str, **_: object) -> None:
    """Mark the changes of a large selection as seen. Safe to run twice: what is seen stays seen."""
    actor = Actor(ActorKind.USER, actor_id, actor_label)
    rows = Selection.restore(selection).apply(ORDERS, selectors.list_orders()).filter(has_unseen_change=True)
    total = rows.count()
    done = 0
    while ids := list(rows.values_list("public_id", flat=True)[:500]):
        done += mark_many_seen(public_ids=ids, actor=actor, now=clock.now())
        run.progress(done, max(total, done))


@tenant_task("orders.resolve_lines")
def resolve_named_lines(run: JobRun, *, values: list[str], after: int = 0, **_: object) -> None:
    """Identifiers have changed: the lines that name them get the items that they mean now. Safe to run twice."""
    at: int | None = after
    for _batch in range(_BATCHES):
        at = resolve_lines(values, after=at or 0)
        if at is None:
            return
        run.keep()
    run.successor(values=values, after=at)


@tenant_task(REVIEW)
def review_open_orders(run: JobRun, **_: object) -> None:
    """Which products have no item, which costs are not the agreed ones, and Today. Safe to run twice."""
    review(now=clock.now())
