"""Imports through the API: the same tables, rights and rules as on the pages."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from acorn.audit.models import AuditEvent
from acorn.files.models import File
from acorn.imports.models import ImportRun
from acorn.tenancy.models import Tenant
from catalog.models import Item
from tests.factories.accounts import ApiClient, api_client
from tests.imports.files import csv, save_profile
from tests.support.jobs import run_due_jobs

API = "/api/v1/imports/"
ROWS = csv("sku,title", "A-1,Lamp", "A-2,Desk", ",nothing")


def _upload(client: ApiClient, content: bytes = ROWS, *, key: str = "", **more: Any) -> Any:
    data = {"table": "items", "file": SimpleUploadedFile("list.csv", content)} | more
    return client.post(API, data, headers={"Idempotency-Key": key} if key else {})


def _checked(client: ApiClient, content: bytes = ROWS, **more: Any) -> dict[str, Any]:
    answer = _upload(client, content, **more)
    assert answer.status_code == 202, answer.content
    run_due_jobs()
    found: dict[str, Any] = client.get(f"{API}{answer.json()['id']}/").json()
    return found


def test_from_the_file_to_the_good_rows_and_the_file_of_the_others(tenant: Tenant) -> None:
    client = api_client(tenant)
    started = _upload(client)
    assert (started.status_code, started.json()["state"]) == (202, "READING")
    assert started.json()["progress"] == {"done": 0, "total": 0}
    run_due_jobs()

    address = f"{API}{started.json()['id']}/"
    run = client.get(address).json()
    rows = client.get(f"{address}rows/?kind=REFUSED").json()["results"]
    assert (run["state"], run["counts"]) == ("PREVIEW", {"NEW": 2, "CHANGED": 0, "SAME": 0, "REFUSED": 1})
    assert [(row["row"], [problem["field"] for problem in row["problems"]]) for row in rows] == [(4, ["sku"])]
    assert all(problem["message"] and problem["fix"] for problem in rows[0]["problems"])
    refused = client.get(f"{address}errors/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(refused.streaming_content)))
    assert book.get_sheet_by_index(0).to_python()[1][1] == "nothing"
    assert client.post_json(f"{address}apply/", {"mode": "ALL"}).status_code == 409

    assert client.post_json(f"{address}apply/", {"mode": "GOOD"}).status_code == 202
    run_due_jobs()

    assert client.get(address).json()["state"] == "DONE"
    assert sorted(Item.objects.values_list("sku", flat=True)) == ["A-1", "A-2"]
    assert AuditEvent.objects.get(code="imports.applied").actor_label == "test"
    assert client.post_json(f"{address}apply/", {"mode": "GOOD"}).status_code == 409
    assert client.post_json(f"{address}discard/").status_code == 409


def test_columns_that_are_not_found_are_named_by_the_program(tenant: Tenant) -> None:
    client = api_client(tenant)
    run = _checked(client, csv("Artikel;Laenge", "A-1;12,5"))
    assert (run["state"], run["headers"], run["missing"]) == ("COLUMNS", ["Artikel", "Laenge"], ["sku"])
    address = f"{API}{run['id']}/columns/"
    wrong = [
        {"columns": {"nonsense": "Artikel"}},
        {"columns": {"sku": "Artikel"}, "units": {"sku": "cm"}},
        {"columns": {"sku": "Artikel"}, "units": {"length_mm": "kg"}},
        {"columns": {"sku": "Artikel"}, "date_format": "XYZ"},
        {"columns": {"length_mm": "Laenge"}},
        {"columns": ["sku"]},
    ]
    assert [client.post_json(address, body).status_code for body in wrong] == [400] * 6

    chosen = {
        "columns": {"sku": "Artikel", "length_mm": "Laenge"}, "units": {"length_mm": "cm"},
        "constants": {"title": "Lamp"}, "decimal": ",",
    }  # fmt: skip
    assert client.post_json(address, chosen).status_code == 202
    run_due_jobs()
    client.post_json(f"{API}{run['id']}/apply/", {"mode": "ALL"})
    run_due_jobs()

    item = Item.objects.get()
    assert (item.sku, item.title, item.length_mm) == ("A-1", "Lamp", 125)


def test_a_profile_says_how_it_is_read(tenant: Tenant) -> None:
    client = api_client(tenant)
    profile = save_profile(columns={"sku": "Artikel", "title": "Name"})
    (known,) = client.get("/api/v1/import-profiles/").json()["results"]
    assert (known["id"], known["table"], known["version"]) == (profile.public_id, "items", 1)

    run = _checked(client, csv("Artikel;Name", "A-1;Lamp"), profile=known["id"])

    assert (run["state"], run["profile"]) == ("PREVIEW", profile.public_id)
    for table, profile_id in (("agreed_costs", known["id"]), ("items", "mp_none")):
        assert list(_upload(client, table=table, profile=profile_id).json()["fields"]) == ["profile"]


def test_the_same_upload_with_the_same_key_is_one(tenant: Tenant) -> None:
    client = api_client(tenant)

    first, again = _upload(client, key="K-1"), _upload(client, key="K-1")
    other = _upload(client, csv("sku,title", "B-1,Lamp"), key="K-1")

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"table": "users"}, "table"), ({"table": ""}, "table"), ({"file": ""}, "file"), ({"profile": "x"}, "profile"),
     ({"file": SimpleUploadedFile("empty.csv", b"")}, "file")],
)  # fmt: skip
def test_what_is_missing_or_unknown_is_400_with_the_field(tenant: Tenant, change: Any, field: str) -> None:
    answer = _upload(api_client(tenant), **change)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not File.objects.exists()


def test_a_file_that_is_too_large_is_refused(tenant: Tenant, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1_000

    answer = _upload(api_client(tenant), b"x" * 200_000)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["file"])
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("body", [b"--x\r\nnonsense", b"{}"])
def test_a_body_that_is_no_form_is_refused(tenant: Tenant, body: bytes) -> None:
    client = api_client(tenant)

    broken = client.generic("POST", API, body, content_type="multipart/form-data; boundary=x")
    no_form = client.generic("POST", API, body, content_type="application/json")

    assert (broken.status_code, no_form.status_code) == (400, 415)


# --- Who may ---
_STEPS: list[tuple[str, str, Any]] = [
    ("GET", "", None), ("GET", "rows/", None), ("GET", "errors/", None), ("POST", "columns/", {"columns": {"sku": "sku"}}),
    ("POST", "apply/", {"mode": "GOOD"}), ("POST", "discard/", {}),
]  # fmt: skip


def _all_steps(client: ApiClient, run: str, check: Callable[[Any], Any]) -> list[Any]:
    found = []
    for method, step, body in _STEPS:
        address = f"{API}{run}/{step}"
        found.append(check(client.get(address) if method == "GET" else client.post_json(address, body)))
    return found


def test_who_may_not_change_the_table_may_not_import_into_it(tenant: Tenant) -> None:
    run = _checked(api_client(tenant))["id"]
    clerk = api_client(tenant, "stock.manage", "stock.view", "items.view", "audit.view")

    refused = _all_steps(clerk, run, lambda answer: (answer.status_code, answer.json()["code"]))

    assert refused == [(403, "MISSING_SCOPE")] * 6
    assert _upload(clerk).status_code == 403
    assert clerk.get(API).json()["results"] == []
    assert [table["name"] for table in clerk.get("/api/v1/import-tables/").json()] == ["stock_counts", "inbound"]
    assert _upload(clerk, csv("sku,warehouse,on_hand", "A-1,MAIN,3"), table="stock_counts").status_code == 202
    assert ImportRun.objects.get(public_id=run).state == "PREVIEW"


def test_a_strangers_import_does_not_exist(tenant: Tenant, other_tenant: Tenant) -> None:
    client = api_client(tenant)
    run, profile = _checked(client)["id"], save_profile().public_id
    stranger = api_client(other_tenant)

    assert _all_steps(stranger, run, lambda answer: answer.status_code) == [404] * 6
    assert stranger.get(API).json()["results"] == []
    assert stranger.get("/api/v1/import-profiles/").json()["results"] == []
    assert _upload(stranger, profile=profile).status_code == 400
    assert client.get(f"{API}{run}/").json()["state"] == "PREVIEW"
