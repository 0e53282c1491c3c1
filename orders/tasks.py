from datetime import timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.core.keyset import iterate
from acorn.files.services import store_file
from acorn.jobs.queue import enqueue
from acorn.jobs.registry import platform_task, tenant_task
from acorn.jobs.run import JobRun, RetryLater
from acorn.jobs.types import Queue
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id, tenant_scope
from acorn.ui.lists import Selection
from orders import amazon, selectors, services
from orders.filters import ORDERS, SHEET
from orders.models import AnswerBatch, AnswerBatchOrder
from orders.papers import print_paper
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
from orders.types import (
    ANSWER_BY_POLICY,
    FIND_LAPSED,
    FOLLOW_ANSWER,
    FOLLOW_CLOCK,
    LOOK_UP_ANSWER,
    MAKE_PAPER,
    READ_AGAIN,
    REVIEW,
    SETTLE_STOCK,
    Counts,
    Outcome,
)
from vendors.errors import AmazonError
from vendors.gateway import retry_delay
from vendors.services import Axis, PageCounts, PulledPage, give_up_step, pull

# Amazon may show a row some minutes after the time it dates it with
_OVERLAP = timedelta(hours=1)
_CREATED = Axis("created", amazon.fetch_created, _OVERLAP)
_CHANGED = Axis("changed", amazon.fetch_changed, _OVERLAP)
_UPDATED = Axis("updated", amazon.fetch_updated, _OVERLAP)
# papers over many orders are printed soon, or made anew
_PAPERS_KEPT = timedelta(days=30)
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


@tenant_task(FOLLOW_ANSWER, queue=Queue.SUBMIT)
def follow_answer(run: JobRun, *, submission_id: int, **_: object) -> None:
    """The document of an answer is in another state: lines, stock and work follow. Safe to run twice."""
    if services.follow_submission(submission_id=submission_id, now=clock.now()) is not None:
        enqueue(LOOK_UP_ANSWER, dedupe_key=f"submission:{submission_id}", submission_id=submission_id)


@tenant_task(LOOK_UP_ANSWER, queue=Queue.SUBMIT, max_attempts=30)
def look_up_answer(run: JobRun, *, submission_id: int, **_: object) -> None:
    """Read what Amazon holds of an answered order, until it is proved or its time is over. Safe to run twice."""
    if not services.is_worth_a_look(submission_id=submission_id):
        return
    try:
        services.look_up(submission_id=submission_id, now=clock.now())
    except AmazonError as error:
        raise RetryLater(retry_delay(error, run.job.attempts), error.code, **error.params) from error
    if (wait := services.next_look(submission_id=submission_id, now=clock.now())) is not None:
        raise RetryLater(wait, "orders.answer_waits", counts=False)


@tenant_task(SETTLE_STOCK)
def settle_stock(run: JobRun, *, order_ids: list[int], **_: object) -> None:
    """Bring what orders hold of the stock up to date. Safe to run twice."""
    for done, order_id in enumerate(order_ids, start=1):
        services.settle_stock(order_id=order_id, now=clock.now())
        run.progress(done, len(order_ids))


@platform_task("orders.watch", every_seconds=900)
def watch(run: JobRun, **_: object) -> None:
    """Have each company's orders looked through for those whose time is over."""
    for tenant in Tenant.objects.filter(archived_at=None):
        with tenant_scope(tenant.pk):
            enqueue(FIND_LAPSED, dedupe_key="lapsed")


@tenant_task(FIND_LAPSED)
def find_lapsed(run: JobRun, **_: object) -> None:
    """Find orders that nobody waits for any more and that hold stock. Safe to run twice, and it may miss a round."""
    services.find_lapsed(now=clock.now())


@tenant_task("orders.adopt")
def adopt(run: JobRun, *, selection: dict[str, Any], actor_id: str, actor_label: str, **_: object) -> None:
    """Take on a large selection of orders from before the connection. Safe to run twice: what is taken on stays so."""
    actor = Actor(ActorKind.USER, actor_id, actor_label)
    rows = Selection.restore(selection).apply(ORDERS, selectors.list_orders()).filter(is_history=True)
    total = rows.count()
    done = 0
    while ids := list(rows.values_list("public_id", flat=True)[:200]):
        done += services.adopt(public_ids=ids, actor=actor, now=clock.now())
        run.progress(done, max(total, done))


