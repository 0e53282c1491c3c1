"""The clock of ASNs before and after the departure: warnings, escalations, and what waits is tried again."""

from datetime import datetime, timedelta

from django.db import transaction

from acorn.accounts.types import Role
from acorn.core.actor import Actor
from acorn.core.errors import DomainError
from acorn.tenancy.choices import chosen
from acorn.work.services import Opening, close_items, open_items
from shipments.models import Asn, Shipment
from shipments.selectors.departures import Departure, load_departures
from shipments.selectors.shippable import OPEN
from shipments.services.asns import send_due, subject_of
from shipments.services.checks import find, keep_findings
from shipments.services.departure import depart
from shipments.services.packing import subject_of as subject_of_shipment
from shipments.types import ASN_DUE, ASN_LATE, DEPART_BY_PLAN, AsnState, ShipmentState
from vendors.selectors import read_clocks

ACTOR = Actor.system("shipments.asn_clock")
# so long before its deadline an ASN that has not left is work, and so long before somebody else hears of it too
_WARN = timedelta(hours=24)
_ESCALATE = timedelta(hours=2)
_AT_ONCE = 500


def watch_asns(*, now: datetime) -> None:
    """Look at every ASN that has not left: depart by plan, try again, warn, escalate. Safe to repeat, and to miss a round."""
    shipments = list(
        Shipment.objects.filter(state__in=OPEN, carton_count__gt=0)
        .select_related("connection", "warehouse")
        .order_by("planned_departure_at", "pk")[:_AT_ONCE]
    )
    departures = load_departures(shipments, now=now) if shipments else []
    if chosen(DEPART_BY_PLAN):
        departures = [departure for departure in departures if not _depart_by_plan(departure, now)]
    for departure in departures:
        # what a correction has prevented counts, though nobody looked at the shipment since
        keep_findings(departure.shipment, find(departure), now=now)
    waiting = list(Asn.objects.filter(state__in=[AsnState.WAITING, AsnState.BLOCKED]).select_related("shipment"))
    for asn in waiting:
        send_due(asn_id=asn.pk, now=now)
    _warn(departures, waiting, now)


def _depart_by_plan(departure: Departure, now: datetime) -> bool:
    """Let a packed shipment leave whose planned time has come, unless something holds it; whether it left."""
    shipment, at = departure.shipment, departure.facts.now
    planned = shipment.planned_departure_at
    if planned is None or planned > at or shipment.state != ShipmentState.PACKED or not shipment.mode:
        return False
    try:
        depart(
            shipment_public_ids=[shipment.public_id], departed_at=planned,
            estimated_delivery_at=shipment.estimated_delivery_at, mode=shipment.mode,
            transportation_mode=shipment.transportation_mode, carrier_scac=shipment.carrier_scac,
            pro_number=shipment.pro_number, bol_number=shipment.bol_number,
            amazon_reference_number=shipment.amazon_reference_number, actor=ACTOR, now=now,
        )  # fmt: skip
    except DomainError:
        return False  # the warning below says that it has not left; the page says what holds it
    return True


@transaction.atomic
def _warn(departures: list[Departure], waiting: list[Asn], now: datetime) -> None:
    clocks = read_clocks()
    due: list[Opening] = []
    late: list[Opening] = []
    calm: list[str] = []
    for departure in departures:
        shipment = departure.shipment
        deadline = departure.due.at if departure.due else None
        real = clocks.real_at(shipment.connection_id, deadline)
        params = {"number": shipment.number, "rule": departure.due.rule if departure.due else ""}
        _sort(Opening(subject_of_shipment(shipment), params, real), deadline, departure.facts.now, due, late, calm)
    for asn in waiting:
        asn.refresh_from_db(fields=["state"])
        subject = subject_of(asn)
        if asn.state not in (AsnState.WAITING, AsnState.BLOCKED):
            calm.append(subject.id)
            continue
        real = clocks.real_at(asn.shipment.connection_id, asn.deadline_at)
        params = {"number": asn.identifier, "rule": asn.clock_rule}
        at = clocks.now_at(asn.shipment.connection_id, now)
        _sort(Opening(subject, params, real), asn.deadline_at, at, due, late, calm)
    open_items(ASN_DUE, due, now=now, role=Role.OPERATIONS)
    open_items(ASN_LATE, late, now=now, role=Role.ADMIN)
    for kind in (ASN_DUE, ASN_LATE):
        close_items(kind, dedupe_keys=calm, actor=ACTOR, now=now)


def _sort(
    opening: Opening, deadline: datetime | None, at: datetime, due: list[Opening], late: list[Opening], calm: list[str]
) -> None:
    if deadline is None or deadline - at > _WARN:
        calm.append(opening.subject.id)
        return
    due.append(opening)
    if deadline - at <= _ESCALATE:
        late.append(opening)
