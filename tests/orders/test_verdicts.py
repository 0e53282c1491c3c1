"""Whether Amazon's status proves an answer, as a table; and what an order may expect of the stock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.types import Availability, Place
from orders import rules
from orders.rules import Heard, Said, Stage, Verdict, Want

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SETTLING = timedelta(minutes=30)
V = Verdict
ON_ITS_WAY, OVERDUE, JUST_SHOWN, SHOWN = Stage
OURS = Said(6, 4, NOW)
LONG_AGO, JUST_BEFORE = NOW - timedelta(hours=5), NOW - timedelta(minutes=10)


def heard(
    confirmed: int, rejected: int, at: datetime | None = None, ordered: int = 10, word: str = "ACCEPTED"
) -> Heard:
    return Heard(ordered, confirmed, rejected, word, at)


SILENT = heard(0, 0, word="UNCONFIRMED")


@pytest.mark.parametrize(
    ("earlier", "what", "stage", "verdict"),
    [
        ([], heard(6, 4), ON_ITS_WAY, V.PROVED),
        ([], heard(6, 4, NOW), ON_ITS_WAY, V.PROVED),
        ([], heard(0, 0, ordered=0), ON_ITS_WAY, V.PROVED),  # all of it was cancelled meanwhile
        ([], heard(6, 2, ordered=8), ON_ITS_WAY, V.PROVED),  # two were cancelled: off the rejected ones
        ([], heard(6, 4, ordered=8), ON_ITS_WAY, V.PROVED),  # or Amazon leaves the answer as it was
        ([], heard(3, 0, ordered=3), ON_ITS_WAY, V.PROVED),
        ([], heard(6, 4, ordered=15), ON_ITS_WAY, V.PROVED),  # some were added after the answer
        ([], SILENT, ON_ITS_WAY, V.WAITING),
        ([], SILENT, OVERDUE, V.NOT_FOLLOWED),
        ([], heard(10, 0, NOW), ON_ITS_WAY, V.WAITING),
        ([], heard(10, 0, NOW), OVERDUE, V.OTHER),
        ([], heard(10, 0), OVERDUE, V.OTHER),
        ([], heard(10, 0, LONG_AGO), OVERDUE, V.NOT_FOLLOWED),  # what Amazon shows is older than what we said
        # an earlier answer said something else
        ([Said(10, 0, LONG_AGO)], heard(6, 4), ON_ITS_WAY, V.PROVED),
        ([Said(10, 0, LONG_AGO)], heard(10, 0, LONG_AGO), ON_ITS_WAY, V.WAITING),
        ([Said(10, 0, LONG_AGO)], heard(10, 0, LONG_AGO), OVERDUE, V.NOT_FOLLOWED),
        ([Said(10, 0, LONG_AGO)], heard(10, 0, NOW), OVERDUE, V.NOT_FOLLOWED),
        # an earlier answer said the very same: numbers prove nothing, only dates and time do
        ([Said(6, 4, LONG_AGO)], heard(6, 4), ON_ITS_WAY, V.WAITING),
        ([Said(6, 4, LONG_AGO)], heard(6, 4, LONG_AGO), ON_ITS_WAY, V.WAITING),
        ([Said(6, 4, LONG_AGO)], heard(6, 4, NOW), ON_ITS_WAY, V.PROVED),
        ([Said(6, 4, LONG_AGO)], heard(6, 4), OVERDUE, V.PROVED),
        # 6, then 10, then 6 again, all within half an hour: the date may be the first one's
        ([Said(10, 0, JUST_BEFORE), Said(6, 4, JUST_BEFORE)], heard(6, 4, NOW), ON_ITS_WAY, V.WAITING),
        ([Said(10, 0, JUST_BEFORE), Said(6, 4, JUST_BEFORE)], heard(6, 4, NOW), OVERDUE, V.PROVED),
        # once Amazon has shown it, what it shows afterwards is somebody's newer word, or for a while an old one
        ([], heard(6, 4), JUST_SHOWN, V.PROVED),
        ([Said(6, 4, LONG_AGO)], heard(6, 4), SHOWN, V.PROVED),
        ([], heard(10, 0), JUST_SHOWN, V.WAITING),
        ([], heard(10, 0, LONG_AGO), JUST_SHOWN, V.WAITING),
        ([], heard(10, 0, NOW + SETTLING), JUST_SHOWN, V.OTHER),
        ([Said(10, 0, LONG_AGO)], heard(10, 0, NOW + SETTLING), JUST_SHOWN, V.WAITING),
        ([], SILENT, JUST_SHOWN, V.WAITING),
        ([], heard(10, 0), SHOWN, V.OTHER),
        ([], heard(10, 0, LONG_AGO), SHOWN, V.OTHER),
        ([Said(10, 0, LONG_AGO)], heard(10, 0), SHOWN, V.OTHER),
        ([Said(10, 0, LONG_AGO)], heard(10, 0, LONG_AGO), SHOWN, V.OTHER),
        ([], SILENT, SHOWN, V.WAITING),
    ],
)
def test_what_a_status_says_about_an_answer(earlier: list[Said], what: Heard, stage: Stage, verdict: Verdict) -> None:
    assert rules.judge(OURS, earlier, what, stage=stage, settling=SETTLING) == verdict


# --- where stock is taken from ----------------------------------------------------------------------------------------

SOON, LATE = date(2026, 11, 25), date(2026, 12, 20)


def place(
    warehouse_id: int, on_hand: int, committed: int = 0, item_id: int = 1, inbound: tuple[tuple[date, int], ...] = ()
) -> Availability:
    return Availability(item_id, warehouse_id, "OWN", on_hand, committed, 0, inbound)


def want(quantity: int, sequence: str = "1", *, is_later: bool = False, item_id: int = 1) -> Want:
    return Want(sequence, is_later, item_id, quantity, LATE if is_later else SOON)


@pytest.mark.parametrize(
    ("wants", "places", "held", "promised", "missing"),
    [
        ([want(10)], [place(1, 10)], {}, {"1:1": 10}, {}),
        ([want(10)], [place(1, 6), place(2, 20)], {}, {"1:2": 10}, {}),  # one place that has it all
        ([want(10)], [place(2, 20), place(1, 20)], {}, {"1:2": 10}, {}),  # in the order in which they come
        ([want(10)], [place(1, 6), place(2, 6)], {}, {"1:1": 6, "1:2": 4}, {}),
        ([want(10)], [place(1, 6)], {}, {"1:1": 6}, {("1", False): 4}),
        ([want(10)], [place(1, -5), place(2, 3)], {}, {"1:2": 3}, {("1", False): 7}),
        ([want(10)], [], {}, {}, {("1", False): 10}),
        ([want(10)], [place(1, 10, item_id=2)], {}, {}, {("1", False): 10}),
        # what is held counts as taken, and stays
        ([want(10)], [place(1, 10, 10), place(2, 99)], {"1:1": (Place(1, 1, "OWN"), 10)}, {"1:1": 10}, {}),
        ([want(4)], [place(1, 10, 10)], {"1:1": (Place(1, 1, "OWN"), 10)}, {"1:1": 4}, {}),
        ([want(12)], [place(1, 12, 10)], {"1:1": (Place(1, 1, "OWN"), 10)}, {"1:1": 12}, {}),
        # what one line gives up another may have
        ([want(10, "2")], [place(1, 10, 10)], {"1:1": (Place(1, 1, "OWN"), 10)}, {"2:1": 10}, {}),
        # two lines of one item do not get the same stock
        ([want(6), want(6, "2")], [place(1, 10)], {}, {"1:1": 6, "2:1": 4}, {("2", False): 2}),
        # the back-ordered part may count on what arrives before its day, the accepted one not
        (
            [want(6), want(6, is_later=True)], [place(1, 6, inbound=((date(2026, 12, 1), 6),))], {},
            {"1:1": 6, "1:1:later": 6}, {},
        ),
        ([want(6)], [place(1, 0, inbound=((date(2026, 12, 1), 6),))], {}, {}, {("1", False): 6}),
    ],
)  # fmt: skip
def test_where_stock_is_taken_from(
    wants: list[Want], places: list[Availability], held: dict[str, tuple[Place, int]], promised: dict[str, int],
    missing: dict[tuple[str, bool], int],
) -> None:  # fmt: skip
    allocation = rules.allocate(wants, places, held)

    assert {promise.key: promise.quantity for promise in allocation.promises} == promised
    assert allocation.missing == missing


@given(
    wants=st.lists(
        st.builds(
            Want, st.sampled_from("123"), st.booleans(), st.integers(1, 2), st.integers(0, 9), st.just(SOON)
        ),
        max_size=4, unique_by=lambda one: (one.sequence, one.is_later),
    ),
    places=st.lists(
        st.builds(
            Availability, st.integers(1, 2), st.integers(1, 3), st.sampled_from(["OWN", "THIRD_PARTY"]),
            st.integers(0, 15), st.just(0), st.integers(0, 2), st.just(()),
        ),
        max_size=8, unique_by=lambda row: (row.item_id, row.warehouse_id, row.pool),
    ),
    data=st.data(),
)  # fmt: skip
def test_nothing_is_promised_twice_and_nothing_is_lost(
    wants: list[Want], places: list[Availability], data: st.DataObject
) -> None:
    held: dict[str, tuple[Place, int]] = {}
    taken: dict[Place, int] = {}
    for row in places:
        where = Place(row.item_id, row.warehouse_id, row.pool)
        has = data.draw(st.integers(0, max(0, row.on_hand - row.buffer)))
        key = f"{data.draw(st.sampled_from('123'))}:{row.warehouse_id}"
        if has and key not in held:
            held[key] = (where, has)
            taken[where] = has
    rows = [
        Availability(
            row.item_id, row.warehouse_id, row.pool, row.on_hand,
            taken.get(Place(row.item_id, row.warehouse_id, row.pool), 0), row.buffer, (),
        )
        for row in places
    ]  # fmt: skip

    allocation = rules.allocate(wants, rows, held)

    keys = [promise.key for promise in allocation.promises]
    assert len(set(keys)) == len(keys)
    for row in rows:
        where = Place(row.item_id, row.warehouse_id, row.pool)
        promised = sum(promise.quantity for promise in allocation.promises if promise.place == where)
        assert promised <= max(0, row.on_hand - row.buffer)
    for one in wants:
        mine = [promise for promise in allocation.promises if promise.key.startswith(f"{one.sequence}:")]
        part = [promise for promise in mine if rules.is_for_later(promise.key) == one.is_later]
        missing = allocation.missing.get((one.sequence, one.is_later), 0)
        assert sum(promise.quantity for promise in part) + missing == one.quantity
        assert all(promise.item_id == one.item_id for promise in part)
