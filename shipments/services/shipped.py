"""What orders hear of departed goods."""

from collections.abc import Sequence
from datetime import datetime

from acorn.core.actor import Actor
from orders.models import PurchaseOrderLine
from orders.services import record_quantities
from orders.types import QuantitySource, ReportedQuantities
from shipments.selectors.departures import sum_shipped
from shipments.services.settling import record_packed


def report_shipped(lines: Sequence[PurchaseOrderLine], *, actor: Actor, now: datetime) -> None:
    """Tell orders what of their lines has departed, in all shipments together. Safe to repeat, in the caller's transaction."""
    totals = sum_shipped([line.pk for line in lines])
    reports = [ReportedQuantities(line.order_id, line.sequence, {"shipped": totals.get(line.pk, 0)}) for line in lines]
    record_quantities(QuantitySource.SHIPMENT, reports, actor=actor, now=now)
    record_packed({line.order_id for line in lines}, actor=actor, now=now)
