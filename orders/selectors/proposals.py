"""What to answer to orders."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from catalog.models import AgreedCost, Commitment, StockEntry, Warehouse
from catalog.selectors import agreed_costs, availability
from catalog.types import PROMISABLE, Availability, CommitmentState, CostKey, Purpose
from orders import rules
from orders.models import CostDifference, PurchaseOrder, PurchaseOrderLine
from orders.selectors.meaning import day_of, give_items
from orders.selectors.policies import find_policies
from orders.types import CASES, Policy, Proposal
from vendors.selectors import read_clocks
from vendors.services.rulebook import list_rules


def propose(order_public_ids: Sequence[str], *, now: datetime) -> dict[str, Proposal]:
    """A proposal for each order that there is, by public id: see `rules.make_proposals`. Nothing is locked or written.

    Orders that are asked for together compete for stock, and get it once. The number of statements does not depend on
    the number of orders.
    """
    orders = PurchaseOrder.objects.filter(public_id__in=order_public_ids).defer("parties", "import_details")
    return propose_on(read_basis(list(orders)), now=now)


@dataclass(frozen=True, slots=True)
class Basis:
    """What proposals for orders are made on. `lines` are by order, and have the items that they mean now."""

    orders: Sequence[PurchaseOrder]
    lines: Mapping[int, Sequence[PurchaseOrderLine]]
    costs: Mapping[CostKey, AgreedCost]
    stock: Sequence[Availability]
    # by vendor code
    policies: Mapping[str, Policy]
    # by the codes that the policies name
    warehouse_ids: Mapping[str, int]


def read_basis(orders: Sequence[PurchaseOrder]) -> Basis:
    """What proposals for these orders are made on. The number of statements does not depend on that of the orders."""
    lines = _lines_of(orders)
    give_items({order.pk: order for order in orders}, [line for found in lines.values() for line in found])
    policies = find_policies({order.vendor_code for order in orders})
    codes = Warehouse.objects.filter(
        code__in={code for policy in policies.values() for code in policy.terms.warehouses}
    )
    item_ids = {line.item_id for found in lines.values() for line in found if line.item_id is not None}
    return Basis(
        orders, lines, _costs_of(orders, lines), availability(item_ids), policies, dict(codes.values_list("code", "id"))
    )


def propose_on(basis: Basis, *, now: datetime) -> dict[str, Proposal]:
    """As `propose`, on what was read."""
    return rules.make_proposals(
        _wanted(basis.orders, basis.lines, basis.costs, now),
        policies=basis.policies,
        stock=basis.stock,
        warehouse_ids=basis.warehouse_ids,
    )


def cost_key(order: PurchaseOrder, line: PurchaseOrderLine) -> CostKey:
    """By what the agreed cost of a line with an item is looked up: it is that of the order's day."""
    assert line.item_id is not None  # noqa: S101 -- the caller's promise
    return CostKey(line.item_id, order.vendor_code, line.currency, day_of(order.ordered_at))


class PastOrder(NamedTuple):
    """An order that was answered, and what was answered, in eaches."""

    pk: int
    number: str
    ordered_at: datetime
    ordered: int
    accepted: int
    rejected: int


def propose_past(order_ids: Sequence[int], policy: Policy) -> list[tuple[PastOrder, Proposal]]:
    """What a policy would have proposed for each past order when it arrived, with the stock that the ledger had then.

    Each order for itself: what was promised to others then is already off its stock. What was inbound then is not known
    any more and counts as nothing. One statement per order, and a constant number beside.
    """
    orders = list(PurchaseOrder.objects.filter(pk__in=order_ids).defer("parties", "import_details").order_by("pk"))
    lines = _lines_of(orders)
    codes = dict(Warehouse.objects.filter(code__in=policy.terms.warehouses).values_list("code", "id"))
    found = []
    for order, wanted in zip(
        orders,
        _wanted(orders, lines, _costs_of(orders, lines), orders[0].first_seen_at if orders else _NEVER),
        strict=True,
    ):
        of_order = lines.get(order.pk, [])
        as_it_was = wanted._replace(
            now=order.ordered_at,
            held=(),
            lines=tuple(
                line._replace(ordered=stored.original_eaches, is_final=False)
                for line, stored in zip(wanted.lines, of_order, strict=True)
            ),
        )
        stock = _stock_then({line.item_id for line in of_order if line.item_id is not None}, order.first_seen_at)
        proposal = rules.make_proposals(
            [as_it_was], policies={order.vendor_code: policy}, stock=stock, warehouse_ids=codes
        )[order.public_id]
        found.append((_past(order, of_order), proposal))
    return found


_NEVER = datetime.min.replace(tzinfo=UTC)


