"""ASNs, for pages and endpoints."""

from django.db.models import QuerySet

from shipments.errors import AsnNotFound
from shipments.models import Asn, Shipment, ShippedLine


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
