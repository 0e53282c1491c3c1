"""How vendor codes are answered."""

from collections.abc import Collection

from django.db.models import QuerySet

from orders.models import AnswerPolicy
from orders.types import AnswerMode, Policy, PolicyTerms


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
