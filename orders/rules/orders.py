"""Pure decisions about orders: how far an order is, what changed, what is history, what is due when."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from orders.types import FieldChange, FreightTerms, LineQuantities, LineSnapshot, OrderSnapshot, OrderState

NEW, ACKNOWLEDGED, CLOSED = "New", "Acknowledged", "Closed"  # Amazon's states

# from the least advanced to the most
_STAGES = (
    OrderState.NEW, OrderState.ACKNOWLEDGED, OrderState.PACKING, OrderState.SHIPPED, OrderState.RECEIVED,
    OrderState.INVOICED, OrderState.PAID,
)  # fmt: skip
_RANK = {stage: rank for rank, stage in enumerate(_STAGES)}
ENDS = frozenset({OrderState.CLOSED, OrderState.CLOSED_SHORT, OrderState.CANCELLED, OrderState.REJECTED})
# no answer changes anything any more: it has ended, or all of it has arrived
BEYOND_ANSWERS = ENDS | {OrderState.RECEIVED, OrderState.INVOICED, OrderState.PAID}


def derive_state(lines: Collection[LineQuantities], amazon_state: str, *, is_closed_short: bool = False) -> OrderState:
    """The least advanced stage among lines with open quantity; where none is open, how the order ended.

    | lines                                   | Amazon says  | state                     |
    |-----------------------------------------|--------------|---------------------------|
    | none, and a person closed it short      | any          | CLOSED_SHORT              |
    | none, or none with open quantity known  | Closed       | CLOSED                    |
    | none                                    | Acknowledged | ACKNOWLEDGED              |
    | none                                    | other        | NEW                       |
    | all cancelled                           | any          | CANCELLED                 |
    | all rejected or cancelled, one rejected | any          | REJECTED                  |
    | all open ones paid, closed short        | any          | CLOSED_SHORT              |
    | all open ones paid                      | Closed       | CLOSED                    |
    | otherwise                               | any          | least advanced line_stage |

    Amazon's word Acknowledged stands in for answers that nobody knows yet. Once one line has its answer, a line without
    one is new: Amazon has added it since.
    """
    if not lines:
        if is_closed_short:
            return OrderState.CLOSED_SHORT
        return {CLOSED: OrderState.CLOSED, ACKNOWLEDGED: OrderState.ACKNOWLEDGED}.get(amazon_state, OrderState.NEW)
    if amazon_state == ACKNOWLEDGED and any(line.accepted or line.backordered or line.rejected for line in lines):
        amazon_state = ""
    stages = {line_stage(line, amazon_state, is_closed_short=is_closed_short) for line in lines}
    open_stages = stages - ENDS
    if open_stages:
        least = min(open_stages, key=_RANK.__getitem__)
        if least == OrderState.PAID and (is_closed_short or amazon_state == CLOSED):
            return OrderState.CLOSED_SHORT if is_closed_short else OrderState.CLOSED
        return least
    for end in (OrderState.CLOSED_SHORT, OrderState.CLOSED, OrderState.REJECTED):
        if end in stages:
            return end
    return OrderState.CANCELLED


def expected_eaches(line: LineQuantities) -> int:
    """What Amazon may expect of a line: what it still orders, less what was rejected of that.

    Ordered is net of cancellations, while an answer is not: of 10 ordered 6 were accepted and 4 rejected, then Amazon
    cancelled 2. The 6 are still expected; the 2 are off the rejected ones, and not subtracted twice.
    """
    unconfirmed = max(0, line.ordered - line.accepted - line.backordered)
    return max(0, line.ordered) - min(max(0, line.rejected), unconfirmed)


def line_stage(line: LineQuantities, amazon_state: str, *, is_closed_short: bool = False) -> OrderState:
    """How far one line is. First row that fits:

    | quantities, in eaches                                         | stage        |
    |---------------------------------------------------------------|--------------|
    | ordered <= 0 (Amazon's quantity is net of cancellations)      | CANCELLED    |
    | nothing expected, for all that is ordered was rejected        | REJECTED     |
    | a person closed the order short, nothing has left the house   | CLOSED_SHORT |
    | paid, invoiced, received or shipped reach the target          | that one     |
    | Amazon closed the order, nothing received, invoiced or paid   | CLOSED       |
    | something was received (so it has left the house)             | SHIPPED      |
    | something was packed or shipped                               | PACKING      |
    | nobody answered, and Amazon does not say Acknowledged         | NEW          |
    | answered less than what is ordered now (Amazon added some)    | NEW          |
    | otherwise                                                     | ACKNOWLEDGED |

    The target is what is expected; once a person has closed the order short, what has left the house; once Amazon has
    closed it, what it received.
    """
    if line.ordered <= 0:
        return OrderState.CANCELLED
    target = expected_eaches(line)
    if target <= 0:
        return OrderState.REJECTED
    if is_closed_short:
        target = min(target, max(line.shipped, line.received))
        if target <= 0:
            return OrderState.CLOSED_SHORT
    if amazon_state == CLOSED:
        if max(line.received, line.invoiced, line.paid) <= 0:
            return OrderState.CLOSED
        if line.received > 0:
            target = min(target, line.received)
    for reached, stage in (
        (line.paid, OrderState.PAID), (line.invoiced, OrderState.INVOICED),
        (line.received, OrderState.RECEIVED), (line.shipped, OrderState.SHIPPED),
    ):  # fmt: skip
        if reached >= target:
            return stage
    if line.received > 0:
        return OrderState.SHIPPED
    if line.packed > 0 or line.shipped > 0:
        return OrderState.PACKING
    answered = line.accepted + line.backordered + line.rejected
    if answered <= 0:
        return OrderState.ACKNOWLEDGED if amazon_state == ACKNOWLEDGED else OrderState.NEW
    return OrderState.NEW if answered < line.ordered else OrderState.ACKNOWLEDGED


def is_history(*, amazon_state: str, settled_at: datetime | None, connected_at: datetime) -> bool:
    """Whether an order was closed or acknowledged before the connection existed, so that nobody needs to act on it.

    `settled_at` is when Amazon's state became what it is; unknown counts as before.
    """
    return amazon_state in (ACKNOWLEDGED, CLOSED) and (settled_at is None or settled_at < connected_at)


def freight_terms(*, has_ship_window: bool, has_delivery_window: bool, agreed: str = "") -> str:
    """Who pays the freight, as far as an order tells: only a ship window means collect, only a delivery window prepaid.

    Both mean what was `agreed` for the vendor code; empty where nobody can say.
    """
    if has_ship_window and has_delivery_window:
        return agreed
    if has_ship_window:
        return FreightTerms.COLLECT.value
    return FreightTerms.PREPAID.value if has_delivery_window else ""


# --- what changed -----------------------------------------------------------------------------------------------------

# Amazon's own time stamps say when, not what: no change by themselves
_UNCOMPARED = frozenset({"number", "changed_at", "state_changed_at", "lines"})
# a change of these alone needs nobody's decision
_PROGRESS = frozenset({"amazon_state"})


def merge(before: OrderSnapshot, after: OrderSnapshot) -> OrderSnapshot:
    """The newer snapshot, where it does not tell the lines completed by the older: silence is not a cancellation."""
    if after.lines is not None or before.lines is None:
        return after
    if after.ordered_at is None and not after.vendor_code:  # no details at all: only the state is news
        return before._replace(amazon_state=after.amazon_state)
    return after._replace(lines=before.lines)


def diff(before: OrderSnapshot, after: OrderSnapshot) -> list[FieldChange]:
    """What changed, field by field; equal money is equal however it is written."""
    changes = [
        FieldChange("", name, old, new)
        for name, old, new in zip(OrderSnapshot._fields, before, after, strict=True)
        if name not in _UNCOMPARED and old != new
    ]
    old_lines = {line.sequence: line for line in before.lines or ()}
    new_lines = {line.sequence: line for line in after.lines or ()}
    for sequence, old_line in old_lines.items():
        if sequence in new_lines:
            changes.extend(_line_changes(old_line, new_lines[sequence]))
        else:
            changes.append(FieldChange(sequence, "line", _summary(old_line), None))
    changes.extend(
        FieldChange(sequence, "line", None, _summary(line))
        for sequence, line in new_lines.items()
        if sequence not in old_lines
    )
    return changes


def needs_eyes(changes: Iterable[FieldChange]) -> bool:
    """Whether a person should look: anything but the mere progress of the order."""
    return any(change.field not in _PROGRESS for change in changes)


def _line_changes(old: LineSnapshot, new: LineSnapshot) -> Iterator[FieldChange]:
    if old == new:
        return
    if old.eaches != new.eaches:
        yield FieldChange(old.sequence, "ordered_eaches", old.eaches, new.eaches)
    if (old.unit, old.unit_size) != (new.unit, new.unit_size):
        yield FieldChange(old.sequence, "ordered_quantity", _ordered(old), _ordered(new))
    for name in ("asin", "vendor_sku", "net_cost", "list_price", "currency", "price_unit", "is_backorder_allowed"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield FieldChange(old.sequence, name.removeprefix("is_"), before, after)


def _ordered(line: LineSnapshot) -> dict[str, Any]:
    return {"amount": line.amount, "unit": line.unit, "unit_size": line.unit_size}


def _summary(line: LineSnapshot) -> dict[str, Any]:
    return {"asin": line.asin, "vendor_sku": line.vendor_sku, "ordered_eaches": line.eaches}


# --- what is due when -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """A dated rule: from `valid_from`, in `marketplace` (`*` = all), `kind` is due `hours` after the order."""

    kind: str
    marketplace: str
    valid_from: date
    hours: int
    source: str


def find_clock(clocks: Iterable[Clock], *, kind: str, marketplace: str, on: date) -> Clock | None:
    """The rule that holds on a day: the marketplace's own before the general one, then the youngest."""
    fitting = [
        clock
        for clock in clocks
        if clock.kind == kind and clock.marketplace in (marketplace, "*") and clock.valid_from <= on
    ]
    return max(fitting, key=lambda clock: (clock.marketplace != "*", clock.valid_from), default=None)


def due_at(clocks: Iterable[Clock], *, kind: str, marketplace: str, ordered_at: datetime) -> datetime | None:
    """When `kind` is due for an order; None where no rule holds, or the order is dated at the end of time."""
    clock = find_clock(clocks, kind=kind, marketplace=marketplace, on=ordered_at.date())
    try:
        return ordered_at + timedelta(hours=clock.hours) if clock else None
    except OverflowError:
        return None
