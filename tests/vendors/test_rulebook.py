"""Rules as dated data: what counts where and when, what is borrowed, and what a company knows better."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.factories.vendors import ACTOR
from vendors.messages import RULES
from vendors.services.rulebook import Rule, change_rule, delivered, find_rule, list_rules, rule_ids
from vendors.types import Severity

TODAY = date(2026, 11, 24)


def rule(rule_id: str, marketplace: str, on: date = TODAY) -> Rule:
    found = find_rule(rule_id, marketplace, on)
    assert found is not None
    return found


def change(**values: Any) -> None:
    given: dict[str, Any] = {
        "rule": "CONFIRMED_CANCELLED", "marketplace": "US", "valid_from": date(2026, 11, 1), "severity": "WARN",
        "percent": Decimal("4.5"), "source": "chargeback of 2026-11-02", "reason": "as charged", "actor": ACTOR,
        "now": clock.now(),
    }  # fmt: skip
    change_rule(**given | values)


def test_every_delivered_rule_has_a_name_a_source_and_a_day() -> None:
    assert set(rule_ids()) == set(RULES)
    assert all(row.source and row.valid_from for row in delivered())


def test_a_row_counts_from_its_day(tenant: Tenant) -> None:
    assert rule("PO_ON_TIME_WAIVER", "US", date(2026, 2, 24)).percent == 90
    assert rule("PO_ON_TIME_WAIVER", "US", date(2026, 2, 25)).percent == 95


def test_the_official_model_blocks_everywhere(tenant: Tenant) -> None:
    assert [rule("WRONG_SUM", place).severity for place in ("US", "DE", "JP", "AU", "SG")] == [Severity.BLOCK] * 5


@pytest.mark.parametrize("place", ["JP", "AU", "SG"])
def test_where_no_regional_row_exists_the_strictest_only_warns(tenant: Tenant, place: str) -> None:
    found = rule("CONFIRMED_CANCELLED", place)

    assert (found.severity, found.percent, found.is_borrowed) == (Severity.WARN, 3, True)
    assert (rule("CONFIRMED_CANCELLED", "US").severity, rule("CONFIRMED_CANCELLED", "US").is_borrowed) == (
        Severity.CONFIRM, False,
    )  # fmt: skip


def test_a_companys_own_row_counts_from_its_day_and_can_be_taken_back(tenant: Tenant, other_tenant: Tenant) -> None:
    change()
    assert rule("CONFIRMED_CANCELLED", "US", date(2026, 10, 31)).percent == 3
    assert (rule("CONFIRMED_CANCELLED", "US").percent, rule("CONFIRMED_CANCELLED", "US").is_own) == (
        Decimal("4.5"),
        True,
    )
    assert rule("CONFIRMED_CANCELLED", "CA").percent == 3, "another marketplace"
    with tenant_scope(other_tenant.pk):
        assert rule("CONFIRMED_CANCELLED", "US").percent == 3, "another company"

    change(percent=Decimal(5))
    assert rule("CONFIRMED_CANCELLED", "US").percent == 5, "of one day the youngest"
    change(severity="", percent=None, valid_from=date(2026, 11, 20))

    assert rule("CONFIRMED_CANCELLED", "US", date(2026, 11, 19)).percent == 5
    assert (rule("CONFIRMED_CANCELLED", "US").percent, rule("CONFIRMED_CANCELLED", "US").is_own) == (3, False)
    assert AuditEvent.objects.filter(code="vendors.rule_changed").count() == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [({"rule": "NOBODYS"}, "rule"), ({"marketplace": "XX"}, "marketplace"), ({"amount": Decimal(2)}, "currency"),
     ({"reason": " "}, "reason")],
)  # fmt: skip
def test_malformed_rows_are_refused(tenant: Tenant, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change(**values)
    assert list(refusal.value.fields) == [field]
    assert not rule("CONFIRMED_CANCELLED", "US").is_own


def test_all_rules_cost_one_statement(tenant: Tenant, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert len(list_rules("US", TODAY)) == len(RULES)
