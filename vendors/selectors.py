"""Reads of this app: for its own pages and endpoints, and for higher apps."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.audit.models import AuditEvent
from acorn.audit.selectors import list_for_subject
from acorn.core.errors import NotFound
from acorn.files.selectors import find_raw_of
from acorn.jobs.models import Job
from acorn.jobs.types import JobState
from acorn.tenancy.scope import current_tenant_id
from acorn.work.models import WorkItem
from acorn.work.selectors import list_waiting
from vendors import gateway, rules
from vendors.models import (
    Connection,
    Exchange,
    OwnRule,
    Submission,
    SubmissionEvent,
    SyncCursor,
    SyncRun,
    SyncStep,
    VendorCode,
)
from vendors.types import SUBMISSION_WORK, Environment, Health

Row = TypeVar("Row", Connection, SyncRun, Exchange, Submission)
_HEADERS = ("request_headers", "response_headers")


def list_marketplace_codes() -> list[str]:
    """The two letters of every marketplace that Amazon publishes, in their order."""
    return sorted(place.country for place in gateway.list_marketplaces())


def now_at(connection: Connection, now: datetime) -> datetime:
    """What time it is on a connection at the real instant `now`: its world's time in the simulator, else `now` itself.

    Whatever is held against Amazon's dates (windows, deadlines, ages) uses this; tokens, quotas, retries and Jobs keep
    real time.
    """
    return rules.to_world(connection.clock, now)


def real_at(connection: Connection, instant: datetime | None) -> datetime | None:
    """When it really is what a connection's clock shows as `instant`: for deadlines among those of other connections.

    None where there is no instant, or where a clock that stands will never show it.
    """
    return None if instant is None else rules.to_real(connection.clock, instant)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time it is on each of the company's connections, by their keys; those not in it keep real time."""

    of_worlds: Mapping[int, rules.WorldClock]

    def now_at(self, connection_id: int, now: datetime) -> datetime:
        """`now_at` of a connection by its key."""
        return rules.to_world(self.of_worlds.get(connection_id), now)

    def real_at(self, connection_id: int, instant: datetime | None) -> datetime | None:
        """`real_at` of a connection by its key."""
        return None if instant is None else rules.to_real(self.of_worlds.get(connection_id), instant)


class HasEnvironment(Protocol):
    """A row that knows where it came from."""

    environment: Any


def read_clocks(rows: Iterable[HasEnvironment] | None = None) -> Clocks:
    """The clocks of the company's connections: one query, and none if only rows are meant that came from Amazon itself."""
    if rows is not None and all(row.environment != Environment.SIMULATOR for row in rows):
        return Clocks({})
    found = Connection.objects.filter(environment=Environment.SIMULATOR).exclude(clock_real_at=None)
    connections = found.only("environment", "clock_real_at", "clock_world_at", "clock_rate", "clock_epoch")
    return Clocks({each.pk: each.clock for each in connections if each.clock is not None})


def list_connections(*, search: str = "", is_archived: bool | None = None) -> QuerySet[Connection]:
    """The company's connections, with their group and its vendor codes."""
    found = Connection.objects.select_related("group").prefetch_related("group__codes").order_by("id")
    if is_archived is not None:
        found = found.filter(archived_at__isnull=not is_archived)
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(group__code__istartswith=search) | Q(group__codes__code__istartswith=search)
        ).distinct()
    return found


def list_connection_choices() -> list[tuple[str, str]]:
    """Id and name of each connection, for filters."""
    return list(Connection.objects.order_by("name").values_list("public_id", "name"))


def get_connection(public_id: str) -> Connection:
    """Raises NotFound."""
    return _one(list_connections(), public_id)


def list_failing() -> QuerySet[Connection]:
    """Connections that do not work, for the number in the navigation."""
    return Connection.objects.filter(archived_at=None, health=Health.FAILING)


def list_events(connection: Connection, *, limit: int = 20) -> list[AuditEvent]:
    """Who did what to a connection, newest first."""
    return list_for_subject(connection.public_id, limit=limit)


def list_vendor_codes(*, search: str = "", connection: str = "") -> QuerySet[VendorCode]:
    """The company's vendor codes."""
    found = VendorCode.objects.select_related("group").order_by("id")
    if search:
        found = found.filter(code__istartswith=search)
    if connection:
        found = found.filter(group__connections__public_id=connection)
    return found


def list_runs(*, connection: str = "", state: str = "", search: str = "") -> QuerySet[SyncRun]:
    """The company's syncs, newest first, with their steps."""
    found = SyncRun.objects.select_related("connection").prefetch_related("steps").order_by("-id")
    if connection:
        found = found.filter(connection__public_id=connection)
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(Q(public_id=search) | Q(connection__name__icontains=search))
    return found


def get_run(public_id: str) -> SyncRun:
    """Raises NotFound."""
    return _one(list_runs(), public_id)


def list_exchanges(
    *,
    connection: str = "",
    environment: str = "",
    operation: str = "",
    error_class: str = "",
    status: int | None = None,
    is_failed: bool | None = None,
    request_id: str = "",
    search: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Exchange]:
    """The company's calls to Amazon, newest first, without their bodies. `search` is a request id or our own id."""
    found = Exchange.objects.select_related("connection").defer("request_body", "response_body", *_HEADERS)
    wanted = {
        "connection__public_id": connection, "environment": environment, "operation": operation,
        "error_class": error_class, "request_id": request_id, "status": status, "started_at__gte": since,
        "started_at__lt": until,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in wanted.items() if value not in ("", None)})
    if is_failed is not None:
        found = found.exclude(error_class="") if is_failed else found.filter(error_class="")
    if search:
        found = found.filter(Q(request_id=search) | Q(public_id=search))
    return found.order_by("-started_at", "-id")


