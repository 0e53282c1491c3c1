"""What a person sees of scanned codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from shipments.models import Carton, CartonContent, Pallet, Scan, Shipment
from shipments.selectors.labels import hash_pallet, judge_labels
from shipments.types import LabelState


@dataclass(frozen=True, slots=True)
class Inside:
    """Eaches of one item, lot and expiry of an order, in a carton or on a pallet. `title` is empty for an unmapped product."""

    order: str
    order_public_id: str
    sku: str
    title: str
    lot_number: str
    expires_on: date | None
    eaches: int


def list_inside(unit: Carton | Pallet) -> list[Inside]:
    """What is in a carton, or in all cartons of a pallet, by order and item; one statement."""
    rows = CartonContent.objects.filter(**{"carton" if isinstance(unit, Carton) else "carton__pallet": unit})
    columns = ("order__number", "order__public_id", "item__sku", "vendor_sku", "asin", "item__title")
    grouped = rows.values_list(*(f"line__{column}" for column in columns), "lot_number", "expires_on")
    sums = grouped.annotate(total=Sum("eaches")).order_by("line__order__number", "line__asin", "expires_on")
    return [
        Inside(order, order_id, sku or vendor_sku or asin, title or "", lot_number, expires_on, eaches)
        for order, order_id, sku, vendor_sku, asin, title, lot_number, expires_on, eaches in sums
    ]


def find_label_state(unit: Carton | Pallet) -> LabelState:
    """Whether the newest label of a carton or pallet is for what is in it now; two statements at most."""
    if not unit.sscc:
        return LabelState.NOT_PRINTED
    content = unit.content_hash if isinstance(unit, Carton) else hash_pallet(_list_hashes(unit))
    is_void = judge_labels({unit.sscc: content}).get(unit.sscc)
    return LabelState.NOT_PRINTED if is_void is None else LabelState.VOID if is_void else LabelState.VALID


def _list_hashes(pallet: Pallet) -> list[str]:
    return list(Carton.objects.filter(pallet=pallet).values_list("content_hash", flat=True))


def count_packed(shipment: Shipment) -> tuple[int, int]:
    """How many cartons of a shipment are packed, and how many it has."""
    counts = Carton.objects.filter(shipment=shipment).aggregate(
        packed=Count("pk", filter=Q(packed_at__isnull=False)), all=Count("pk")
    )
    return counts["packed"], counts["all"]


def list_last_scans(actor_label: str, *, limit: int = 20) -> Sequence[Scan]:
    """What somebody scanned last, newest first, with shipments."""
    return list(Scan.objects.filter(actor_label=actor_label[:200]).select_related("shipment").order_by("-id")[:limit])
