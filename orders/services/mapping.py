"""Which item each line means: when an order arrives, and again when identifiers change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from acorn.jobs.queue import enqueue
from catalog.models import Item
from catalog.selectors import find_addresses, resolve_items
from catalog.types import LineKey, PartyKey, PartyKind
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.selectors.meaning import key_of
from orders.types import ADDRESS_MISSING, CASES, OTHER_PACK, REVIEW, OrderSnapshot, RowFinding
from vendors.models import VendorGroup

_BATCH = 1_000


class Meant(NamedTuple):
    """The item that a line means, by key and case pack; or none, and why."""

    item_id: int | None
    problem: str
    sku: str = ""
    case_pack: int = 0


def find_meant(keys: Iterable[LineKey]) -> dict[LineKey, Meant]:
    """What each key means. Two statements, one where no key has an item."""
    asked = list(dict.fromkeys(keys))
    resolved = resolve_items(asked) if asked else []
    found = {each.item_id for each in resolved if each.item_id is not None}
    items = {pk: facts for pk, *facts in Item.objects.filter(pk__in=found).values_list("id", "sku", "case_pack")}
    return {
        key: Meant(each.item_id, each.problem, *items.get(each.item_id or 0, ("", 0)))
        for key, each in zip(asked, resolved, strict=True)
    }


class Arrived(NamedTuple):
    """An order that somebody will have to act on, as it came; `day` is the one by which its identifiers count."""

    id: int
    order: OrderSnapshot
    marketplace: str
    day: date

    def key_of(self, asin: str, vendor_sku: str) -> LineKey:
        return LineKey(asin, vendor_sku, self.marketplace, self.day)


def find_oddities(arrived: Sequence[Arrived], meant: Mapping[LineKey, Meant]) -> dict[int, list[RowFinding]]:
    """What our own books say against orders, by key: other case packs, parties whose address nobody knows.

    One statement, and none where every party came with its address.
    """
    found: dict[int, list[RowFinding]] = defaultdict(list)
    wanted = [(each, key) for each in arrived for key in _unaddressed(each)]
    known = find_addresses([key for _, key in wanted])
    for each, key in wanted:
        if key not in known:
            params = {"kind": key.kind, "party": key.party_id}
            found[each.id].append(RowFinding(ADDRESS_MISSING, "", params))
    for each in arrived:
        for line in each.order.lines or ():
            item = meant.get(each.key_of(line.asin, line.vendor_sku))
            if item and item.item_id is not None and line.unit == CASES and line.unit_size != item.case_pack:
                pack = {"sku": item.sku, "unit_size": line.unit_size, "case_pack": item.case_pack}
                found[each.id].append(RowFinding(OTHER_PACK, line.sequence, pack))
    return found


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
        _resolve([(line, key_of(orders[line.order_id], line)) for line in lines if not _is_promised(line)])
    return found[-1][0] if len(found) == _BATCH else None


def _resolve(lines: Sequence[tuple[PurchaseOrderLine, LineKey]]) -> None:
    meant = find_meant(key for _, key in lines)
    differing: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for line, key in lines:
        item_id, problem = meant[key].item_id, meant[key].problem
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