def get_exchange(public_id: str) -> Exchange:
    """With headers and bodies. Raises NotFound."""
    return _one(Exchange.objects.select_related("connection"), public_id)


def list_submissions() -> QuerySet[Submission]:
    """Documents for Amazon, newest first, without their bodies."""
    return Submission.objects.select_related("connection").defer("payload").order_by("-created_at", "-id")


def find_submissions(search: str) -> Q:
    """A document by what it is about, by Amazon's transaction id, or by our own id; exact."""
    text = search.strip()
    return Q(subject_label__in=[text, text.upper()]) | Q(transaction_id=text) | Q(public_id=text)


def get_submission(public_id: str) -> Submission:
    """With its body. Raises NotFound."""
    return _one(Submission.objects.select_related("connection__group", "superseded_by", "replay_of"), public_id)


def list_steps(submission: Submission) -> list[SubmissionEvent]:
    """Its history, newest first."""
    return list(SubmissionEvent.objects.filter(submission=submission).order_by("-id")[:500])


def list_submission_exchanges(submission: Submission, steps: Sequence[SubmissionEvent]) -> list[Exchange]:
    """The calls that moved it, and the last question about its transaction, oldest first, without their bodies."""
    ids = {step.exchange_id for step in steps if step.exchange_id}
    if submission.poll_exchange_id:
        ids.add(submission.poll_exchange_id)
    found = Exchange.objects.filter(public_id__in=ids, started_at__gte=submission.created_at - timedelta(days=1))
    found = found.select_related("connection")
    return list(found.defer("request_body", "response_body", *_HEADERS).order_by("started_at", "id")) if ids else []


def list_replays(submission: Submission) -> list[Submission]:
    return list(Submission.objects.filter(replay_of=submission).defer("payload").order_by("-id")[:20])


def list_simulators() -> list[Connection]:
    """Connections through which a document can be replayed."""
    return list(Connection.objects.filter(environment=Environment.SIMULATOR, archived_at=None).order_by("name"))


def list_own_rules(*, rule: str, marketplace: str) -> list[OwnRule]:
    """What the company has said about a rule in a marketplace, newest first."""
    return list(OwnRule.objects.filter(rule=rule, marketplace=marketplace).order_by("-id")[:200])


def list_submissions_for_people() -> QuerySet[WorkItem]:
    """Work with documents that need a person, for the number in the navigation."""
    return list_waiting(*SUBMISSION_WORK)


def list_operations() -> list[str]:
    """The operations that the company's connections have called, for a filter's choices.

    One index probe each (a loose index scan): a plain DISTINCT would read every exchange there is.
    """
    called = Exchange.objects.order_by("operation").values_list("operation", flat=True)
    names: list[str] = []
    after = ""
    while name := called.filter(operation__gt=after).first():
        names.append(name)
        after = name
    return names


def answer_text(exchange: Exchange) -> str:
    """Amazon's answer as text, from the raw document where it was kept as one; empty where there was none."""
    if exchange.response_body:
        return body_text(exchange.response_body)
    body = find_raw_of(exchange.public_id, connection_id=exchange.connection_id, since=exchange.started_at)
    return body.decode("utf-8", "replace") if body else ""


def body_text(body: bytes | memoryview) -> str:
    """A stored body as text; empty where there was none."""
    return zlib.decompress(bytes(body)).decode("utf-8", "replace") if body else ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Up to when a resource is proven complete by one of its time axes."""

    resource: str
    axis: str
    proven_until: datetime

    @property
    def axis_label(self) -> str:
        """What the axis goes by, in words; its name where this app has none."""
        return str(_AXES.get(self.axis, self.axis))


_AXES = {"created": _("when it became available"), "changed": _("when it changed"), "updated": _("when it was updated")}


def list_coverage(connection: Connection) -> list[Coverage]:
    return [
        Coverage(cursor.resource, cursor.axis, cursor.proven_until)
        for cursor in SyncCursor.objects.filter(connection=connection).order_by("resource", "axis")
    ]


@dataclass(frozen=True, slots=True)
class Timing:
    """When a connection was last brought up to date without error, and when it is next tried; None where unknown."""

    last_at: datetime | None
    next_at: datetime | None


def timings(connections: list[Connection], *, sync_task: str) -> dict[int, Timing]:
    """The timing of each connection by its key: two queries, however many there are."""
    last = dict(
        SyncStep.objects.filter(connection__in=connections, state__in=["SUCCEEDED", "PARTIAL"])
        .values_list("connection_id")
        .annotate(Max("finished_at"))
        .order_by()
    )
    waiting = Job.objects.filter(tenant_id=current_tenant_id(), name=sync_task, state=JobState.QUEUED)
    following = {job.args.get("connection_id"): job.due_at for job in waiting}
    return {each.pk: Timing(last.get(each.pk), following.get(each.pk)) for each in connections}


def _one(rows: QuerySet[Row], public_id: str) -> Row:
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
