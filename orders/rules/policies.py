"""Whether a policy may send what it proposes, without a person."""

from collections.abc import Iterable, Mapping
from typing import Any

from acorn.core.money import Money, exact
from orders.rules.answers import RULES
from orders.rules.proposal import told
from orders.types import (
    AnswerMode,
    FreightTerms,
    HoldKind,
    PassableWarning,
    PolicyTerms,
    Proposal,
    RejectionReason,
)
from vendors.types import RuleFinding, Severity

# why a policy did not send: a message, and the line it is about ("" = the order)
Obstacle = Mapping[str, Any]


def find_obstacles(proposal: Proposal, terms: PolicyTerms, *, sent_last_hour: int) -> list[Obstacle]:
    """Everything that keeps a policy from sending a proposal by itself; nothing where it may.

    | what                                                        | why it is kept        |
    |-------------------------------------------------------------|-----------------------|
    | the mode is not SEND_WHEN_CLEAN                             | mode                  |
    | no line, or a doubt about the order or a line               | the doubt             |
    | a line is rejected for a reason that is not switched on     | rejects               |
    | as many orders as the policy may send were sent in an hour  | hour_cap              |
    | the answer is worth more than one order may be, or nobody   | amount_cap            |
    | can say what it is worth in that currency                   |                       |
    """
    found: list[Obstacle] = [_about("", doubt) for doubt in proposal.doubts]
    if proposal.mode != AnswerMode.SEND_WHEN_CLEAN:
        found.append(_about("", told("orders.auto.mode")))
    if not proposal.lines:
        found.append(_about("", told("orders.auto.no_lines")))
    for line in proposal.lines:
        found += [_about(line.answer.sequence, doubt) for doubt in line.doubts]
        answer = line.answer
        if answer.rejected and answer.rejection_reason not in terms.reject_reasons and not line.doubts:
            rejects = told("orders.why.rejects", rejected=answer.rejected, reason=answer.rejection_reason)
            found.append(_about(answer.sequence, rejects))
    if sent_last_hour >= terms.max_orders_per_hour:
        found.append(_about("", told("orders.auto.hour_cap", limit=terms.max_orders_per_hour)))
    if (most := terms.max_order_amount) is not None:
        worth = proposal.amount
        if worth is None or worth.currency != most.currency or worth.amount > most.amount:
            found.append(
                _about(
                    "", told("orders.auto.amount_cap", limit=exact(most.amount, most.currency), currency=most.currency)
                )
            )
    return found


def _about(line: str, reason: Mapping[str, Any]) -> Obstacle:
    return {"line": line, **reason}


def find_stops(findings: Iterable[RuleFinding], terms: PolicyTerms) -> list[RuleFinding]:
    """The findings of the checks before sending that keep a policy from it. First row that fits:

    | finding                                                        | keeps it |
    |----------------------------------------------------------------|----------|
    | it stops a person, too, or asks for a yes                      | yes      |
    | a first rejection, where some reason is switched on            | no       |
    | a warning that the terms let pass                              | no       |
    | a warning of a rule that only warns, known of another          | no       |
    | marketplace only: information                                  |          |
    | another warning                                                | yes      |
    """
    return [each for each in findings if not _passes(each, terms)]


def _passes(finding: RuleFinding, terms: PolicyTerms) -> bool:
    if finding.severity != Severity.WARN:
        return False
    if finding.rule == _FIRST_REJECTION:
        return bool(terms.reject_reasons)
    return finding.rule in terms.passing_warnings or (finding.is_borrowed and finding.rule in _ONLY_WARN)


_FIRST_REJECTION = "FIRST_REJECTION"
_ONLY_WARN = frozenset(rule.id for rule in RULES if rule.severity == Severity.WARN)


def find_faults(vendor_code: str, terms: PolicyTerms) -> list[str]:
    """The fields of a policy that nobody could follow; none where it can be used."""
    checks = {
        "vendor_code": 0 < len(vendor_code) <= 20 and vendor_code.isascii() and vendor_code.isprintable(),
        "min_order": _is_amount(terms.min_order),
        "max_order_amount": _is_amount(terms.max_order_amount),
        "backorder_days": 0 <= terms.backorder_days <= 365,
        "cost_tolerance": 0 <= terms.cost_tolerance <= 100,
        "max_orders_per_hour": 0 <= terms.max_orders_per_hour <= 10_000,
        "warehouses": len(set(terms.warehouses)) == len(terms.warehouses),
        "holds": all(hold.kind in HoldKind.values and hold.value and hold.reason for hold in terms.holds),
        "reject_reasons": terms.reject_reasons <= set(RejectionReason.values),
        "passing_warnings": terms.passing_warnings <= set(PassableWarning.values),
        "freight_terms": terms.freight_terms in ("", *FreightTerms.values),
    }
    return [name for name, is_right in checks.items() if not is_right]


def _is_amount(money: Money | None) -> bool:
    return money is None or (money.amount >= 0 and len(money.currency) == 3 and money.currency.isupper())
