"""The endpoints as outside programs rely on them."""

from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.factories.accounts import make_token
from tests.factories.vendors import make_connection
from tests.support.api import Api
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from tests.vendors.conftest import Shelf
from vendors.models import Connection, SyncRun

BODY: dict[str, Any] = {
    "name": "Acme US", "region": "NA", "marketplace": "US", "environment": "PRODUCTION",
    "client_id": "amzn1.application-oa2-client.abcd1234", "client_secret": "amzn1.oa2-cs.v1.top-secret-value",
    "refresh_token": "Atzr|very-secret-token", "vendor_group_code": "VG01", "vendor_codes": ["VND00"],
}  # fmt: skip
SECRETS = (BODY["client_id"], BODY["client_secret"], BODY["refresh_token"])


@pytest.fixture
def api(tenant: Tenant) -> Api:
    return Api(make_token(tenant))


@pytest.fixture
def charlie(other_tenant: Tenant) -> Api:
    return Api(make_token(other_tenant))


def test_connecting_answers_with_an_id_and_no_secret(api: Api) -> None:
    made = api.post("vendor-connections/", BODY)

    assert made["id"].startswith("vc_")
    assert made["vendor_codes"] == ["VND00"]
    assert made["client_id_hint"] == "1234"
    assert made["health"]["state"] == "UNKNOWN"
    shown = str(made) + str(api.get(f"vendor-connections/{made['id']}/")) + str(api.get("vendor-connections/"))
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("region", "EU"), ("region", "XX"), ("marketplace", "ZZ"), ("marketplace", "USA"), ("environment", "TEST"),
        ("name", ""), ("client_secret", ""), ("refresh_token", None), ("vendor_codes", ["A B"]), ("vendor_codes", "A"),
        ("vendor_group_code", "x" * 61), ("name", "a\x00b"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_field_and_changes_nothing(api: Api, field: str, value: Any) -> None:
    refused = api.post("vendor-connections/", BODY | {field: value}, expect=400)

    assert [name.partition(".")[0] for name in refused["fields"]] == [field]
    assert not any(secret in str(refused) for secret in SECRETS)
    assert not Connection.objects.exists()


def test_a_group_has_one_active_connection(api: Api) -> None:
    first = api.post("vendor-connections/", BODY)

    assert api.post("vendor-connections/", BODY, expect=409)["code"] == "GROUP_ALREADY_CONNECTED"
    api.delete(f"vendor-connections/{first['id']}/")
    api.post("vendor-connections/", BODY)
    assert [row["archived_at"] is None for row in api.every("vendor-connections/")] == [False, True]
    assert len(api.every("vendor-connections/", archived="false")) == 1


def test_patch_renames_and_replaces_credentials(api: Api) -> None:
    made = api.post("vendor-connections/", BODY)

    changed = api.patch(f"vendor-connections/{made['id']}/", {"name": "New", "client_id": "another-client-wxyz"})

    assert (changed["name"], changed["client_id_hint"]) == ("New", "wxyz")
    connection = Connection.objects.get()
    field = {each.name: each for each in Connection._meta.local_fields}
    assert field["client_id"].unseal(connection) == "another-client-wxyz"
    assert field["refresh_token"].unseal(connection) == BODY["refresh_token"]


def test_sync_answers_202_with_the_contracts_fields(api: Api, connection: Connection, shelf: Shelf) -> None:
    path = f"vendor-connections/{connection.public_id}/sync/"
    run = api.post(path, expect=202)

    assert run["state"] == "QUEUED"
    assert run["counts"] == {"seen": 0, "new": 0, "changed": 0, "flagged": 0}
    assert run["errors"] == []
    assert api.post(path, {"resources": ["purchase-orders"]}, expect=202)["id"] == run["id"]
    run_due_jobs(hurry=True)
    done = api.get(f"sync-runs/{run['id']}/")
    assert (done["state"], done["counts"]["new"]) == ("SUCCEEDED", 40)
    assert api.post(path, expect=202)["id"] != run["id"]
    assert len(api.every("sync-runs/", connection=connection.public_id)) == 2


def test_an_unknown_resource_is_refused_by_name(api: Api, connection: Connection, shelf: Shelf) -> None:
    path = f"vendor-connections/{connection.public_id}/sync/"

    for body in ({"resources": ["nonsense"]}, {"resources": []}, {"resources": "purchase-orders"}):
        assert list(api.post(path, body, expect=400)["fields"]) == ["resources"]
    assert not SyncRun.objects.exists()


def test_testing_says_in_words_what_is_wrong(api: Api, connection: Connection, world: World) -> None:
    path = f"vendor-connections/{connection.public_id}/test/"
    assert api.post(path, expect=200)["ok"] is True

    world.add_fault("lwa_invalid_grant")
    refused = api.post(path, expect=200)

    assert (refused["ok"], refused["code"]) == (False, "vendors.auth_revoked")
    assert "refresh token" in refused["message"]
    assert "Vendor Central" in refused["fix"]
    assert api.get(f"exchanges/{refused['exchange']}/")["error_class"] == "AuthRevoked"
    assert api.get(f"vendor-connections/{connection.public_id}/")["health"]["state"] == "FAILING"
    assert api.post(path, expect=200)["ok"] is True
    assert api.get(f"vendor-connections/{connection.public_id}/")["health"]["state"] == "OK"


def test_exchanges_are_listed_filtered_and_shown(api: Api, connection: Connection, world: World) -> None:
    world.add_fault("error_500")
    for _ in range(2):
        api.post(f"vendor-connections/{connection.public_id}/test/", expect=200)

    rows = api.every("exchanges/", page_size=2)

    assert [row["started_at"] for row in rows] == sorted((row["started_at"] for row in rows), reverse=True)
    failed = api.every("exchanges/", failed="true")
    assert {row["error_class"] for row in failed} == {"Unavailable"}
    good = api.every("exchanges/", operation="getPurchaseOrders", failed="false", status=200)
    assert len(good) == 1
    assert api.every("exchanges/", request_id=good[0]["request_id"]) == good
    assert api.every("exchanges/", search=good[0]["id"]) == good
    detail = api.get(f"exchanges/{good[0]['id']}/")
    assert '"orders"' in detail["response_body"]
    assert detail["request_headers"]["x-amz-access-token"] == "[redacted]"
    api.get("exchanges/", expect=400, status="abc")


def test_charlie_finds_nothing_and_changes_nothing(
    api: Api, charlie: Api, connection: Connection, other_tenant: Tenant, shelf: Shelf
) -> None:
    api.post(f"vendor-connections/{connection.public_id}/test/", expect=200)
    run = api.post(f"vendor-connections/{connection.public_id}/sync/", expect=202)
    exchange = api.every("exchanges/")[0]

    here = f"vendor-connections/{connection.public_id}/"
    for path in (here, f"sync-runs/{run['id']}/", f"exchanges/{exchange['id']}/"):
        assert charlie.get(path, expect=404)["code"] == "NOT_FOUND"
    for action in ("test/", "sync/"):
        charlie.post(here + action, expect=404)
    charlie.patch(here, {"name": "mine"}, expect=404)
    charlie.delete(here, expect=404)
    for path in ("vendor-connections/", "vendor-codes/", "sync-runs/", "exchanges/"):
        assert charlie.get(path)["results"] == []

    connection.refresh_from_db()
    assert (connection.name, connection.archived_at) == ("Acme US", None)
    with tenant_scope(other_tenant.pk):
        assert (
            make_connection(vendor_group_code="VG00").name == "Acme US"
        )  # the same group of another company is theirs


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("connections.view", {"read"}), ("connections.sync", {"sync"}), ("connections.manage", {"manage"})],
)
def test_a_token_needs_the_scope(
    tenant: Tenant, connection: Connection, shelf: Shelf, scope: str, allowed: set[str]
) -> None:
    api = Api(make_token(tenant, scope))
    here = f"vendor-connections/{connection.public_id}/"

    api.get(here, expect=200 if "read" in allowed else 403)
    api.post(f"{here}sync/", expect=202 if "sync" in allowed else 403)
    api.patch(here, {"name": "x"}, expect=200 if "manage" in allowed else 403)
    api.get("exchanges/", expect=403)


@pytest.mark.parametrize("path", ["vendor-connections/", "vendor-codes/", "sync-runs/", "exchanges/"])
def test_lists_cost_the_same_for_one_row_and_three(tenant: Tenant, world: World, shelf: Shelf, path: str) -> None:
    api = Api(make_token(tenant))
    counts = []
    for names in (["VG1"], ["VG2", "VG3"]):
        for name in names:
            made = make_connection(world, vendor_group_code=name, name=name)
            api.post(f"vendor-connections/{made.public_id}/test/", expect=200)
            api.post(f"vendor-connections/{made.public_id}/sync/", expect=202)
        with CaptureQueriesContext(database) as seen:
            assert len(api.get(path)["results"]) >= len(names)
        counts.append(len(seen))
    assert counts[0] == counts[1]
