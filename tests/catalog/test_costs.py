"""Agreed costs: entering, deciding, following one another, and the pages and endpoints about them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.jobs.models import Job
from acorn.panels import registry as panels
from acorn.tenancy.models import Tenant
from catalog import selectors, services
from catalog.errors import CostDecided, CostExists, ItemUnknown
from catalog.models import AgreedCost
from tests.factories.accounts import api_client, make_member, signed_in
from tests.factories.catalog import ACTOR, make_cost, make_file, make_item

BODY = {"sku": "SKU-1", "vendor_code": "acmus", "currency": "USD", "cost": "2.50", "valid_from": "2026-01-01"}


def _decide(cost: AgreedCost, status: str, **more: Any) -> AgreedCost:
    return services.decide_cost(public_id=cost.public_id, status=status, actor=ACTOR, now=clock.now(), **more)


def test_a_requested_cost_counts_once_it_is_agreed_and_ends_the_one_before(tenant: Tenant) -> None:
    first = make_cost()
    second = make_cost(cost=Decimal("2.70"), valid_from=date(2026, 6, 1), status="REQUESTED")

    _decide(second, "ACTIVE", ends_previous=True, reason="e-mail of the buyer")
    _decide(second, "ACTIVE", ends_previous=True)

    first.refresh_from_db()
    assert first.valid_until == date(2026, 5, 31)
    assert selectors.list_overlaps([first, second]) == {}
    codes = list(
        AuditEvent.objects.filter(code__startswith="catalog.cost").order_by("id").values_list("code", flat=True)
    )
    assert codes[2:] == ["catalog.cost_activated", "catalog.cost_ended"]
    assert AuditEvent.objects.get(code="catalog.cost_activated").reason == "e-mail of the buyer"


def test_orders_are_looked_at_again_once_a_cost_counts_and_not_before(tenant: Tenant) -> None:
    waiting = Job.objects.filter(name="orders.review", state="QUEUED")
    cost = make_cost(status="REQUESTED")
    assert not waiting.exists()

    _decide(cost, "ACTIVE")

    assert waiting.count() == 1


def test_a_deal_ends_nothing(tenant: Tenant) -> None:
    regular = make_cost()

    make_cost(deal_code="SPRING", valid_from=date(2026, 3, 1), valid_until=date(2026, 3, 31), ends_previous=True)

    regular.refresh_from_db()
    assert regular.valid_until is None


def test_two_costs_of_a_kind_on_the_same_days_are_shown_a_deal_beside_a_regular_one_is_not(tenant: Tenant) -> None:
    first = make_cost(valid_until=date(2026, 6, 1))
    second = make_cost(cost=Decimal(3), valid_from=date(2026, 6, 1))
    make_cost(cost=Decimal(4), valid_from=date(2026, 8, 1))  # follows the second, which has no last day
    deal = make_cost(cost=Decimal(2), deal_code="D", valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 9))

    assert selectors.list_overlaps([first, second, deal]) == {first.pk: [second], second.pk: [first]}


def test_what_was_agreed_is_not_rewritten(tenant: Tenant) -> None:
    cost = make_cost()

    for changes in ({"cost": Decimal(9)}, {"vendor_code": "ACMDE"}, {"valid_from": date(2025, 1, 1)}):
        with pytest.raises(CostDecided):
            services.change_cost(public_id=cost.public_id, changes=changes, actor=ACTOR, now=clock.now())
    with pytest.raises(CostDecided):
        _decide(cost, "REFUSED")
    services.change_cost(public_id=cost.public_id, changes={"note": "seen"}, actor=ACTOR, now=clock.now())

    cost.refresh_from_db()
    assert (cost.cost, cost.vendor_code, cost.status, cost.note) == (Decimal("2.5"), "ACMUS", "ACTIVE", "seen")


def test_a_second_cost_from_the_same_day_is_refused_unless_the_first_was(tenant: Tenant) -> None:
    first = make_cost(status="REQUESTED", note="a")

    with pytest.raises(CostExists):
        make_cost(cost=Decimal(3), note="b")
    _decide(first, "REFUSED")
    make_cost(cost=Decimal(3), note="b")

    assert AgreedCost.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cost": Decimal(0)}, "cost"),
        ({"cost": Decimal("-1")}, "cost"),
        ({"cost": Decimal("NaN")}, "cost"),
        ({"cost": Decimal("1e30")}, "cost"),
        ({"cost": Decimal("0.0000001")}, "cost"),
        ({"currency": "XXQ"}, "currency"),
        ({"vendor_code": "A B"}, "vendor_code"),
        ({"valid_until": date(2025, 12, 31)}, "valid_until"),
        ({"deal_code": "D"}, "valid_until"),
        ({"status": "REFUSED"}, "status"),
    ],
)
def test_a_cost_that_cannot_be_is_refused_with_its_field(tenant: Tenant, values: dict[str, Any], field: str) -> None:
    make_item()

    with pytest.raises(Invalid) as refusal:
        make_cost(**values)

    assert list(refusal.value.fields) == [field]
    assert not AgreedCost.objects.exists()


def test_a_cost_of_no_item_is_refused(tenant: Tenant) -> None:
    with pytest.raises(ItemUnknown):
        services.create_cost(
            sku="NO", vendor_code="A", currency="USD", cost=Decimal(1), valid_from=date(2026, 1, 1), actor=ACTOR,
            now=clock.now(),
        )  # fmt: skip


def test_the_api_enters_lists_and_decides(tenant: Tenant) -> None:
    make_item()
    api = api_client(tenant)

    made = api.post_json("/api/v1/agreed-costs/", BODY)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["vendor_code"], row["cost"], row["status"]) == ("ACMUS", "2.500000", "REQUESTED")
    assert api.post_json("/api/v1/agreed-costs/", BODY).json()["code"] == "COST_EXISTS"
    path = f"/api/v1/agreed-costs/{row['id']}/"
    agreed = api.patch(path, {"cost": "2.40", "status": "ACTIVE"}, content_type="application/json")
    assert (agreed.json()["cost"], agreed.json()["status"]) == ("2.400000", "ACTIVE")
    refused = api.patch(path, {"cost": "9"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "COST_DECIDED")
    assert api.get("/api/v1/agreed-costs/?status=ACTIVE&sku=SKU-1").json()["results"] == [agreed.json()]


def test_the_list_and_the_panel_ask_as_often_for_three_rows_as_for_one(tenant: Tenant) -> None:
    browser = signed_in(make_member(tenant))
    first = make_cost()
    browser.get("/costs/")

    counts = []
    for number in (1, 3):
        for extra in range(1, number):
            make_cost(cost=Decimal(extra), valid_from=date(2026, extra, 2))
        with CaptureQueriesContext(connection) as statements:
            assert browser.get("/costs/").status_code == 200
        with CaptureQueriesContext(connection) as panel:
            [shown] = panels.collect("catalog.item", first.item, may=lambda right: right == "costs.view")
        counts.append((len(statements), len(panel)))
        assert len(shown["costs"]) == number

    assert counts[0] == counts[1]


def test_costs_are_not_shown_on_an_item_to_those_who_may_not_see_them(tenant: Tenant) -> None:
    assert not [shown for shown in panels.collect("catalog.item", make_item()) if shown["panel"].name == "costs"]


def test_the_page_of_an_item_shows_its_costs_to_those_who_may_see_them(tenant: Tenant) -> None:
    cost = make_cost()
    path = f"/items/{cost.item.public_id}/"

    assert cost.public_id in signed_in(make_member(tenant, Role.FINANCE)).get(path).content.decode()
    assert cost.public_id not in signed_in(make_member(tenant, Role.VIEWER)).get(path).content.decode()


def test_the_form_stores_the_document_and_a_member_without_the_right_does_not_get_it(tenant: Tenant) -> None:
    make_item()
    form = BODY | {"status": "ACTIVE", "document": SimpleUploadedFile("deal.eml", b"agreed")}
    finance = signed_in(make_member(tenant, Role.FINANCE))

    answer = finance.post("/costs/new/", form)

    cost = AgreedCost.objects.get()
    assert answer.headers["Location"] == f"/costs/{cost.public_id}/"
    assert cost.document is not None
    file = f"/files/{cost.document.public_id}/"
    assert b"".join(finance.get(file)) == b"agreed"
    assert "attachment" in finance.get(file).headers["Content-Disposition"]
    assert signed_in(make_member(tenant, Role.VIEWER)).get(file).status_code == 403


def test_a_document_that_is_too_large_is_refused_and_nothing_is_stored(tenant: Tenant) -> None:
    make_item()
    browser = signed_in(make_member(tenant))
    form = BODY | {"status": "ACTIVE", "document": SimpleUploadedFile("deal.eml", b"x" * 20_000_001)}

    answer = browser.post("/costs/new/", form)

    assert (answer.status_code, AgreedCost.objects.count()) == (422, 0)
    assert "20 MB" in answer.content.decode()


def test_selected_costs_are_decided_at_once_those_that_were_stay(tenant: Tenant) -> None:
    waiting = [make_cost(valid_from=date(2026, day, 1), status="REQUESTED") for day in (1, 2)]
    refused = make_cost(valid_from=date(2026, 3, 1), status="REQUESTED")
    _decide(refused, "REFUSED")
    browser = signed_in(make_member(tenant))

    browser.post("/costs/agree/", {"selected": [row.public_id for row in [*waiting, refused]]})

    statuses = AgreedCost.objects.order_by("valid_from").values_list("status", "valid_until")
    assert list(statuses) == [("ACTIVE", date(2026, 1, 31)), ("ACTIVE", None), ("REFUSED", None)]


def test_an_expired_file_is_gone(tenant: Tenant) -> None:
    file = make_file()
    file.expires_at = clock.now()
    file.save()

    assert signed_in(make_member(tenant)).get(f"/files/{file.public_id}/").status_code == 404
