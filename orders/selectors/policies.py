"""How vendor codes are answered."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from acorn.core.errors import NotFound
from orders.models import AnswerPolicy, PolicyDecision, PolicyTrial, PolicyTrialRow, PurchaseOrder
from orders.types import AnswerMode, OrderState, Policy, PolicyTerms
from vendors.models import VendorCode


def list_policies() -> QuerySet[AnswerPolicy]:
    """The policy that counts for each vendor code: its youngest row."""
    return AnswerPolicy.objects.filter(
        pk__in=AnswerPolicy.objects.order_by("vendor_code", "-id").distinct("vendor_code")
    )


def find_policies(vendor_codes: Collection[str]) -> dict[str, Policy]:
    """How each of these vendor codes is answered now, by code; the default where nobody decided. One statement."""
    rows = AnswerPolicy.objects.filter(vendor_code__in=vendor_codes).order_by("vendor_code", "-id")
    found = {row.vendor_code: to_policy(row) for row in rows.distinct("vendor_code")}
    return {code: found.get(code, Policy(code)) for code in vendor_codes}


def to_policy(row: AnswerPolicy) -> Policy:
    """A row as a value."""
    return Policy(row.vendor_code, row.public_id, AnswerMode(row.mode), PolicyTerms.from_stored(row.terms))


def find_policy(vendor_code: str) -> AnswerPolicy | None:
    """The row that counts for a vendor code; None where nobody decided."""
    return AnswerPolicy.objects.filter(vendor_code=vendor_code).order_by("-id").first()


def list_policy_history(vendor_code: str, *, limit: int = 50) -> list[AnswerPolicy]:
    """How a vendor code was answered, newest first."""
    return list(AnswerPolicy.objects.filter(vendor_code=vendor_code).order_by("-id")[:limit])


def list_policy_decisions(vendor_code: str, *, limit: int = 50) -> list[PolicyDecision]:
    """What the policy of a vendor code sent by itself, or why it did not; newest first, with orders."""
    rows = PolicyDecision.objects.filter(order__vendor_code=vendor_code).select_related("order", "acknowledgement")
    return list(rows.defer("order__parties", "order__import_details").order_by("-id")[:limit])


def list_trials(vendor_code: str, *, limit: int = 10) -> list[PolicyTrial]:
    """Trials of a vendor code's policies, newest first."""
    return list(PolicyTrial.objects.filter(vendor_code=vendor_code).order_by("-id")[:limit])


def get_trial(public_id: str) -> PolicyTrial:
    """Raises NotFound."""
    found = PolicyTrial.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def list_trial_rows(trial: PolicyTrial) -> QuerySet[PolicyTrialRow]:
    """What the policy would have done with each order, with the orders."""
    rows = PolicyTrialRow.objects.filter(trial=trial).select_related("order")
    return rows.defer("order__parties", "order__import_details")


def trial_policy(trial: PolicyTrial) -> Policy:
    """The policy that is tried."""
    return Policy(trial.vendor_code, "", AnswerMode(trial.mode), PolicyTerms.from_stored(trial.terms))


def list_past_orders(vendor_code: str, *, since: datetime) -> QuerySet[PurchaseOrder]:
    """Orders under a vendor code that have been answered, from a day on."""
    answered = PurchaseOrder.objects.filter(vendor_code=vendor_code, ordered_at__gte=since)
    return answered.exclude(state__in=[OrderState.NEW, OrderState.CANCELLED])


class AnsweredCode(NamedTuple):
    """A vendor code, and the id by which its policy is addressed; empty for one that no connection has."""

    code: str
    public_id: str


def list_answered_codes() -> list[AnsweredCode]:
    """Every vendor code of the company's connections and policies, once each."""
    ids = dict(VendorCode.objects.order_by("-pk").values_list("code", "public_id"))
    decided = AnswerPolicy.objects.order_by().values_list("vendor_code", flat=True).distinct()
    return [AnsweredCode(code, ids.get(code, "")) for code in sorted({*ids, *decided})]


def get_answered_code(public_id: str) -> AnsweredCode:
    """Raises NotFound for a vendor code that the company does not have."""
    found = VendorCode.objects.filter(public_id=public_id).values_list("code", flat=True).first()
    if found is None:
        raise NotFound
    return AnsweredCode(found, public_id)


def find_code_id(vendor_code: str) -> str:
    """The id by which a vendor code's policy is addressed; empty for one that no connection has."""
    return VendorCode.objects.filter(code=vendor_code).order_by("pk").values_list("public_id", flat=True).first() or ""
