"""What faults cost: the rulebook on the day, and how well the company has done lately."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from acorn.core.money import Money
from shipments.models import Asn, PreventedCharge, Shipment
from shipments.rules import RULES, Ruling
from shipments.selectors.shippable import OPEN
from shipments.types import AsnState, AsnType
from vendors.services.rulebook import Rule, list_rules

# Amazon's charge follows the share of faultless ASNs over the last weeks
_PERIOD = timedelta(weeks=4)
_STEPS = (
    (Decimal(95), "ASN_DEFECT_ABOVE_95"),
    (Decimal(70), "ASN_DEFECT_70_TO_95"),
    (Decimal(-1), "ASN_DEFECT_BELOW_70"),
)
_DEFECT = "ASN_DEFECT"


def compliance(now: datetime) -> Decimal:
    """Percent of the last four weeks' ASNs that left in time and without a known fault; 100 where there were none."""
    rows = Asn.objects.filter(type=AsnType.ORIGINAL, handed_at__gte=now - _PERIOD, handed_at__lte=now)
    counts = rows.aggregate(all=Count("pk"), faulty=Count("pk", filter=~Q(late_code="") | ~Q(findings=[])))
    if not counts["all"]:
        return Decimal(100)
    return Decimal(100) * (counts["all"] - counts["faulty"]) / counts["all"]


def load_rulings(marketplace: str, on: date, rate: Decimal) -> dict[str, Ruling]:
    """What is known of each rule on a day, in one statement; `rate` is the `compliance`.

    A rule that the rulebook borrows from elsewhere says what it costs there, and stays as bad as the table has it.
    """
    book = list_rules(marketplace, on)
    step = next(name for least, name in _STEPS if rate > least or least < 0)
    rulings = {}
    for rule in RULES:
        own = book.get(rule.id)
        charge: Rule | None = book.get(step if rule.charge == _DEFECT else rule.charge or rule.id)
        if own is None and charge is None:
            continue
        severity = own.severity if own is not None and not own.is_borrowed else rule.severity
        source = (own or charge).source if (own or charge) else ""  # type: ignore[union-attr]  # one of them is there
        rulings[rule.id] = Ruling(
            severity, charge.percent if charge else None, charge.amount if charge else None, source
        )
    return rulings


class Totals(NamedTuple):
    """Money at stake in shipments that have not arrived, and what corrections have prevented, by currency."""

    exposed: Mapping[str, Decimal]
    prevented: Mapping[str, Decimal]


def sum_exposure(*, prevented_since: datetime) -> Totals:
    """Two statements."""
    rows = Shipment.objects.filter(Q(state__in=OPEN) | Q(asns__state__in=[AsnState.WAITING, AsnState.BLOCKED]))
    ids = rows.filter(exposure__gt=0).values_list("pk", flat=True).distinct()
    exposed = Shipment.objects.filter(pk__in=ids).order_by().values_list("currency").annotate(Sum("exposure"))
    prevented = (
        PreventedCharge.objects.filter(at__gte=prevented_since)
        .order_by()
        .values_list("currency")
        .annotate(Sum("amount"))
    )
    return Totals(dict(exposed), dict(prevented))


def add_up(risks: list[Money | None]) -> Money | None:
    """The sum of what is known to be at stake; None where nothing is. Of several currencies, the one with the most."""
    sums: dict[str, Decimal] = {}
    for risk in risks:
        if risk is not None:
            sums[risk.currency] = sums.get(risk.currency, Decimal(0)) + risk.amount
    if not sums:
        return None
    currency = max(sums, key=lambda each: sums[each])
    return Money(sums[currency], currency)