@tenant_task(READ_AGAIN, queue=Queue.SYNC)
def read_orders_again(run: JobRun, *, connection_id: int, order_ids: list[int], **_: object) -> None:
    """Orders whose status has moved: what state they are in by now. Safe to run twice."""
    services.read_again(run, connection_id=connection_id, order_ids=order_ids)


@tenant_task(MAKE_PAPER, max_attempts=2)
def make_paper(
    run: JobRun,
    *,
    kind: str,
    form: str,
    order_ids: list[int],
    actor_id: str,
    actor_label: str,
    language: str,
    zone: str,
    **_: object,
) -> None:
    """One paper over many orders, as a file for those who may export orders. Run twice, it makes a second file."""
    orders = list(selectors.list_orders().filter(pk__in=order_ids).order_by("due_at", "id"))
    company = Tenant.objects.get(pk=current_tenant_id()).name
    actor, now = Actor(ActorKind.USER, actor_id, actor_label), clock.now()
    run.progress(0, len(orders))
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        printed = print_paper(kind, form, orders, company=company, printed_by=actor_label, now=now)
    run.keep()
    file = store_file(
        BytesIO(printed.body), name=printed.name, content_type=printed.content_type, right=Right.EXPORT_ORDERS,
        actor=actor, now=now, expires_at=now + _PAPERS_KEPT,
    )  # fmt: skip
    services.note_paper(orders, kind=kind, form=form, actor=actor)
    run.progress(len(orders), len(orders))
    run.tell("orders.paper_ready", count=len(orders), file=file.public_id)


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
    """Which products have no item, which costs are not the agreed ones, and Today; then the policies. Safe to run twice."""
    review(now=clock.now())
    services.ask_policies()


@tenant_task(ANSWER_BY_POLICY, queue=Queue.SUBMIT)
def answer_by_policy(run: JobRun, **_: object) -> None:
    """Let policies answer what they may answer without a person. Safe to run twice: an order is answered once."""
    services.answer_by_policies(now=clock.now(), run=run)


def _give_up_trial(run: JobRun, code: str, params: dict[str, Any]) -> None:
    services.fail_trial(trial_id=run.job.args["trial_id"], now=clock.now())


@tenant_task("orders.try_policy", max_attempts=2, give_up=_give_up_trial)
def try_policy(run: JobRun, *, trial_id: int, **_: object) -> None:
    """Try a policy on past orders; nothing is sent. Safe to run twice."""
    services.run_trial(run, trial_id=trial_id, now=clock.now())


@tenant_task("orders.prepare_answers")
def prepare_answers(run: JobRun, *, batch_id: int, **_: object) -> None:
    """Collect what is clean among the orders of a stored filter. Safe to run twice: an order is collected once."""
    batch = AnswerBatch.objects.get(pk=batch_id)
    rows = SHEET.filter_by(str(batch.selection.get("query", "")), selectors.list_answerable())
    zone = ZoneInfo(str(batch.selection.get("zone", "UTC")))
    total, done = rows.count(), 0
    for orders in iterate(rows, SHEET.sorts.default, batch=100):
        services.add_clean(batch_id, orders, now=clock.now(), zone=zone)
        done += len(orders)
        run.progress(done, max(total, done))
    services.finish_collecting(batch_id)


@tenant_task("orders.send_answers")
def send_answers(run: JobRun, *, batch_id: int, **_: object) -> None:
    """Answer the orders of a batch, one transaction each. Safe to run twice: an order is answered once by a batch."""
    rows = AnswerBatchOrder.objects.filter(batch_id=batch_id)
    total = rows.count()
    while services.send_next(batch_id, now=clock.now()):
        run.progress(rows.exclude(outcome=Outcome.WAITING).count(), total)