def _past(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> PastOrder:
    return PastOrder(
        order.pk, order.number, order.ordered_at, sum(line.original_eaches for line in lines),
        sum(line.accepted_eaches + line.backordered_eaches for line in lines), sum(line.rejected_eaches for line in lines),
    )  # fmt: skip


def _stock_then(item_ids: Collection[int], at: datetime) -> list[Availability]:
    """What the ledger had at an instant, with today's buffers."""
    entries = StockEntry.objects.filter(balance__item_id__in=item_ids, balance__pool__in=PROMISABLE, at__lte=at)
    last = entries.order_by("balance_id", "-id").distinct("balance_id").select_related("balance")
    return [
        Availability(
            row.balance.item_id, row.balance.warehouse_id, row.balance.pool, row.on_hand_after, row.committed_after,
            row.balance.buffer, (),
        )
        for row in last
    ]  # fmt: skip


def _charges_in(orders: Iterable[PurchaseOrder], on: date) -> dict[str, rules.Charges]:
    """What Amazon charges on a day, by marketplace: one statement each, and a company has few."""
    found = {}
    for marketplace in {order.marketplace for order in orders}:
        book = list_rules(marketplace, on)
        late, not_filled = (book[name].percent if name in book else None for name in ("PO_LATE", "PO_NOT_FILLED"))
        found[marketplace] = rules.Charges(late, not_filled)
    return found


class _Known(NamedTuple):
    costs: Mapping[CostKey, AgreedCost]
    held: Mapping[str, tuple[rules.Held, ...]]
    # what time it is on each order's connection
    times: Mapping[int, datetime]
    # what somebody decided about a cost that is not the agreed one, by order, line and both costs
    choices: Mapping[tuple[int, str, Decimal, Decimal], str]
    # what Amazon charges, by marketplace
    charges: Mapping[str, rules.Charges]


def _lines_of(orders: Iterable[PurchaseOrder]) -> dict[int, list[PurchaseOrderLine]]:
    """The lines that Amazon's orders have, by order and in their order, with their items."""
    rows = PurchaseOrderLine.objects.select_related("item").filter(order__in=orders, is_withdrawn=False)
    found: dict[int, list[PurchaseOrderLine]] = defaultdict(list)
    for line in rows.order_by("order_id", "position", "id"):
        found[line.order_id].append(line)
    return found


def _costs_of(
    orders: Sequence[PurchaseOrder], lines: Mapping[int, Sequence[PurchaseOrderLine]]
) -> dict[CostKey, AgreedCost]:
    return agreed_costs(
        [cost_key(order, line) for order in orders for line in lines.get(order.pk, ()) if line.item_id is not None]
    )


def _wanted(
    orders: Sequence[PurchaseOrder],
    lines: Mapping[int, Sequence[PurchaseOrderLine]],
    costs: Mapping[CostKey, AgreedCost],
    now: datetime,
) -> list[rules.WantedOrder]:
    clocks = read_clocks(orders)
    times = {order.pk: clocks.now_at(order.connection_id, now) for order in orders}
    known = _Known(costs, _held_by(orders), times, _choices_of(orders), _charges_in(orders, now.date()))
    return [_wanted_order(order, lines.get(order.pk, ()), known) for order in orders]


def _choices_of(orders: Iterable[PurchaseOrder]) -> dict[tuple[int, str, Decimal, Decimal], str]:
    rows = CostDifference.objects.filter(order__in=orders, is_open=True).exclude(choice="")
    columns = ("order_id", "sequence", "po_cost", "agreed_cost", "choice")
    return {(order_id, line, po, agreed): choice for order_id, line, po, agreed, choice in rows.values_list(*columns)}


def _held_by(orders: Iterable[PurchaseOrder]) -> dict[str, tuple[rules.Held, ...]]:
    rows = Commitment.objects.filter(
        reference_id__in=[order.public_id for order in orders], purpose=Purpose.AMAZON_LINE, state=CommitmentState.HELD
    )
    found: dict[str, list[rules.Held]] = defaultdict(list)
    for reference_id, *held in rows.values_list(
        "reference_id", "balance__item_id", "balance__warehouse_id", "balance__pool", "quantity"
    ):
        found[reference_id].append(rules.Held(*held))
    return {reference_id: tuple(held) for reference_id, held in found.items()}


def _wanted_order(order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], known: _Known) -> rules.WantedOrder:
    return rules.WantedOrder(
        order.public_id, order.number, order.vendor_code, order.ship_to_party, order.currency, order.ordered_at,
        known.times[order.pk], order.ship_window_end, order.delivery_window_end,
        tuple(_wanted_line(order, line, known) for line in lines), known.held.get(order.public_id, ()),
        known.charges[order.marketplace],
    )  # fmt: skip


def _wanted_line(order: PurchaseOrder, line: PurchaseOrderLine, known: _Known) -> rules.WantedLine:
    wanted = rules.WantedLine(
        line.sequence, line.ordered_eaches,
        case_size=max(line.unit_size, 1) if line.ordered_unit == CASES else 1,
        is_backorder_allowed=line.is_backorder_allowed is True,
        po_cost=None if line.price_unit else line.net_cost,
        item_id=line.item_id, item_problem=line.item_problem,
        is_final=line.rejected_eaches > 0 and line.accepted_eaches + line.backordered_eaches <= 0,
    )  # fmt: skip
    if line.item is None:
        return wanted
    agreed = known.costs.get(cost_key(order, line))
    choice = ""
    if agreed and line.net_cost is not None:
        choice = known.choices.get((order.pk, line.sequence, line.net_cost, agreed.cost), "")
    return wanted._replace(
        sku=line.item.sku, item_status=line.item.status, case_pack=line.item.case_pack,
        agreed_cost=agreed.cost if agreed else None, cost_choice=choice,
    )  # fmt: skip
