"""What Amazon demands and what it fines, as dated data: delivered in vendors/data/rules.csv, corrected by each company.

A row counts for one marketplace, for a region (NA, EU, FE) or, where Amazon's model says so for all, for everywhere.
Where nothing is known for a marketplace, the strictest row of another one is borrowed, and only warns.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.core.money import Money
from vendors import gateway
from vendors.models import OwnRule
from vendors.types import Severity

EVERYWHERE = "*"
_FILE = Path(__file__).resolve().parent.parent / "data" / "rules.csv"
_STRICTNESS = {Severity.WARN: 0, Severity.CONFIRM: 1, Severity.BLOCK: 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it stands on a day in a marketplace. `percent` is a share of the goods' worth, `amount` a charge each time,
    `hours` a time limit; None where none is known. `is_borrowed`: known of another marketplace only. `is_own`: the
    company's own row."""

    id: str
    scope: str
    valid_from: date
    severity: Severity
    percent: Decimal | None = None
    amount: Money | None = None
    hours: int | None = None
    source: str = ""
    is_borrowed: bool = False
    is_own: bool = False


def find_rule(rule_id: str, marketplace: str, on: date) -> Rule | None:
    """A rule on a day in a marketplace, in one statement; None for one that the rulebook does not hold."""
    return list_rules(marketplace, on).get(rule_id)


def list_rules(marketplace: str, on: date) -> dict[str, Rule]:
    """Every rule by its id, as it stands on a day in a marketplace; one statement."""
    own = OwnRule.objects.filter(marketplace=marketplace, valid_from__lte=on).order_by("valid_from", "id")
    return _choose(marketplace, on, {row.rule: row for row in own})


def rule_ids() -> list[str]:
    """The rules that the rulebook holds, in its order."""
    return list(dict.fromkeys(rule.id for rule in delivered()))


@transaction.atomic
def change_rule(
    *,
    rule: str,
    marketplace: str,
    valid_from: date,
    severity: str,
    percent: Decimal | None = None,
    amount: Decimal | None = None,
    currency: str = "",
    hours: int | None = None,
    source: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> OwnRule:
    """Say what a rule is in a marketplace from a day on; an empty severity goes back to what is delivered.

    Documents that are checked from now on follow it. Raises Invalid, naming the fields.
    """
    fields: dict[str, list[object]] = {}
    if rule not in rule_ids():
        fields["rule"] = [_("There is no such rule.")]
    if gateway.find_marketplace(marketplace) is None:
        fields["marketplace"] = [_("Amazon has no vendor marketplace of this code. Use two letters, such as US or DE.")]
    if (amount is None) != (not currency):
        fields["currency"] = [_("An amount needs its currency, and a currency its amount.")]
    if not reason.strip():
        fields["reason"] = [_("Say why: the next person will want to know.")]
    if fields:
        raise Invalid(fields=fields)  # type: ignore[arg-type]  # lazy texts
    row = OwnRule.objects.create(
        rule=rule, marketplace=marketplace, valid_from=valid_from, severity=severity, percent=percent, amount=amount,
        currency=currency, hours=hours, source=source[:300], reason=reason[:300], actor_label=actor.label[:200],
        created_at=now,
    )  # fmt: skip
    audit.record(
        "vendors.rule_changed",
        actor=actor,
        subject=Subject("vendors.rule", row.rule, f"{row.rule} {row.marketplace}"),
        params={"rule": rule, "marketplace": marketplace, "valid_from": str(valid_from), "severity": severity},
        reason=reason,
    )
    return row


@lru_cache(maxsize=1)
def delivered() -> tuple[Rule, ...]:
    """The rulebook as it is delivered."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _choose(marketplace: str, on: date, own: Mapping[str, OwnRule]) -> dict[str, Rule]:
    place = gateway.find_marketplace(marketplace)
    scopes = (marketplace, place.region.value if place else "", EVERYWHERE)
    valid: dict[str, dict[str, Rule]] = {}
    for rule in sorted(delivered(), key=lambda rule: rule.valid_from):
        if rule.valid_from <= on:
            valid.setdefault(rule.id, {})[rule.scope] = rule
    found = {}
    for rule_id, by_scope in valid.items():
        row = own.get(rule_id)
        if row is not None and row.severity:
            found[rule_id] = _own(row)
        else:
            known = next((by_scope[scope] for scope in scopes if scope in by_scope), None)
            found[rule_id] = known or _borrow(by_scope.values())
    return found


def _borrow(rows: Iterable[Rule]) -> Rule:
    strictest = max(rows, key=lambda rule: (_STRICTNESS[rule.severity], rule.percent or 0, rule.scope))
    return replace(strictest, severity=Severity.WARN, is_borrowed=True)


def _own(row: OwnRule) -> Rule:
    return Rule(
        row.rule, row.marketplace, row.valid_from, Severity(row.severity), row.percent,
        None if row.amount is None else Money(row.amount, row.currency), row.hours, row.source, is_own=True,
    )  # fmt: skip


def _read(row: Mapping[str, str]) -> Rule:
    return Rule(
        row["rule"],
        row["scope"],
        date.fromisoformat(row["valid_from"]),
        Severity(row["severity"]),
        Decimal(row["percent"]) if row["percent"] else None,
        Money(Decimal(row["amount"]), row["currency"]) if row["amount"] else None,
        int(row["hours"]) if row["hours"] else None,
        row["source"],
    )
