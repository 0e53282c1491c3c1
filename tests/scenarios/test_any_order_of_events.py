"""Whatever happens to orders, in whatever order, both sides end alike, and stock is held for what Amazon still wants.

Random lives against a real simulator over HTTP, on a clock of their own: hours pass in no time, and the same plan goes the
same way on every machine.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from acorn.core import clock
from acorn.files.services import store_raw
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from catalog.models import Commitment
from catalog.types import CommitmentState
from orders import amazon, services
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.rules import CONFIRMABLE, ENDS
from orders.services.stock import is_lapsed
from orders.types import ANSWER_UNPROVED, AnswerOrigin, LineAnswer
from tests.factories.orders import ACTOR
from tests.factories.stock import assert_books_are_right
from tests.scenarios.test_answered_month import ON_THE_WAY, stock_up
from tests.scenarios.test_first_connection import connect, make_company
from tests.support.api import Api
from tests.support.jobs import run_due_jobs
from tests.support.simulator import ControlError, RunningSimulator, World, running_simulator
from vendors import gateway
from vendors.errors import AmazonError, DocumentBlocked
from vendors.models import Connection, Submission
from vendors.selectors import now_at

MINUTE = timedelta(minutes=1)
STEP = 7 * MINUTE
ORDERS, LINES = 2, 2


class Time:
    """What time it is, here and at Amazon's."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, span: timedelta) -> None:
        self.at += span


@pytest.fixture(scope="module")
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def simulator(time: Time) -> Iterator[RunningSimulator]:
    with running_simulator(clock=lambda: time.at.timestamp()) as running:
        yield running


