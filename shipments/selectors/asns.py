"""ASNs, for pages and endpoints."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from shipments.errors import AsnNotFound
from shipments.models import Asn, CartonContent, LabelPrint, Scan, Shipment, ShippedLine
from shipments.types import AsnState


def list_asns(shipment: Shipment | None = None) -> QuerySet[Asn]:
    """The company's ASNs, of one shipment or all, with shipment and submission; without what they tell. Newest first."""
    found = Asn.objects.select_related("shipment", "submission").defer("content", "submission__payload")
    return (found if shipment is None else found.filter(shipment=shipment)).order_by("-id")


def get_asn(public_id: str) -> Asn:
    """With shipment, submission and what it tells. Raises AsnNotFound."""
    found = Asn.objects.select_related("shipment", "submission").filter(public_id=public_id).first()
    if found is None:
        raise AsnNotFound
    return found


def list_shipped_lines(shipment: Shipment) -> QuerySet[ShippedLine]:
    """What left of each order line, and what Amazon has received of it."""
    return ShippedLine.objects.filter(shipment=shipment).select_related("line__order", "line__item").order_by("id")


class CartonProof(NamedTuple):
    """A carton that held goods of a line: its number, how many, and when its label was printed and scanned last."""

    sscc: str
    eaches: int
    printed_at: datetime | None
    scanned_at: datetime | None


class Receipt(NamedTuple):
    """What left of an order line, what Amazon has received of it, and what proves that it left."""

    row: ShippedLine
    cartons: Sequence[CartonProof]

    @property
    def missing(self) -> int:
        return max(0, self.row.shipped_eaches - self.row.received_eaches)


def list_receipts(shipment: Shipment) -> list[Receipt]:
    """Every line of a departed shipment with its cartons; four statements. Its documents are `list_evidence`."""
    rows = list(list_shipped_lines(shipment))
    contents = CartonContent.objects.filter(carton__shipment=shipment).order_by("carton__position", "id")
    cartons: dict[int, dict[str, int]] = {}
    for line_id, sscc, eaches in contents.values_list("line_id", "carton__sscc", "eaches"):
        held = cartons.setdefault(line_id, {})
        held[sscc] = held.get(sscc, 0) + eaches
    prints = LabelPrint.objects.filter(shipment=shipment).order_by("id")
    printed = dict(prints.values_list("sscc", "printed_at"))
    scans = Scan.objects.filter(shipment=shipment).order_by("id")
    scanned = {code[-18:]: at for code, at in scans.values_list("code", "at")}
    return [
        Receipt(
            row,
            [
                CartonProof(sscc, eaches, printed.get(sscc), scanned.get(sscc))
                for sscc, eaches in cartons.get(row.line_id, {}).items()
            ],
        )
        for row in rows
    ]


def find_newest_asns(shipment_ids: Collection[int]) -> dict[int, Asn]:
    """The newest ASN of each shipment that is not cancelled, with its submission, by shipment. One statement."""
    rows = Asn.objects.filter(shipment_id__in=shipment_ids).exclude(state=AsnState.CANCELLED)
    rows = rows.select_related("submission").defer("content", "submission__payload")
    return {row.shipment_id: row for row in rows.order_by("shipment_id", "-id").distinct("shipment_id")}
