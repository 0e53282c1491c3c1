from collections.abc import Sequence

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
