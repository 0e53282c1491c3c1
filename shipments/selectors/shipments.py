"""Shipments, and what is in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from acorn.search.rules import after_prefix
from orders.models import PurchaseOrder, PurchaseOrderLine
from shipments.errors import ShipmentNotFound
from shipments.models import Carton, CartonContent, Pallet, Shipment, ShipmentEvent, ShipmentOrder
from shipments.rules.sscc import normalise_sscc
from shipments.types import Content, PackedCarton


def list_shipments() -> QuerySet[Shipment]:
    """The company's shipments with connection and warehouse."""
    return Shipment.objects.select_related("connection", "warehouse")


def get_shipment(public_id: str) -> Shipment:
    """With connection and warehouse. Raises ShipmentNotFound."""
    found = list_shipments().filter(public_id=public_id).first()
    if found is None:
        raise ShipmentNotFound
    return found


@dataclass(frozen=True, slots=True)
class LoadedCarton:
    """A carton of a shipment with what is in it; `pallet` counts from 1, 0 is loose."""

    row: Carton
    pallet: int
    contents: tuple[Content, ...]

    @property
    def packed(self) -> PackedCarton:
        """How it is packed, as a value."""
        row = self.row
        return PackedCarton(
            self.contents, self.pallet, row.sscc, row.tracking_number, row.length_mm, row.width_mm, row.height_mm,
            row.weight_g, row.carton_type_id, is_packed=row.packed_at is not None,
        )  # fmt: skip


def load_cartons(shipment_ids: Collection[int]) -> dict[int, list[LoadedCarton]]:
    """The cartons of shipments in their order, by shipment: three statements, whatever their number.

    No joins: of rows that were just written by the thousand PostgreSQL has no statistics yet, and would join them one by
    one with each other.
    """
    found: dict[int, list[LoadedCarton]] = {shipment_id: [] for shipment_id in shipment_ids}
    cartons = Carton.objects.filter(shipment_id__in=shipment_ids).select_related("pallet")
    rows = list(cartons.order_by("shipment_id", "position"))
    contents = _load_contents([row.pk for row in rows])
    for row in rows:
        pallet = row.pallet.position if row.pallet else 0
        found[row.shipment_id].append(LoadedCarton(row, pallet, tuple(contents.get(row.pk, ()))))
    return found


def _load_contents(carton_ids: Collection[int]) -> dict[int, list[Content]]:
    columns = ("eaches", "lot_number", "expires_on", "manufactured_on", "origin_country", "scale_weight_g")
    rows = CartonContent.objects.filter(carton_id__in=carton_ids).order_by("id")
    stored = list(rows.values_list("carton_id", "line_id", *columns))
    wanted = PurchaseOrderLine.objects.filter(pk__in={line_id for _, line_id, *_ in stored})
    lines = {pk: (order_id, sequence) for pk, order_id, sequence in wanted.values_list("pk", "order_id", "sequence")}
    found: dict[int, list[Content]] = {}
    for carton_id, line_id, *values in stored:
        found.setdefault(carton_id, []).append(Content(*lines[line_id], *values))
    return found


def load_orders(shipment_ids: Collection[int]) -> dict[int, list[PurchaseOrder]]:
    """The orders that shipments carry goods of, by shipment, in the order of their numbers; one statement."""
    found: dict[int, list[PurchaseOrder]] = {shipment_id: [] for shipment_id in shipment_ids}
    rows = ShipmentOrder.objects.filter(shipment_id__in=shipment_ids).select_related("order")
    for row in rows.defer("order__parties", "order__import_details").order_by("order__number", "id"):
        found[row.shipment_id].append(row.order)
    return found


def load_pallets(shipment_ids: Collection[int]) -> Mapping[int, list[Pallet]]:
    """The pallets of shipments in their order, by shipment; one statement."""
    found: dict[int, list[Pallet]] = {shipment_id: [] for shipment_id in shipment_ids}
    for row in Pallet.objects.filter(shipment_id__in=shipment_ids).order_by("shipment_id", "position"):
        found[row.shipment_id].append(row)
    return found


UNDONE = "shipments.undone"
_FEW_FOUND = 2_000
_MAX_CHOICES = 500


def find_undoable(shipment: Shipment) -> ShipmentEvent | None:
    """The last step of packing that was not taken back yet; None where there is none. One statement, two at most."""
    steps = ShipmentEvent.objects.filter(shipment=shipment)
    undone = [params["event"] for params in steps.filter(code=UNDONE).values_list("params", flat=True)]
    return steps.filter(before__isnull=False).exclude(pk__in=undone).order_by("-id").first()


def list_events(shipment: Shipment) -> QuerySet[ShipmentEvent]:
    """What was done to a shipment, newest first, without what could be undone."""
    return ShipmentEvent.objects.filter(shipment=shipment).defer("before").order_by("-id")


def search_shipments(rows: QuerySet[Shipment], text: str) -> QuerySet[Shipment]:
    """The ones whose number begins with the text, that hold this order, carton or parcel number, have this BOL, or go there."""
    text = text.strip()
    if not text or "\x00" in text:
        return rows
    upper, cartons = text.upper(), Carton.objects.order_by()
    meant = Shipment.objects.order_by().filter(number__gte=upper, number__lt=after_prefix(upper)).values("pk")
    found = meant.union(
        Shipment.objects.order_by().filter(bol_number=text).values("pk"),
        ShipmentOrder.objects.order_by().filter(order__number=upper).values("shipment_id"),
        cartons.filter(sscc=normalise_sscc(text)).values("shipment_id"),
        cartons.filter(tracking_number=text).values("shipment_id"),
        all=True,
    )
    few = [row["pk"] for row in found[:_FEW_FOUND]]
    return rows.filter(Q(ship_to_party=upper) | Q(pk__in=few))


def list_vendor_codes() -> list[tuple[str, str]]:
    """Vendor codes that shipments went out under, for a filter's choices."""
    return _distinct("vendor_code")


def list_fulfilment_centres() -> list[tuple[str, str]]:
    """Where shipments go, for a filter's choices."""
    return _distinct("ship_to_party")


def _distinct(column: str) -> list[tuple[str, str]]:
    found = Shipment.objects.order_by(column).values_list(column, flat=True).distinct()
    return [(value, value) for value in found[:_MAX_CHOICES] if value]
