"""What the rulebook says about the rules of answers, for the table in `orders.rules`."""

from datetime import date, timedelta
from decimal import Decimal

from orders.rules import RULES, Ruling
from vendors.services.rulebook import Rule, list_rules
from vendors.types import Severity

# what Amazon charges for is written under the name of the charge
_CHARGES = {"DATE_AFTER_WINDOW": "PO_LATE"}
_NOT_FILLED = "PO_NOT_FILLED"


class Rulings:
    """The rulebook for one marketplace on one day: one statement, asked once for a whole answer.

    A rule that the table blocks is never softened: what Amazon cannot read is no matter of opinion.
    """

    def __init__(self, marketplace: str, on: date) -> None:
        self._book = list_rules(marketplace, on)

    def by_rule(self) -> dict[str, Ruling]:
        """Rulings by rule; one that the rulebook lacks keeps what the table says."""
        return {rule.id: self._ruling(rule.id, rule.severity, rule.source) for rule in RULES}

    def changeable_for(self) -> timedelta | None:
        """How long after an order, or its last change, Amazon hears other quantities and costs."""
        late = self._book.get("LATE_CHANGE")
        return timedelta(hours=late.hours) if late and late.hours else None

    def _ruling(self, rule_id: str, severity: Severity, source: str) -> Ruling:
        row = self._book.get(rule_id)
        is_borrowed = False
        charge: Rule | None = self._book.get(_CHARGES.get(rule_id, rule_id))
        if row is not None:
            is_borrowed = row.is_borrowed
            severity, source = (severity if severity == Severity.BLOCK else row.severity), row.source
        elif charge is not None:
            source = charge.source
        return Ruling(severity, charge.percent if charge else None, source, is_borrowed)


def not_filled_percent(marketplace: str, on: date) -> Decimal | None:
    """The share of their worth that Amazon charges for units that were confirmed and never come; None where unknown."""
    rule = list_rules(marketplace, on).get(_NOT_FILLED)
    return rule.percent if rule else None
