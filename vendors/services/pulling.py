"""The pull loop: every axis of a resource, window by window, page by page, on proven ground only.

A page is on disk, as exchange and as raw document, before anything is made of it. What a page brings, its audit event,
the counts and the place to go on from are one transaction, which also holds on to the Job: a worker that was taken
for dead and comes back writes nothing. The cursor moves with a window's last page. So a crash at any line repeats at
most one page, and storing a page twice is the same as storing it once.

Windows and cursors are in the connection's own time. A simulated world may be found to have another time than
thought: at a Job's first page, or at any page after the clock was set back, the page is dropped and the step goes on
from what is proven, towards the time it is there.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from acorn.audit import services as audit
from acorn.core import clock
from acorn.core.actor import Actor, Subject
from acorn.files.services import store_raw
from acorn.jobs.run import GiveUp, JobRun, RetryLater
from vendors import gateway, rules
from vendors.errors import AmazonError, Rejected, Throttled, UnknownToAmazon
from vendors.models import Connection, SyncCursor, SyncStep, SyncWindow, VendorCode
from vendors.services.ahead import Ahead
from vendors.services.connections import add_vendor_codes
from vendors.services.resources import get_resource
from vendors.services.sync import begin_step, end_of_pull, finish_step, merge_errors
from vendors.types import COUNTS, Axis, FetchedPage, PageCounts, RowFinding, SyncState

# A Job works at most five minutes, then passes on.
LONGEST_JOB_SECONDS = 300.0
# Waiting this long for our own share of the quota costs less than a trip through the Job table.
LONGEST_WAIT_SECONDS = 5.0
_ACTOR = Actor.system("sync")


@dataclass(frozen=True, slots=True)
class PulledPage:
    """A page that is stored and waits to be read into rows. `content` is what `read` made of the payload."""

    connection: Connection
    axis: str
    starts_at: datetime
    ends_at: datetime
    payload: dict[str, Any]
    findings: tuple[RowFinding, ...]
    raw_document_id: int
    exchange_id: str
    received_at: datetime
    content: Any = None


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A page that was fetched, stored as raw document, and read."""

    page: FetchedPage
    raw_document_id: int
    exchange_id: str
    received_at: datetime
    content: Any


class _Place(NamedTuple):
    """Which page of which window."""

    starts_at: datetime
    ends_at: datetime
    token: str


@dataclass(frozen=True, slots=True)
class _Position:
    """Where in which window the next page is, and what the window has brought so far."""

    axis: str
    starts_at: datetime
    ends_at: datetime
    token: str = ""
    pages: int = 0
    rows: int = 0
    flagged: int = 0

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "_Position | None":
        if not stored:
            return None
        times = {name: datetime.fromisoformat(stored[name]) for name in ("starts_at", "ends_at")}
        return cls(**stored | times)

    @property
    def place(self) -> _Place:
        return _Place(self.starts_at, self.ends_at, self.token)

    def dump(self) -> dict[str, Any]:
        return asdict(self) | {"starts_at": self.starts_at.isoformat(), "ends_at": self.ends_at.isoformat()}


def pull(
    run: JobRun,
    *,
    sync_step_id: int,
    axes: Sequence[Axis],
    ingest: Callable[[PulledPage], PageCounts],
    read: Callable[[dict[str, Any]], Any] | None = None,
) -> None:
    """Bring one step of a sync to its end, or as far as this Job may go. Safe to repeat, and to kill at any line.

    `read` makes of a stored page's payload what `ingest` needs, beside the storing of the page before it: it must be
    pure. `ingest` stores a page inside this function's transaction, and must be safe to repeat. Trouble that passes raises
    RetryLater; trouble that needs a person ends the step and raises GiveUp. A task that calls this is registered with
    `give_up=vendors.services.give_up_step`, so that its step also ends when the last attempt fails.
    """
    step = begin_step(step_id=sync_step_id, now=clock.now())
    if step is not None:
        _Pull(run, step, axes, ingest, read).work()


