"""What follows from what is packed: a shipment's sums, state and deadlines, and what its orders know of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast

from acorn.core.actor import Actor
from acorn.tenancy.bulk import update_many
from orders.models import PurchaseOrderLine
from orders.services import record_quantities
from orders.types import QuantitySource, ReportedQuantities
from shipments import rules
from shipments.models import Carton, CartonContent, Shipment, ShipmentOrder
from shipments.rules import Progress
from shipments.selectors import OPEN
from shipments.services.deadlines import settle_deadlines
from shipments.types import ShipmentState

_SUMS = ("carton_count", "pallet_count", "eaches", "weight_g", "volume_cm3", "state", "changed_at", "version")


def settle(shipments: Sequence[Shipment], *, actor: Actor, now: datetime) -> None:
    """Bring the sums and states of locked shipments that have not departed up to date, what their orders know of them, and
    what is due next.
    """
    if not shipments:
        return
    keys = [shipment.pk for shipment in shipments]
    volume = Cast(F("length_mm"), BigIntegerField()) * F("width_mm") * F("height_mm")
    sums = {
        row.pop("shipment_id"): row
        for row in Carton.objects.filter(shipment_id__in=keys).order_by().values("shipment_id").annotate(
            cartons=Count("pk"), packed=Count("packed_at"), weight=Sum("weight_g"), volume=Sum(volume),
            pallets=Count("pallet_id", distinct=True),
        )
    }  # fmt: skip
    contents = CartonContent.objects.filter(carton__shipment_id__in=keys).order_by()
    eaches = dict(contents.values_list("carton__shipment_id").annotate(Sum("eaches")))
    begun_or_over: list[Shipment] = []
    for shipment in shipments:
        row = sums.get(shipment.pk, {})
        shipment.carton_count, shipment.pallet_count = row.get("cartons", 0), row.get("pallets", 0)
        shipment.eaches = eaches.get(shipment.pk, 0)
        shipment.weight_g, shipment.volume_cm3 = row.get("weight") or 0, (row.get("volume") or 0) // 1000
        shipment.state = rules.derive_state(
            Progress(shipment.carton_count, row.get("packed", 0), is_cancelled=shipment.cancelled_at is not None)
        )
        shipment.changed_at = now
        if shipment.version == 1 or shipment.state == ShipmentState.CANCELLED:
            begun_or_over.append(shipment)
    update_many(shipments, _SUMS)
    orders = ShipmentOrder.objects.filter(shipment_id__in=keys).values_list("order_id", flat=True)
    record_packed(set(orders), actor=actor, now=now)
    settle_deadlines(begun_or_over, actor=actor, now=now)


def record_packed(order_ids: Collection[int], *, actor: Actor, now: datetime) -> None:
    """Tell orders how much of them is packed: in packed cartons that have not left, and all that has. Safe to repeat.

    In the caller's transaction, after the shipments' states and the lines' shipped quantities are written.
    """
    lines = PurchaseOrderLine.objects.filter(order_id__in=order_ids).values_list(
        "pk", "order_id", "sequence", "packed_eaches", "shipped_eaches"
    )
    packed = dict(
        CartonContent.objects.filter(
            line__order_id__in=order_ids, carton__shipment__state__in=OPEN, carton__packed_at__isnull=False
        )
        .order_by()
        .values_list("line_id")
        .annotate(Sum("eaches"))
    )
    reports = [
        ReportedQuantities(order_id, sequence, {"packed": packed.get(pk, 0) + shipped})
        for pk, order_id, sequence, known, shipped in lines
        if known != packed.get(pk, 0) + shipped
    ]
    record_quantities(QuantitySource.SHIPMENT, reports, actor=actor, now=now)
