"""What an order holds of the company's stock: what its last answer confirmed, and Amazon still wants."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from acorn.core.actor import Actor, Subject
from catalog.models import Commitment, StockEntry, Warehouse
from catalog.selectors import availability
from catalog.services.stock import consume, let_leave, set_promises
from catalog.types import Availability, CommitmentState, EntryKind, Leaving, Place, Purpose
from orders import rules
from orders.clocks import list_clocks
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.rules import Allocation, Want, sequence_of
from orders.selectors.policies import find_policies
from orders.types import SUBJECT_KIND, LineAnswer, PolicyTerms
from vendors.selectors import real_at

# who told the ledger that goods have left
RECEIPT = "amazon.received"


def subject_of(order: PurchaseOrder) -> Subject:
    """How others name an order: work items, submissions, promises of stock, the audit trail."""
    return Subject(SUBJECT_KIND, order.public_id, order.number)


def plan(
    order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], answers: Mapping[str, LineAnswer], terms: PolicyTerms
) -> Allocation:
    """Where the stock for these answers would come from, and what is lacking. Reads only: a constant number of statements.

    What Amazon does not want any more, and what has left the house, needs no stock. Nothing is wanted, and nothing lacking, where the policy says that stock is not kept here.
    """
    if not terms.uses_stock:
        return Allocation((), {})
    said = {line: answers.get(line.sequence) for line in lines}
    wants = [want for line, answer in said.items() if answer is not None for want in _wants(line, answer)]
    if not wants:
        return Allocation((), {})
    return rules.allocate(wants, _places({want.item_id for want in wants}, terms), _held(order))


def count_held(order: PurchaseOrder) -> int:
    """How many eaches the order holds."""
    return sum(quantity for _, quantity in _held(order).values())


def hold(allocation: Allocation, order: PurchaseOrder, *, actor: Actor, now: datetime, short: bool = False) -> int:
    """Let the order hold exactly what was planned; how many accepted eaches are missing. Safe to repeat.

    In the caller's transaction. Raises InsufficientStock unless `short`: then it takes what there is.
    """
    shortfalls = set_promises(
        allocation.promises, purpose=Purpose.AMAZON_LINE, reference=subject_of(order), actor=actor, now=now, short=short
    )
    lacking = [eaches for (_, is_later), eaches in allocation.missing.items() if not is_later]
    taken = [shortfall.missing for shortfall in shortfalls if not rules.is_for_later(shortfall.promise.key)]
    return sum(lacking) + sum(taken)


def ship(
    shipped: Iterable[tuple[PurchaseOrder, PurchaseOrderLine, int]],
    *,
    warehouse: Warehouse,
    key: str,
    actor: Actor,
    now: datetime,
    left_at: datetime,
) -> None:
    """Let so many eaches of these lines leave a warehouse: stock falls, and what was promised for them is fulfilled.

    Nothing where the policy says that stock is not kept here, or nobody knows the item. In the caller's transaction, once
    for each `key`; `left_at` is real time.
    """
    rows = [(order, line, eaches) for order, line, eaches in shipped if line.item_id is not None and eaches > 0]
    policies = find_policies({order.vendor_code for order, _, _ in rows})
    held: dict[int, dict[str, tuple[Place, int]]] = {}
    leavings = []
    for order, line, eaches in rows:
        if not policies[order.vendor_code].terms.uses_stock:
            continue
        if order.pk not in held:
            held[order.pk] = _held(order)
        promises = held[order.pk]
        names = [name for name in promises if sequence_of(name) == line.sequence]
        # the accepted part comes before the back-ordered one
        names.sort(key=lambda name: (rules.is_for_later(name), name))
        pools = [promises[name][0].pool for name in names if promises[name][0].warehouse_id == warehouse.pk]
        place = Place(line.item_id or 0, warehouse.pk, pools[0] if pools else warehouse.pool)
        leavings.append(Leaving(subject_of(order), line.sequence, tuple(names), place, eaches))
    if leavings:
        let_leave(leavings, key=key, actor=actor, now=now, left_at=left_at)


def is_lapsed(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], now: datetime) -> bool:
    """Whether the window and the grace after it (a dated rule) are over at `now`, Amazon's time, and nothing has left."""
    ends_at = lapses_at(order)
    return ends_at is not None and ends_at < now and not any(gone_of(line) for line in lines)