class _Pull:
    def __init__(
        self,
        run: JobRun,
        step: SyncStep,
        axes: Sequence[Axis],
        ingest: Callable[[PulledPage], PageCounts],
        read: Callable[[dict[str, Any]], Any] | None,
    ) -> None:
        self.run, self.step, self.axes, self.ingest, self.read = run, step, axes, ingest, read
        self.connection = step.connection
        self.clock, self.is_clock_checked = step.connection.clock, False
        self.proven = self._load_proven()
        self.vendor_codes = set(VendorCode.objects.filter(group=step.connection.group).values_list("code", flat=True))
        self.has_progressed = False
        self.stop_at = time.monotonic() + LONGEST_JOB_SECONDS

    def _load_proven(self) -> dict[str, datetime]:
        cursors = SyncCursor.objects.filter(connection=self.connection, resource=self.step.resource)
        proven: dict[str, datetime] = dict(cursors.values_list("axis", "proven_until"))
        if self.connection.clock is None:
            return proven
        # things happen in a world whose clock stands, too: its last window is read each time
        last = self._until() - timedelta.resolution
        return {axis: min(instant, last) for axis, instant in proven.items()}

    def work(self) -> None:
        try:
            # each page becomes a raw document: keeping it in the exchange too would only cost
            self.client = gateway.client_for(self.connection, keeps_answers=False)
            with closing(Ahead(self._fetch_and_keep)) as self.ahead:
                for axis in self.axes:
                    while position := self._position(axis):
                        if time.monotonic() > self.stop_at:
                            self.run.successor(sync_step_id=self.step.pk)
                            return
                        self._read_page(axis, position)
        except AmazonError as error:
            self._make_way(error)
        with transaction.atomic(durable=True):
            self._show_progress()
            self._finish()

    def _finish(self) -> None:
        flagged = self.step.counts.get("flagged", 0)
        unexplained = flagged and not self.step.errors
        finish_step(
            step_id=self.step.pk,
            state=SyncState.PARTIAL if flagged or self.step.errors else SyncState.SUCCEEDED,
            now=clock.now(),
            error=("vendors.rows_flagged", {"flagged": flagged}) if unexplained else None,
        )

    def _position(self, axis: Axis) -> _Position | None:
        stored = _Position.load(self.step.position)
        if stored is not None and stored.axis == axis.name:
            return stored
        window = rules.next_window(self.proven.get(axis.name), until=self._until(), overlap=axis.overlap)
        return _Position(axis.name, window.starts_at, window.ends_at) if window else None

    def _until(self) -> datetime:
        assert self.step.until is not None  # noqa: S101 -- begin_step has set it
        return self.step.until

    def _read_page(self, axis: Axis, position: _Position) -> None:
        try:
            arrived = self.ahead.take((axis, position.place))
        except (Rejected, UnknownToAmazon) as error:
            if not position.token:
                raise
            self._restart_window(axis, position, error)
            return
        if self._has_other_time():
            self._follow_clock()
            return
        page = arrived.page
        if page.next_token and page.next_token == position.token:
            raise RetryLater(60, "vendors.token_repeats", counts=not self.has_progressed)
        if following := self._following(axis, position, page):
            self.ahead.expect((axis, following.place))
        pulled = PulledPage(
            self.connection, axis.name, position.starts_at, position.ends_at, page.payload, page.findings,
            arrived.raw_document_id, arrived.exchange_id, arrived.received_at, arrived.content,
        )  # fmt: skip
        with transaction.atomic(durable=True):
            self._show_progress()  # first, because it fails if the Job is no longer ours
            if not self._is_still_true():
                return  # the clock was set back this moment; the next page says so
            self._record(axis, position, page, self.ingest(pulled), arrived.received_at)
        self.has_progressed = True

    def _has_other_time(self) -> bool:
        """Whether the page just fetched has shown that the world's clock is not what this step reckons by."""
        heard, known, is_first = self.connection.clock, self.clock, not self.is_clock_checked
        self.is_clock_checked = True
        if heard is None or heard == known:
            return False
        if is_first or known is None:
            self.clock = heard
            return rules.has_drifted(known, heard)
        return heard.epoch != known.epoch

    def _is_still_true(self) -> bool:
        """Whether the clock is still in the epoch that this step reckons by; holds it there until the transaction ends."""
        if self.clock is None:
            return True
        held = Connection.objects.select_for_update(no_key=True).filter(pk=self.connection.pk)
        return held.values_list("clock_epoch", flat=True).get() == self.clock.epoch

    def _follow_clock(self) -> None:
        self.clock = self.connection.clock
        after = get_resource(self.step.resource).after
        ahead = SyncStep.objects.filter(run_id=self.step.run_id, resource=after).first() if after else None
        with transaction.atomic(durable=True):
            self._show_progress()
            self.step.position = {}
            self.step.until = (ahead.until if ahead else None) or end_of_pull(self.connection, clock.now())
            self.step.save(update_fields=["position", "until"])
        self.proven = self._load_proven()

    def _following(self, axis: Axis, position: _Position, page: FetchedPage) -> _Position | None:
        """Where the next page of this axis is, once this one is stored."""
        if page.next_token:
            return replace(position, token=page.next_token)
        known = self.proven.get(axis.name)
        proven = max(known, position.ends_at) if known else position.ends_at
        window = rules.next_window(proven, until=self._until(), overlap=axis.overlap)
        return _Position(axis.name, window.starts_at, window.ends_at) if window else None

    def _fetch_and_keep(self, wanted: tuple[Axis, _Place]) -> _Arrived:
        """Fetch a page and keep it as it came, before anything is made of it."""
        axis, place = wanted
        page = self._fetch(axis, place)
        now = clock.now()
        exchange_id = str(page.answer.exchange or "")
        document = store_raw(
            page.answer.raw, source=f"{self.step.resource}.{axis.name}", received_at=now, exchange_id=exchange_id,
            connection_id=self.connection.pk,
        )  # fmt: skip
        content = self.read(page.payload) if self.read else None
        return _Arrived(page, document.pk, exchange_id, now, content)

    def _fetch(self, axis: Axis, place: _Place) -> FetchedPage:
        give_up_at = time.monotonic() + 2 * LONGEST_WAIT_SECONDS
        while True:
            try:
                return axis.fetch(self.client, place.starts_at, place.ends_at, place.token or None)
            except Throttled as error:
                wait = error.retry_after or 0.0
                if not error.is_local or wait > LONGEST_WAIT_SECONDS or time.monotonic() > give_up_at:
                    raise
                time.sleep(wait)

    def _record(self, axis: Axis, position: _Position, page: FetchedPage, counts: PageCounts, now: datetime) -> None:
        step = self.step
        added = asdict(counts)
        step.counts = {name: step.counts.get(name, 0) + added[name] for name in COUNTS}
        step.errors = merge_errors(step.errors, [(finding.code, finding.params) for finding in page.findings])
        position = replace(
            position, token=page.next_token or "", pages=position.pages + 1, rows=position.rows + counts.seen,
            flagged=position.flagged + counts.flagged,
        )  # fmt: skip
        step.position = position.dump() if page.next_token else {}
        if not page.next_token:
            self._prove(position, now)
            step.windows_done += 1
        step.windows_total = step.windows_done + self._windows_left()
        step.save(update_fields=["counts", "errors", "position", "windows_done", "windows_total"])
        if counts.seen:
            audit.record(
                "vendors.page_pulled",
                actor=_ACTOR,
                subject=Subject("vendors.sync_run", step.run.public_id, self.connection.name),
                params=added | {"resource": step.resource},
            )
        if unknown := page.vendor_codes - self.vendor_codes:
            add_vendor_codes(group=self.connection.group, codes=sorted(unknown), is_discovered=True)
            self.vendor_codes |= unknown

    def _prove(self, position: _Position, now: datetime) -> None:
        SyncWindow.objects.create(
            step=self.step, axis=position.axis, starts_at=position.starts_at, ends_at=position.ends_at,
            pages=position.pages, rows=position.rows, flagged=position.flagged, finished_at=now,
        )  # fmt: skip
        known = self.proven.get(position.axis)
        proven = max(known, position.ends_at) if known else position.ends_at
        cursor = SyncCursor(
            connection=self.connection, resource=self.step.resource, axis=position.axis, proven_until=proven
        )
        SyncCursor.objects.bulk_create(
            [cursor], update_conflicts=True, unique_fields=["tenant", "connection", "resource", "axis"],
            update_fields=["proven_until"],
        )  # fmt: skip
        self.proven[position.axis] = proven

    def _windows_left(self) -> int:
        return sum(
            len(list(rules.windows_left(self.proven.get(axis.name), until=self._until(), overlap=axis.overlap)))
            for axis in self.axes
        )

    def _show_progress(self) -> None:
        self.run.progress(self.step.windows_done, max(self.step.windows_total, self.step.windows_done))

    def _restart_window(self, axis: Axis, position: _Position, error: AmazonError) -> None:
        """The page token died: read the window again, half as long, so that fewer pages are needed."""
        half = rules.half(rules.Window(position.starts_at, position.ends_at), overlap=axis.overlap)
        if half is None:
            raise RetryLater(60, "vendors.token_died", counts=not self.has_progressed)
        with transaction.atomic(durable=True):
            self._show_progress()
            self.step.position = _Position(axis.name, half.starts_at, half.ends_at).dump()
            self.step.save(update_fields=["position"])

    def _make_way(self, error: AmazonError) -> None:
        """Never returns: the Job comes back later, or the step ends here and says who can help."""
        if error.needs_person:
            finish_step(step_id=self.step.pk, state=SyncState.FAILED, now=clock.now(), error=(error.code, error.params))
            raise GiveUp(error.code, **error.params) from error
        attempt = 1 if self.has_progressed else self.run.job.attempts
        delay = gateway.retry_delay(error, attempt)
        counts = not (self.has_progressed or error.is_local)
        raise RetryLater(delay, error.code, counts=counts, **error.params) from error