@pytest.fixture
def world(simulator: RunningSimulator, time: Time, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", time.now)
    settings.SPAPI_SIMULATOR_ENDPOINT = simulator.url
    settings.LWA_TOKEN_URL_SIMULATOR = simulator.token_url
    settings.SUBMISSION_SIMULATOR_READBACK_SECONDS = 1800
    settings.SUBMISSION_SIMULATOR_PRESUMED_SECONDS = 900
    life = {"orders": 0, "token_seconds": 86_400}
    world = simulator.create_world("any-order-us", vendor_group="VG1", vendor_codes=["VND00"], settings=life)
    world.post("throttle", rate=1000, burst=1000)
    world.post("clock", advance_seconds=3 * 86_400)  # another time than ours
    return world


# --- what may happen ---------------------------------------------------------------------------------------------------

order_no, line_no = st.integers(0, ORDERS - 1), st.integers(0, LINES - 1)
# shares of ten: accepted, and of the rest back-ordered
shares = st.tuples(*[st.tuples(st.sampled_from([0, 3, 5, 10, 10]), st.sampled_from([0, 0, 5, 10]))] * LINES)
_OFTEN, _ONCE = 3, 1
_EVENTS: Mapping[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "answer": (_OFTEN, (order_no, shares)),
    "answer_elsewhere": (_OFTEN, (order_no, shares)),
    "change_quantity": (_OFTEN, (order_no, line_no, st.integers(0, 4))),
    "cancel": (_ONCE, (order_no,)),
    "restore": (_ONCE, (order_no,)),
    "add_line": (_ONCE, (order_no,)),
    "receive": (_OFTEN, (order_no, st.sampled_from([0.3, 0.6, 1]))),
    "receive_more": (_ONCE, (order_no, line_no)),
    "lapse": (_ONCE, (order_no,)),
    "expire": (_ONCE, (order_no,)),
    "close": (_ONCE, (order_no,)),
    "cut": (_OFTEN, ()),
    "refuse": (_ONCE, ()),
    "pull": (_OFTEN, ()),
    "look": (_ONCE, (order_no,)),
    "late_look": (_ONCE, ()),
    "work": (_OFTEN, ()),
    "wait": (_OFTEN, (st.sampled_from([20, 40, 120, 1500]),)),
}
events = st.one_of(
    *(st.tuples(st.just(name), *what) for name, (weight, what) in _EVENTS.items() for _ in range(weight))
)
plans = st.tuples(st.sampled_from([0, 20, 50]), st.lists(events, min_size=4, max_size=14))


class ImpossibleNow(Exception):
    """It makes no sense for the order as it stands."""


def split(total: int, unit: int, part: tuple[int, int], *, may_backorder: bool) -> tuple[int, int, int]:
    """A total over accepted, back-ordered and rejected, in whole units."""
    units = max(0, total) // unit
    accepted = units * part[0] // 10
    backordered = (units - accepted) * part[1] // 10 if may_backorder else 0
    return accepted * unit, backordered * unit, (units - accepted - backordered) * unit


@dataclass
class Life:
    """A company, its connection, and the orders of one plan."""

    world: World
    time: Time
    api: Api
    connection: str
    tenant: Tenant
    numbers: list[str] = field(default_factory=list)
    looked: list[tuple[Any, bytes, datetime]] = field(default_factory=list)

    def live(self, delay: int, plan: list[tuple[Any, ...]]) -> None:
        self.world.delete("faults")
        self.world.post("settings", acknowledgement_delay_seconds=delay * 60)
        self.numbers, self.looked = self.world.make_orders(ORDERS, lines=LINES), []
        self.pull()
        for name, *what in plan:
            self.time.pass_by(STEP)
            # Amazon does not what makes no sense for an order as it stands, and we are stopped from it
            with contextlib.suppress(ImpossibleNow, DocumentBlocked):
                getattr(self, name)(*what)
        self.come_to_rest()
        self.compare()

    # what Amazon does

    def do(self, order: int, action: str, **values: Any) -> None:
        try:
            self.world.post(f"orders/{self.numbers[order]}/{action}", **values)
        except ControlError as error:
            if error.status == 409:
                raise ImpossibleNow from error
            raise

    def items(self, order: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.world.order(self.numbers[order])["items"]
        return rows

    def answer_elsewhere(self, order: int, parts: tuple[tuple[int, int], ...]) -> None:
        lines = []
        for item, part in zip(self.items(order), parts, strict=False):
            yes, later, no = split(item["ordered_eaches"], item["unit_size"], part, may_backorder=item["may_backorder"])
            reason = {"reason": "TemporarilyUnavailable"} if no else {}
            lines.append({"sequence": item["sequence"], "accepted": yes, "backordered": later, "rejected": no} | reason)
        self.do(order, "answer", lines=lines)

    def change_quantity(self, order: int, line: int, factor: int) -> None:
        item = self.items(order)[line]
        self.do(order, "change", change="quantity", line=item["sequence"], amount=item["ordered"] * factor // 2)

    def add_line(self, order: int) -> None:
        self.do(order, "change", change="new_item")

    def cancel(self, order: int) -> None:
        self.do(order, "cancel")

    def restore(self, order: int) -> None:
        self.do(order, "restore")

    def receive(self, order: int, share: float) -> None:
        self.do(order, "receive", share=share)

    def receive_more(self, order: int, line: int) -> None:
        item = self.items(order)[line]
        self.do(order, "receive", line=item["sequence"], eaches=item["unit_size"] * 3)

    def lapse(self, order: int) -> None:
        self.do(order, "lapse")

    def expire(self, order: int) -> None:
        self.do(order, "expire")

    def close(self, order: int) -> None:
        self.do(order, "close")

    def cut(self) -> None:
        """The connection ends after Amazon took the next answer."""
        self.world.add_fault("reset_after", operation="submitAcknowledgement")

    def refuse(self) -> None:
        self.world.add_fault("vague_failure", operation="submitAcknowledgement")

    # what we do

    def answer(self, order: int, parts: tuple[tuple[int, int], ...]) -> None:
        with tenant_scope(self.tenant.pk):
            stored = PurchaseOrder.objects.get(number=self.numbers[order])
            said = []
            rest = [(10, 0)] * 50
            for line, part in zip(PurchaseOrderLine.objects.filter(order=stored).order_by("position"),
                                  [*parts, *rest], strict=False):  # fmt: skip
                if line.is_withdrawn or line.ordered_eaches <= 0:
                    continue
                yes, later, no = split(
                    line.ordered_eaches, line.unit_size, part, may_backorder=bool(line.is_backorder_allowed)
                )
                said.append(
                    LineAnswer(
                        line.sequence, yes, later, no, "TEMPORARILY_UNAVAILABLE" if no else "",
                        backorder_ship_at=self.time.at + timedelta(days=25) if later else None,
                    )
                )  # fmt: skip
            services.acknowledge(
                order_public_id=stored.public_id, answers=said, origin=AnswerOrigin.PERSON, confirmed=CONFIRMABLE,
                actor=ACTOR, now=self.time.at,
            )  # fmt: skip

    def work(self) -> None:
        run_due_jobs(limit=3000)

    def wait(self, minutes: int) -> None:
        self.time.pass_by(minutes * MINUTE)

    def pull(self) -> None:
        self.api.post(f"vendor-connections/{self.connection}/sync/", expect=202)
        for _ in range(20):
            self.work()
            if not self._is_syncing():
                return
            self.time.pass_by(timedelta(seconds=20))
        raise AssertionError(self.api.get("sync-runs/", page_size=1)["results"][0])

    def _is_syncing(self) -> bool:
        run = self.api.get("sync-runs/", page_size=1)["results"][0]
        return run["state"] in ("QUEUED", "RUNNING")

    def look(self, order: int) -> None:
        """Somebody reads Amazon's word, and will say so later."""
        with tenant_scope(self.tenant.pk):
            client = gateway.client_for(Connection.objects.select_related("group").get(), keeps_answers=False)
            try:
                answer, rows = amazon.fetch_status(client, self.numbers[order])
            except AmazonError:
                return
            self.looked.append((rows, answer.raw, self.time.at))

    def late_look(self) -> None:
        if not self.looked:
            return
        rows, raw, at = self.looked.pop()
        with tenant_scope(self.tenant.pk):
            connection = Connection.objects.get()
            document = store_raw(
                raw, source="purchase-order-status.look-up", received_at=at, connection_id=connection.pk
            )
            services.ingest_statuses(connection=connection, rows=rows, raw_document_id=document.pk, received_at=at)

    # how it ends

    def come_to_rest(self) -> None:
        """Nothing more happens: what is on its way arrives, and all is read."""
        self.world.delete("faults")
        for _ in range(12):
            self.time.pass_by(31 * MINUTE)
            self.work()
            with tenant_scope(self.tenant.pk):
                if not Submission.objects.filter(state__in=ON_THE_WAY).exists():
                    break
        else:
            raise AssertionError("something is on its way for ever")
        for _ in range(2):
            self.time.pass_by(65 * MINUTE)
            self.pull()
        with tenant_scope(self.tenant.pk):
            services.find_lapsed(now=self.time.at)
        self.work()

    def compare(self) -> None:
        with tenant_scope(self.tenant.pk):
            for number in self.numbers:
                theirs = self.world.order(number)
                order = PurchaseOrder.objects.get(number=number)
                lines = PurchaseOrderLine.objects.filter(order=order).order_by("position")
                assert [
                    (line.sequence, line.ordered_eaches, line.cancelled_eaches,
                     line.accepted_eaches + line.backordered_eaches, line.rejected_eaches, line.received_eaches)
                    for line in lines
                ] == [
                    (item["sequence"], item["ordered_eaches"], item["cancelled_eaches"], item["accepted_eaches"],
                     item["rejected_eaches"], item["received_eaches"])
                    for item in theirs["items"]
                ], (number, theirs["state"], order.state)  # fmt: skip
                self.compare_stock(order, list(lines))
            assert_books_are_right()

    def compare_stock(self, order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> None:
        if WorkItem.objects.filter(kind=ANSWER_UNPROVED, subject_id=order.public_id, closed_at=None).exists():
            return  # Amazon holds what was said before: a person decides what the stock is for
        held: Counter[str] = Counter()
        rows = Commitment.objects.filter(reference_id=order.public_id, state=CommitmentState.HELD)
        for key, quantity in rows.values_list("key", "quantity"):
            held[key.split(":")[1]] += quantity
        is_over = order.state in ENDS or order.amazon_state == "Closed"
        at = now_at(order.connection, self.time.at)
        for line in lines:
            wanted = min(line.accepted_eaches + line.backordered_eaches, max(0, line.ordered_eaches))
            waits = not (is_over or is_lapsed(order, lines, at) or line.is_withdrawn)
            assert held[line.sequence] == (max(0, wanted - line.received_eaches) if waits else 0), (
                order.number, line.sequence, order.state, dict(held),
            )  # fmt: skip


EXAMPLES = 8


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_any_order_of_events_ends_with_both_sides_alike(world: World, time: Time) -> None:
    api = make_company("acme")
    stock_up(api, world, scarce=1_000_000)
    life = Life(world, time, api, connect(api, world), Tenant.objects.get())

    # an example takes a second or two: what fails is told as it is, and not made smaller
    @settings(max_examples=EXAMPLES, phases=[Phase.generate])
    @given(plan=plans)
    def live(plan: tuple[int, list[tuple[Any, ...]]]) -> None:
        try:
            life.live(*plan)
        except AssertionError as error:
            raise AssertionError(f"{plan}: {error}") from error

    live()
