"""Who answers for a master table, through the API: the same rules as on the page."""

from typing import Any

import pytest
from django.test import Client

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from catalog.models import TableReview
from tests.factories.accounts import ApiClient, api_client, make_member, make_token, signed_in

API = "/api/v1/table-reviews/"


def _put(client: Client, **body: Any) -> Any:
    given = {"table": "costs", "owner": "finance@acme.example", "period_days": 30} | body
    return client.put(API, given, content_type="application/json")


def _of(tenant: Tenant, table: str = "costs") -> dict[str, Any]:
    rows: list[dict[str, Any]] = api_client(tenant).get(API).json()
    return next(row for row in rows if row["table"] == table)


def test_a_table_gets_its_owner_and_is_looked_through(tenant: Tenant) -> None:
    owner = make_member(tenant, Role.FINANCE, "finance@acme.example")
    client = api_client(tenant)
    assert (_of(tenant)["owner"], _of(tenant)["is_due"]) == (None, False)

    by_mail = _put(client)
    by_id = _put(client, owner=owner.user.public_id)

    assert (by_mail.status_code, by_id.json()) == (200, by_mail.json())
    assert (by_id.json()["owner"], by_id.json()["period_days"]) == (owner.user.public_id, 30)
    assert AuditEvent.objects.filter(code="catalog.review_assigned").count() == 1
    TableReview.objects.update(due_at="2026-01-01T00:00:00Z")
    assert _of(tenant)["is_due"] is True
    done = client.post_json(f"{API}done/", {"table": "costs", "reason": "All right"})
    assert (done.status_code, done.json()["is_due"], done.json()["reviewed_by"]) == (200, False, "test")
    assert AuditEvent.objects.get(code="catalog.review_done").reason == "All right"
    assert not WorkItem.objects.filter(kind="catalog.review_due", closed_at=None).exists()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [({"owner": "nobody@acme.example"}, 400, "owner"), ({"owner": "us_1"}, 400, "owner"),
     ({"period_days": 0}, 400, "period_days"), ({"period_days": 1_001}, 400, "period_days"),
     ({"table": "nothing"}, 404, None)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tenant: Tenant, body: dict[str, Any], status: int, field: str | None) -> None:
    make_member(tenant, Role.FINANCE, "finance@acme.example")

    answer = _put(api_client(tenant), **body)

    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field] if field else [])
    assert not TableReview.objects.exists()


def test_only_the_owner_or_who_names_one_may_say_it_is_done(tenant: Tenant, other_tenant: Tenant) -> None:
    owner, colleague = make_member(tenant, Role.FINANCE, "finance@acme.example"), make_member(tenant, Role.OPERATIONS)
    _put(api_client(tenant))

    def finish(person: Any) -> int:
        token = make_token(tenant, "items.view", created_by=person)
        answer = ApiClient(token).post_json(f"{API}done/", {"table": "costs"})
        return int(answer.status_code)

    assert [finish(None), finish(colleague.user), finish(owner.user)] == [403, 403, 200]
    page = signed_in(colleague).post("/settings/reviews/done/", {"table": "costs"})
    assert page.status_code == 403
    assert api_client(other_tenant).post_json(f"{API}done/", {"table": "costs"}).status_code == 404
    assert api_client(tenant).post_json(f"{API}done/", {"table": "identifiers"}).status_code == 404
