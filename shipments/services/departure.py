"""The truck leaves: what is wrong holds it; then stock, orders and ASNs follow in the same transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.core.errors import Invalid
from acorn.tenancy.bulk import update_many
from acorn.work.services import close_item, open_item
from catalog.models import Warehouse
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.services import ship as ship_stock
from shipments import rules
from shipments.models import Asn, Carton, Shipment, ShipmentEvent, ShippedLine
from shipments.rules import Progress, Transport
from shipments.selectors.departures import Departure, in_parts, load_departures
from shipments.services.asns import hand_over, make_asn
from shipments.services.checks import find, keep_findings
from shipments.services.deadlines import settle_deadlines
from shipments.services.packing import lock_open, mark_packed, subject_of
from shipments.services.shipped import report_shipped
from shipments.types import ASN_DUE, ASN_LATE, CASE, AsnType
from vendors.errors import DocumentBlocked
from vendors.selectors import real_at
from vendors.types import RuleFinding, Severity

_SHIPPED_FIELDS = (
    "mode", "transportation_mode", "carrier_scac", "pro_number", "bol_number", "amazon_reference_number",
    "departed_at", "estimated_delivery_at", "state", "changed_at",
)  # fmt: skip


@transaction.atomic
def depart(
    *,
    shipment_public_ids: Collection[str],
    departed_at: datetime,
    estimated_delivery_at: datetime | None,
    mode: str,
    transportation_mode: str,
    carrier_scac: str = "",
    pro_number: str = "",
    bol_number: str = "",
    amazon_reference_number: str = "",
    tracking_numbers: Mapping[str, str] | None = None,
    released: frozenset[str] = frozenset(),
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> list[Asn]:
    """Let shipments leave on one truck: all of it in one transaction, or nothing; their ASNs, the first shipment's first.

    What is wrong holds the truck: DocumentBlocked with every finding, unless its rule is among those `released`, which
    needs a `reason` and is audited. Once it has left, cartons count as packed, stock falls, the orders' lines have their
    shipped quantities, and the ASN says what is on the truck: it is handed to the outbox at once, or waits only for what
    Amazon would refuse. Instants are by Amazon's clock; `tracking_numbers` are by SSCC or carton id. Not repeatable:
    raises ShipmentClosed for one that has left, ShipmentNotFound, Invalid for a release without a reason.
    """
    if released and not reason.strip():
        raise Invalid(fields={"reason": [_("Say why the truck may leave all the same.")]})
    shipments = _locked(shipment_public_ids)
    transport = Transport(
        mode, transportation_mode, departed_at, estimated_delivery_at, carrier_scac.strip().upper(), pro_number.strip(),
        bol_number.strip(), amazon_reference_number.strip(),
    )  # fmt: skip
    departures = load_departures(shipments, now=now, transport=transport, tracking=tracking_numbers)
    checked = [(departure, find(departure)) for departure in departures]
    if any(rules.stops_departure(findings, released) for _, findings in checked):
        raise DocumentBlocked([finding for _, findings in checked for finding in findings])
    asns: list[Asn] = []
    for departure, findings in checked:
        _leave(departure, findings, transport, tracking_numbers or {}, actor, now)
        _say_released(departure.shipment, findings, released, reason, actor, now)
    _take_stock(departures, transport, actor, now)
    settle_deadlines(shipments, actor=actor, now=now)
    for departure, findings in checked:
        asns += _tell_amazon(departure, findings, actor, now)
    return asns


def _locked(public_ids: Collection[str]) -> list[Shipment]:
    """Shipments that may leave, with connection and warehouse, in the order asked for."""
    places = {public_id: place for place, public_id in enumerate(public_ids)}
    shipments = sorted(lock_open(public_ids), key=lambda shipment: places[shipment.public_id])
    known = {
        row.pk: row
        for row in Shipment.objects.filter(pk__in=[s.pk for s in shipments]).select_related("connection", "warehouse")
    }
    for shipment in shipments:
        shipment.connection, shipment.warehouse = known[shipment.pk].connection, known[shipment.pk].warehouse
    return shipments


def _leave(
    departure: Departure,
    findings: Sequence[RuleFinding],
    transport: Transport,
    tracking: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    shipment = departure.shipment
    # while it is still open: a charge that the last corrections prevented counts
    keep_findings(shipment, findings, now=now)
    _keep_tracking(departure, tracking)
    waiting = Carton.objects.filter(shipment=shipment, packed_at=None).values_list("public_id", flat=True)
    if ids := list(waiting):
        mark_packed(ids, actor=actor, now=now)
    shipped = {departure.lines[key]: eaches for key, eaches in departure.facts.notice.quantities.items()}
    ShippedLine.objects.bulk_create(
        [ShippedLine(shipment=shipment, line=line, shipped_eaches=eaches) for line, eaches in shipped.items()]
    )
    for name in ("mode", "transportation_mode", "carrier_scac", "pro_number", "bol_number", "amazon_reference_number"):
        setattr(shipment, name, getattr(transport, name))
    shipment.departed_at, shipment.estimated_delivery_at = transport.shipped_at, transport.estimated_at
    progress = Progress(shipment.carton_count, shipment.carton_count, sum(shipped.values()), has_departed=True)
    shipment.state, shipment.changed_at = rules.derive_state(progress), now
    shipment.save(update_fields=_SHIPPED_FIELDS)
    report_shipped(list(shipped), actor=actor, now=now)
    params = {"number": shipment.number, "cartons": shipment.carton_count, "eaches": sum(shipped.values()),
              "ship_to": shipment.ship_to_party}  # fmt: skip
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code="shipments.departed", params=params, actor_label=actor.label[:200]
    )
    audit.record("shipments.departed", subject=subject_of(shipment), actor=actor, params=params)
    for kind in (ASN_DUE, ASN_LATE):
        close_item(kind, dedupe_key=shipment.public_id, actor=actor, now=now)


def _take_stock(departures: Sequence[Departure], transport: Transport, actor: Actor, now: datetime) -> None:
    """Of a whole truck at once, so that balances are locked in one order; once more only for another warehouse."""
    loads: dict[Warehouse, dict[PurchaseOrderLine, int]] = {}
    orders: dict[int, PurchaseOrder] = {}
    for departure in departures:
        load = loads.setdefault(departure.shipment.warehouse, {})
        orders |= {order.pk: order for order in departure.orders.values()}
        for key, eaches in departure.facts.notice.quantities.items():
            load[departure.lines[key]] = load.get(departure.lines[key], 0) + eaches
    first = departures[0].shipment
    left_at = min(real_at(first.connection, transport.shipped_at) or now, now)
    for warehouse, load in sorted(loads.items(), key=lambda entry: entry[0].pk):
        ship_stock(
            [(orders[line.order_id], line, eaches) for line, eaches in load.items()], warehouse=warehouse,
            key=f"shipment:{first.public_id}:{warehouse.pk}", actor=actor, now=now, left_at=left_at,
        )  # fmt: skip


def _keep_tracking(departure: Departure, tracking: Mapping[str, str]) -> None:
    if not tracking:
        return
    numbers = {box.position: box.tracking_number for box in departure.facts.boxes}
    rows = list(Carton.objects.filter(shipment=departure.shipment))
    for row in rows:
        row.tracking_number = numbers[row.position]
    update_many(rows, ["tracking_number"])


def _say_released(
    shipment: Shipment,
    findings: Sequence[RuleFinding],
    released: frozenset[str],
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Who let it go in spite of what, and why: kept for good, and a case for somebody where money is at stake."""
    let_go = [finding for finding in findings if finding.severity != Severity.WARN and finding.rule in released]
    if not let_go:
        return
    params = {"number": shipment.number, "rules": ", ".join(finding.rule for finding in let_go)}
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code="shipments.released", params=params, reason=reason.strip()[:300],
        actor_label=actor.label[:200],
    )  # fmt: skip
    audit.record("shipments.released", subject=subject_of(shipment), actor=actor, reason=reason.strip(), params=params)
    open_item(
        CASE, subject=subject_of(shipment), now=now, params=params, role=Role.OPERATIONS,
        amount=next((finding.at_risk for finding in let_go if finding.at_risk), None),
    )  # fmt: skip


def _tell_amazon(departure: Departure, findings: Sequence[RuleFinding], actor: Actor, now: datetime) -> list[Asn]:
    asns = []
    for notice in in_parts(departure):
        asn = make_asn(
            departure.shipment, notice, type=AsnType.ORIGINAL, due=departure.due, findings=findings, actor=actor,
            at=departure.facts.now, now=now,
        )  # fmt: skip
        hand_over(asn, findings, actor=actor, now=now)
        asns.append(asn)
    return asns