def lapses_at(order: PurchaseOrder) -> datetime | None:
    """When nobody waits for the goods of an order any more; None where there is no window or no rule."""
    if order.due_at is None:
        return None
    return rules.due_at(list_clocks(), kind="LAPSE", marketplace=order.marketplace, ordered_at=order.due_at)


def gone_of(line: PurchaseOrderLine) -> int:
    """What has left the house: what we shipped, or what Amazon has received, where that is more than we know of."""
    return max(0, line.shipped_eaches, line.received_eaches)


def consume_received(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], *, actor: Actor, now: datetime) -> int:
    """Received beyond shipped consumes what is still promised; how many eaches. Safe to repeat, in the caller's transaction.

    A shipment of ours consumes its goods when it departs. What Amazon has received beyond that, and beyond what an
    earlier receipt has consumed, has left the house without one: a truck loaded before ACORN, or by another program.
    It left before it arrived; a count taken on the way has it off already and is put right by the next one.
    """
    beyond: dict[str, int] = {}
    arrivals = [line for line in lines if line.received_eaches > line.shipped_eaches]
    held = _held(order) if arrivals else {}
    if not held:
        return 0
    consumed = _consumed(order)
    for line in arrivals:
        left = line.received_eaches - max(line.shipped_eaches, consumed[line.sequence])
        for key in sorted((key for key in held if sequence_of(key) == line.sequence), key=rules.is_for_later):
            if left > 0:
                beyond[key] = min(left, held[key][1])
                left -= beyond[key]
    if beyond:
        known = [line.last_received_at for line in arrivals if line.last_received_at is not None]
        arrived_at = real_at(order.connection, max(known, default=None))
        consume(
            beyond, reference=subject_of(order), key=f"received:{sum(consumed.values()) + sum(beyond.values())}",
            actor=actor, now=now, left_at=min(arrived_at or now, now), source=RECEIPT,
        )  # fmt: skip
    return sum(beyond.values())


def _consumed(order: PurchaseOrder) -> Counter[str]:
    """What has left of each line's promises so far, by sequence."""
    keys = dict(
        Commitment.objects.filter(reference_kind=SUBJECT_KIND, reference_id=order.public_id).values_list("pk", "key")
    )
    entries = StockEntry.objects.filter(commitment_id__in=keys, kind=EntryKind.CONSUME)
    found: Counter[str] = Counter()
    for commitment_id, change in entries.values_list("commitment_id", "committed_change"):
        found[sequence_of(keys[commitment_id].removeprefix(f"{order.public_id}:"))] -= change
    return found


def _wants(line: PurchaseOrderLine, said: LineAnswer) -> list[Want]:
    """What of an answer still has to be kept in stock: what Amazon still orders, less what has left the house.

    What Amazon cancelled is off the back-ordered part first, for that comes last; what has left came first.
    """
    if line.item_id is None or line.is_withdrawn:
        return []
    confirmed = min(said.accepted + said.backordered, max(0, line.ordered_eaches))
    accepted = min(said.accepted, confirmed)
    gone = gone_of(line)
    parts = (
        (False, accepted - gone, said.scheduled_ship_at or said.scheduled_delivery_at),
        (True, confirmed - accepted - max(0, gone - accepted), said.backorder_ship_at or said.backorder_delivery_at),
    )
    return [
        Want(line.sequence, is_later, line.item_id, eaches, at and at.date())
        for is_later, eaches, at in parts
        if eaches > 0
    ]


def _places(item_ids: Collection[int], terms: PolicyTerms) -> list[Availability]:
    """What there is, in the order in which the policy takes it."""
    if not terms.warehouses:
        return availability(item_ids)
    codes = dict(Warehouse.objects.filter(code__in=terms.warehouses).values_list("pk", "code"))
    ranks = {code: rank for rank, code in enumerate(terms.warehouses)}
    rows = availability(item_ids, warehouse_ids=list(codes))
    return sorted(rows, key=lambda row: ranks[codes[row.warehouse_id]])


def _held(order: PurchaseOrder) -> dict[str, tuple[Place, int]]:
    prefix = f"{order.public_id}:"
    rows = Commitment.objects.filter(
        reference_kind=SUBJECT_KIND, reference_id=order.public_id, state=CommitmentState.HELD
    ).values_list("key", "quantity", "balance__item_id", "balance__warehouse_id", "balance__pool")
    return {key.removeprefix(prefix): (Place(*place), quantity) for key, quantity, *place in rows}
