"""Which item each line means: when an order arrives, and again when identifiers change."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from acorn.jobs.queue import enqueue
from catalog.models import Item
from catalog.selectors import find_addresses
from catalog.types import PartyKey, PartyKind, Resolution
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.selectors.meaning import find_meanings
from orders.types import ADDRESS_MISSING, CASES, OTHER_PACK, REVIEW, OrderSnapshot, RowFinding
from vendors.models import VendorGroup

_BATCH = 1_000


class Arrived(NamedTuple):
    """An order as it came. Its identifiers count by `day`; `meant` says which items its lines mean, in their order."""

    id: int
    order: OrderSnapshot
    marketplace: str
    day: date
    meant: Sequence[Resolution]


def find_oddities(arrived: Sequence[Arrived]) -> dict[int, list[RowFinding]]:
    """What our own books say against orders, by key: parties whose address nobody knows, other case packs.

    At most two statements: none about addresses where every party came with its own, none about packs where no line that
    has an item is in cases.
    """
    found: dict[int, list[RowFinding]] = defaultdict(list)
    wanted = [(each, key) for each in arrived for key in _unaddressed(each)]
    known = find_addresses([key for _, key in wanted])
    for each, key in wanted:
        if key not in known:
            params = {"kind": key.kind, "party": key.party_id}
            found[each.id].append(RowFinding(ADDRESS_MISSING, "", params))
    in_cases = [
        (each.id, line, meaning.item_id)
        for each in arrived
        for line, meaning in zip(each.order.lines or (), each.meant, strict=True)
        if line.unit == CASES and meaning.item_id is not None
    ]
    packs = _packs({item_id for _, _, item_id in in_cases})
    for order_id, line, item_id in in_cases:
        sku, case_pack = packs[item_id]
        if line.unit_size != case_pack:
            pack = {"sku": sku, "unit_size": line.unit_size, "case_pack": case_pack}
            found[order_id].append(RowFinding(OTHER_PACK, line.sequence, pack))
    return found


def _packs(item_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """SKU and case pack of items, by key; no statement for none."""
    if not item_ids:
        return {}
    rows = Item.objects.filter(pk__in=item_ids).values_list("id", "sku", "case_pack")
    return {pk: (sku, case_pack) for pk, sku, case_pack in rows}


def _unaddressed(each: Arrived) -> Iterable[PartyKey]:
    parties = (
        ("ship_to", PartyKind.FULFILMENT_CENTRE, each.order.ship_to_party),
        ("bill_to", PartyKind.BILL_TO, each.order.bill_to_party),
    )
    for role, kind, party in parties:
        if party and not each.order.parties.get(role, {}).get("address"):
            yield PartyKey(kind.value, each.marketplace, party, each.day)


def resolve_lines(values: Sequence[str], *, after: int = 0) -> int | None:
    """Give lines that name one of these identifiers the items that they mean now; a batch of them, beyond a key.

    Returns the key to go on from, or None when all are done. Safe to repeat. A line that is promised already keeps the
    item that was promised. Waits for the pages that are being stored: they may have looked before the change.
    """
    with transaction.atomic():
        list(VendorGroup.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        named = PurchaseOrderLine.objects.filter(Q(asin__in=values) | Q(vendor_sku__in=values), pk__gt=after)
        found = list(named.order_by("pk").values_list("pk", "order_id")[:_BATCH])
        orders = {
            order.pk: order
            for order in PurchaseOrder.objects.select_for_update(no_key=True)
            .filter(pk__in={order_id for _, order_id in found})
            .only("marketplace", "ordered_at")
            .order_by("pk")
        }
        lines = list(PurchaseOrderLine.objects.filter(pk__in=[pk for pk, _ in found]))
        _resolve(orders, [line for line in lines if not _is_promised(line)])
    return found[-1][0] if len(found) == _BATCH else None


def _resolve(orders: Mapping[int, PurchaseOrder], lines: Sequence[PurchaseOrderLine]) -> None:
    differing: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for line, (item_id, problem, _) in zip(lines, find_meanings(orders, lines), strict=True):
        if (line.item_id, line.item_problem) != (item_id, problem):
            differing[item_id, problem].append(line.pk)
    for (item_id, problem), keys in differing.items():
        PurchaseOrderLine.objects.filter(pk__in=keys).update(item_id=item_id, item_problem=problem)
    if differing:
        ask_for_review()


def ask_for_review() -> None:
    """Have what open orders ask people brought up to date, soon. Safe to repeat: requests that wait are one."""
    enqueue(REVIEW, dedupe_key="review")


def _is_promised(line: PurchaseOrderLine) -> bool:
    return line.item_id is not None and line.accepted_eaches + line.backordered_eaches > 0
