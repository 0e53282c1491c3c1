from collections.abc import Sequence

from django.db.models import Q, QuerySet

from catalog.errors import CostNotFound
from catalog.models import AgreedCost
from catalog.types import CostKey, CostStatus


def agreed_costs(keys: Sequence[CostKey]) -> dict[CostKey, AgreedCost]:
    """The cost that counts for each key; a key without one is left out. One statement, however many keys.

    Of the ACTIVE rows that hold on the day (its first and last day included) a deal counts before the regular cost,
    then the one that began last, then the one that was entered last.
    """
    if not keys:
        return {}
    rows = AgreedCost.objects.filter(
        status=CostStatus.ACTIVE,
        item_id__in={key.item_id for key in keys},
        vendor_code__in={key.vendor_code for key in keys},
        currency__in={key.currency for key in keys},
    )
    by_place: dict[tuple[int, str, str], list[AgreedCost]] = {}
    for row in sorted(rows, key=_rank, reverse=True):
        by_place.setdefault((row.item_id, row.vendor_code, row.currency), []).append(row)
    found = {key: _holding(by_place.get((key.item_id, key.vendor_code, key.currency), []), key) for key in keys}
    return {key: row for key, row in found.items() if row is not None}


def _rank(row: AgreedCost) -> tuple[bool, object, int]:
    return bool(row.deal_code), row.valid_from, row.pk


def _holding(rows: list[AgreedCost], key: CostKey) -> AgreedCost | None:
    return next((row for row in rows if row.holds_on(key.on)), None)


def list_costs(*, search: str = "") -> QuerySet[AgreedCost]:
    """The company's costs with their items and documents. `search` is the start of a SKU, vendor code or deal."""
    found = AgreedCost.objects.select_related("item", "document").order_by("-valid_from", "-id")
    if search:
        found = found.filter(
            Q(item__sku__istartswith=search) | Q(vendor_code__iexact=search) | Q(deal_code__istartswith=search)
        )
    return found


def get_cost(public_id: str) -> AgreedCost:
    """Raises CostNotFound."""
    row = list_costs().filter(public_id=public_id).first()
    if row is None:
        raise CostNotFound
    return row


def list_item_costs(item_id: int) -> list[AgreedCost]:
    """All costs of an item, those that begin last first."""
    return list(list_costs().filter(item_id=item_id))


def list_overlaps(costs: Sequence[AgreedCost]) -> dict[int, list[AgreedCost]]:
    """By the key of each cost that is not refused: other active ones of its kind that hold on some of the same days.

    A deal beside a regular cost is meant so, and so is a cost without a last day before a younger one. What is left
    deserves a look, since only one of two counts. One statement.
    """
    places = {(row.item_id, row.vendor_code, row.currency) for row in costs}
    others = AgreedCost.objects.filter(status=CostStatus.ACTIVE, item_id__in={place[0] for place in places})
    by_place: dict[tuple[int, str, str], list[AgreedCost]] = {}
    for row in others.order_by("valid_from", "pk"):
        by_place.setdefault((row.item_id, row.vendor_code, row.currency), []).append(row)
    found = {}
    for row in costs:
        rivals = by_place.get((row.item_id, row.vendor_code, row.currency), [])
        if row.status != CostStatus.REFUSED and (same := [other for other in rivals if _overlap(row, other)]):
            found[row.pk] = same
    return found


def list_cost_codes() -> list[tuple[str, str]]:
    """The vendor codes that there are costs for, for filters."""
    codes = AgreedCost.objects.order_by("vendor_code").values_list("vendor_code", flat=True).distinct()
    return [(code, code) for code in codes]


def list_cost_currencies() -> list[tuple[str, str]]:
    """The currencies that there are costs in, for filters."""
    codes = AgreedCost.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [(code, code) for code in codes]


def _overlap(one: AgreedCost, other: AgreedCost) -> bool:
    """A cost without a last day ends where the next one begins; one with a last day was meant to hold until then."""
    if one.pk == other.pk or bool(one.deal_code) != bool(other.deal_code):
        return False
    first, second = sorted((one, other), key=lambda row: (row.valid_from, row.pk))
    return first.valid_until is not None and first.valid_until >= second.valid_from
