"""How far every open order is on its way to Amazon: its stages, its shipments, their ASNs, and what is due next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, DateTimeField, F, Min, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Least, TruncHour
from django.utils.translation import gettext_lazy as _

from dashboard.types import Due, FulfilmentRow, Measured, ShipmentProgress
from orders.models import PurchaseOrder
from orders.selectors import stage_shares
from orders.types import OrderState
from shipments.models import Asn, ShipmentOrder
from shipments.types import AsnState, ShipmentDeadline, ShipmentState
from vendors.selectors import read_clocks

# from the order to its receipt; what is received is the business of invoices
OPEN = (OrderState.NEW, OrderState.ACKNOWLEDGED, OrderState.PACKING, OrderState.SHIPPED)
# the window is still to be met
_TO_SHIP = (OrderState.ACKNOWLEDGED, OrderState.PACKING)
_UNSENT = (AsnState.WAITING, AsnState.BLOCKED)
_DAYS = 14


def list_open_orders() -> QuerySet[PurchaseOrder]:
    """Orders that are not received yet, with `next_at`: the next thing that has to be done, by the clock of their world.

    That is the answer of a new order; else the earliest deadline of its shipments and of ASNs that have not left, and,
    while there is none, the end of its window. None: nothing has to be done.
    """
    of_order = ShipmentOrder.objects.filter(order=OuterRef("pk")).exclude(shipment__state=ShipmentState.CANCELLED)
    unsent = Asn.objects.filter(shipment__orders__order=OuterRef("pk"), state__in=_UNSENT)
    shipments = of_order.order_by().values("order").annotate(at=Min("shipment__deadline_at")).values("at")
    asns = unsent.order_by().values("shipment__orders__order").annotate(at=Min("deadline_at")).values("at")
    window = Case(When(state__in=_TO_SHIP, then=F("due_at")), output_field=DateTimeField(null=True))
    later = Coalesce(Least(Subquery(shipments), Subquery(asns)), window)
    return (
        PurchaseOrder.objects.filter(is_history=False, state__in=OPEN)
        .only(
            "public_id", "number", "state", "environment", "connection", "marketplace", "vendor_code", "ship_to_party",
            "ordered_at", "deadline_at", "due_at", "total_eaches",
        )
        .annotate(next_at=Case(When(state=OrderState.NEW, then=F("deadline_at")), default=later))
    )  # fmt: skip


def with_shipments(rows: QuerySet[PurchaseOrder]) -> QuerySet[PurchaseOrder]:
    """The same orders with `shipment_numbers`, for exports, which go through them in batches."""
    numbers = ShipmentOrder.objects.filter(order=OuterRef("pk")).exclude(shipment__state=ShipmentState.CANCELLED)
    return rows.annotate(
        shipment_numbers=ArraySubquery(numbers.order_by("shipment_id").values_list("shipment__number"))
    )


def load_fulfilment(orders: Sequence[Any]) -> list[FulfilmentRow]:
    """Orders of `list_open_orders` with stages, shipments and ASNs. Four statements at most, however many orders."""
    keys = [order.pk for order in orders]
    shares = stage_shares(keys)
    progress = _progress(keys)
    clocks = read_clocks(orders)
    rows = []
    for order in orders:
        shipments = progress.get(order.pk, ())
        due = _due(order, shipments)
        rows.append(
            FulfilmentRow(
                order, shares.get(order.pk, ()), shipments, due,
                clocks.real_at(order.connection_id, due.at) if due else None,
                clocks.real_at(order.connection_id, order.ordered_at),
            )
        )  # fmt: skip
    return rows


def _progress(order_ids: Iterable[int]) -> dict[int, tuple[ShipmentProgress, ...]]:
    links = ShipmentOrder.objects.filter(order_id__in=order_ids).exclude(shipment__state=ShipmentState.CANCELLED)
    rows = list(links.select_related("shipment").defer("shipment__findings").order_by("shipment_id", "id"))
    asns: dict[int, list[Asn]] = {}
    current = Asn.objects.filter(shipment_id__in={row.shipment_id for row in rows})
    current = current.exclude(state__in=(AsnState.REPLACED, AsnState.CANCELLED)).select_related("submission")
    for asn in current.defer("content", "findings", "submission__payload").order_by("id"):
        asns.setdefault(asn.shipment_id, []).append(asn)
    found: dict[int, list[ShipmentProgress]] = {}
    for row in rows:
        progress = ShipmentProgress(row.shipment, tuple(asns.get(row.shipment_id, ())))
        found.setdefault(row.order_id, []).append(progress)
    return {order_id: tuple(shipments) for order_id, shipments in found.items()}


def _due(order: Any, shipments: Sequence[ShipmentProgress]) -> Due | None:
    """What `next_at` is the deadline of."""
    at = order.next_at
    if at is None:
        return None
    if order.state == OrderState.NEW:
        return Due(at, _("Answer the order"), is_answer=True)
    for progress in shipments:
        if progress.shipment.deadline_at == at:
            kind = progress.shipment.deadline_kind
            return Due(at, ShipmentDeadline(kind).label if kind in ShipmentDeadline.values else kind)
        if any(asn.deadline_at == at and asn.state in _UNSENT for asn in progress.asns):
            return Due(at, _("Send the ASN"))
    return Due(at, _("Deliver within the window") if shipments else _("Plan a shipment"))


def measure(rows: QuerySet[PurchaseOrder], *, now: datetime, zone: tzinfo) -> Measured:
    """How many of these orders are in each stage, and in how many days what of them is due; two statements at most.

    Days are those of `zone` in real time, which an order of a simulated world does not keep.
    """
    hours = rows.order_by().annotate(hour=TruncHour("next_at", tzinfo=zone))
    counted = hours.values_list("state", "connection_id", "hour").annotate(n=Count("id")).order_by()
    clocks = read_clocks()
    today = now.astimezone(zone).date()
    stages: Counter[str] = Counter()
    late: Counter[str] = Counter()
    later: Counter[str] = Counter()
    by_day: dict[date, Counter[str]] = {today + timedelta(days=ahead): Counter() for ahead in range(_DAYS)}
    for state, connection_id, hour, count in counted:
        stages[state] += count
        real = clocks.real_at(connection_id, hour)
        if real is None:
            continue
        day = real.astimezone(zone).date()
        (late if day < today else by_day.get(day, later))[state] += count
    return Measured(_all(stages), _all(late), tuple((day, _all(counts)) for day, counts in by_day.items()), _all(later))


def _all(counts: Mapping[str, int]) -> dict[str, int]:
    return {state: counts.get(state, 0) for state in OPEN}
