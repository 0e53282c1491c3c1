"""What holds a shipment, and what its faults would cost: found, kept with it, and counted where somebody has put them right."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from acorn.core.money import Money
from shipments import rules
from shipments.models import PreventedCharge, Shipment
from shipments.selectors.departures import Departure, load_departures
from shipments.selectors.exposure import add_up, compliance, load_rulings
from shipments.selectors.shippable import OPEN
from vendors.types import RuleFinding

# another day makes this go away, nobody's correction
_BY_THE_CLOCK = {"NOTICE_LATE"}


@transaction.atomic
def check_shipment(shipment: Shipment, *, now: datetime) -> list[RuleFinding]:
    """Everything that is to be said about a shipment as it would depart now, kept with it. Safe to repeat.

    A charge that was foreseen and is foreseen no more, while the shipment has not left, was prevented: counted once a
    rule. The shipment comes with connection and warehouse.
    """
    (departure,) = load_departures([shipment], now=now)
    findings = find(departure)
    keep_findings(shipment, findings, now=now)
    return findings


def find(departure: Departure) -> list[RuleFinding]:
    """What is to be said about a departure, by the rulebook on its day; nothing is written."""
    rulings = load_rulings(departure.kind.marketplace, departure.facts.now.date(), compliance(departure.facts.now))
    return rules.check_departure(departure.facts, rulings)


def keep_findings(shipment: Shipment, findings: Sequence[RuleFinding], *, now: datetime) -> None:
    """Write what was found with the shipment, with the money at stake."""
    if shipment.state in OPEN and shipment.cancelled_at is None:
        _count_prevented(shipment, findings, now)
    total = add_up([finding.at_risk for finding in findings])
    stored = [finding.stored() for finding in findings]
    exposure, currency = (total.amount, total.currency) if total else (0, shipment.currency)
    if (shipment.findings, shipment.exposure, shipment.currency) != (stored, exposure, currency):
        shipment.findings, shipment.exposure, shipment.currency = stored, exposure, currency
        shipment.save(update_fields=["findings", "exposure", "currency"])


def _count_prevented(shipment: Shipment, findings: Sequence[RuleFinding], now: datetime) -> None:
    still = {finding.rule for finding in findings}
    before = [RuleFinding.from_stored(row) for row in shipment.findings]
    gone: dict[str, Money] = {
        finding.rule: finding.at_risk
        for finding in before
        if finding.at_risk and finding.rule not in still | _BY_THE_CLOCK
    }
    if not gone:
        return
    known = PreventedCharge.objects.filter(shipment=shipment, rule__in=gone).values_list("rule", flat=True)
    PreventedCharge.objects.bulk_create(
        [
            PreventedCharge(shipment=shipment, rule=rule, amount=money.amount, currency=money.currency, at=now)
            for rule, money in gone.items()
            if rule not in set(known)
        ]
    )
