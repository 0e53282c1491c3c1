"""The pages of imports: who may, what they show, and profiles that remember."""

import hashlib
import io
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from acorn.accounts.types import Role
from acorn.core.errors import Conflict
from acorn.files.models import File
from acorn.imports import services
from acorn.imports.models import ImportProfile, ImportRun
from acorn.imports.types import FileMapping
from acorn.jobs.models import Job
from acorn.jobs.run import JobRun
from acorn.tenancy.models import Tenant
from catalog.models import AgreedCost, Item
from tests.factories.accounts import make_member, signed_in
from tests.factories.catalog import make_item
from tests.imports.files import ALICE, csv, save_profile, start_import, upload, write
from tests.support.jobs import run_due_jobs

ROWS = csv("Artikel;Laenge", "A-1;12,5", "A-2;x")
MAPPING = {
    "column:sku": "Artikel", "column:length_mm": "Laenge", "unit:length_mm": "cm", "constant:title": "Lamp",
    "date_format": "YMD", "decimal": ",", "encoding": "", "delimiter": "", "sheet": "",
}  # fmt: skip


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant))


def _upload(browser: Client, content: bytes = ROWS, **more: Any) -> ImportRun:
    file = SimpleUploadedFile("list.csv", content)
    answer = browser.post("/imports/new/", {"table": "items", "file": file, **more})
    assert answer.status_code == 302, answer.content[:2000]
    run_due_jobs()
    return ImportRun.objects.latest("id")


def test_from_the_file_through_the_columns_to_the_good_rows(tenant: Tenant, browser: Client) -> None:
    run = _upload(browser)
    path = f"/imports/{run.public_id}/"
    assert "Artikel" in browser.get(f"{path}columns/").content.decode()
    assert browser.post(f"{path}columns/", MAPPING | {"column:sku": ""}).status_code == 422

    assert browser.post(f"{path}columns/", MAPPING | {"profile_name": "ERP"}).status_code == 302
    run_due_jobs()

    shown = browser.get(path).content.decode()
    assert "“x” is not a number." in shown
    browser.post(f"{path}apply/", {"mode": "GOOD"})
    run_due_jobs()
    item = Item.objects.get()
    assert (item.sku, item.title, item.length_mm) == ("A-1", "Lamp", 125)
    assert ImportRun.objects.get().profile == ImportProfile.objects.get(name="ERP", version=1)

    again = _upload(browser, profile=ImportProfile.objects.get().public_id)
    assert (again.state, again.counts["SAME"], again.counts["REFUSED"]) == ("PREVIEW", 1, 1)


def test_a_changed_profile_is_a_new_version_and_the_old_one_stays(tenant: Tenant, browser: Client) -> None:
    first = save_profile()
    assert save_profile() == first
    second = save_profile(decimal=",")
    assert (second.version, ImportProfile.objects.count()) == (2, 2)

    assert browser.post(f"/imports/profiles/{first.public_id}/end/").status_code == 302
    assert "Ours" not in browser.get("/imports/profiles/").content.decode()
    assert browser.get(f"/imports/profiles/{first.public_id}/").status_code == 200
    assert save_profile(decimal=",").version == 4


@pytest.mark.parametrize(
    ("role", "table", "may"),
    [(Role.VIEWER, "items", False), (Role.FINANCE, "items", False), (Role.FINANCE, "agreed_costs", True),
     (Role.OPERATIONS, "items", True), (Role.OPERATIONS, "agreed_costs", False)],
)  # fmt: skip
def test_only_those_who_may_change_a_table_import_into_it(tenant: Tenant, role: Role, table: str, may: bool) -> None:
    run = start_import(table=table)
    member = signed_in(make_member(tenant, role))

    statuses = {member.get(f"/imports/{run.public_id}/{page}").status_code for page in ("", "columns/")}
    statuses |= {member.post(f"/imports/{run.public_id}/{page}/").status_code for page in ("apply", "discard")}
    upload = member.post("/imports/new/", {"table": table, "file": SimpleUploadedFile("x.csv", b"sku\nA")}).status_code

    assert (403 in statuses) is not may
    assert (upload == 302) is may
    assert (run.file.name in member.get("/imports/").content.decode()) is may


def test_an_export_needs_the_right_to_see(tenant: Tenant) -> None:
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    assert viewer.get("/imports/export/?table=items").status_code == 200
    assert viewer.get("/imports/export/?table=agreed_costs").status_code == 403
    assert viewer.get("/imports/export/?table=nothing").status_code == 404
    assert b"SKU" in b"".join(viewer.get("/imports/export/?table=items&format=csv&template"))


def test_a_file_above_the_limit_never_becomes_an_import(tenant: Tenant, browser: Client, settings: Any) -> None:
    file = SimpleUploadedFile("large.csv", b"x" * (settings.IMPORT_MAX_BYTES + 1))

    answer = browser.post("/imports/new/", {"table": "items", "file": file})

    assert (answer.status_code, ImportRun.objects.count(), File.objects.count()) == (422, 0, 0)
    assert "50 MB" in answer.content.decode()


def test_the_refused_rows_come_back_in_the_language_of_who_asked(tenant: Tenant) -> None:
    run = upload(csv("sku,case_pack,remark", "A-1,x,=1+1", "A-2,1,"), language="zh-hans")

    file = run.error_file
    assert file is not None
    assert file.name == "file（被拒绝的行）.xlsx"
    viewer = signed_in(make_member(tenant, Role.VIEWER))
    assert viewer.get(f"/files/{file.public_id}/").status_code == 403
    content = b"".join(signed_in(make_member(tenant)).get(f"/files/{file.public_id}/"))
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert head == ["sku", "case_pack", "remark", "问题及更正方法"]
    assert row == ["A-1", "x", "=1+1", "第 2 行，箱规：“x”不是数字。 请只填数字，不带单位。"]


def test_all_or_nothing_holds_when_things_changed_since_the_preview(tenant: Tenant) -> None:
    make_item("A-1")
    row = "A-1,ACMUS,USD,2,2026-01-01"
    run = upload(csv("sku,vendor_code,currency,cost,valid_from", row, row.replace("ACMUS", "ACMDE")), "agreed_costs")
    write(upload(csv("sku,vendor_code,currency,cost,valid_from", "A-1,ACMUS,USD,3,2026-01-01"), "agreed_costs"))

    run = write(run)

    assert (run.state, run.message_code, run.counts["REFUSED"]) == ("PREVIEW", "imports.changed_meanwhile", 1)
    assert [row.vendor_code for row in AgreedCost.objects.all()] == ["ACMUS"]


def test_a_job_that_runs_twice_writes_once(tenant: Tenant) -> None:
    run = write(upload(csv("sku,title", "A-1,x")))
    Item.objects.update(title="changed by hand")
    job = Job.objects.get(public_id=run.job_id)

    services.write_file(run.pk, JobRun(job, ""), run.created_at)
    services.check_file(run.pk, JobRun(job, ""))

    run.refresh_from_db()
    assert (run.state, Item.objects.get().title) == ("DONE", "changed by hand")


def test_one_import_into_a_table_at_a_time(tenant: Tenant) -> None:
    run = upload(csv("sku,title", "A-1,x"))
    name = f"import:{tenant.pk}:items"
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    parameters = connection.get_connection_params() | {"cursor_factory": None}
    services.apply_import(public_id=run.public_id, mode="ALL")
    with psycopg.connect(**parameters) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [key])

        run_due_jobs()

        job = Job.objects.get(public_id=ImportRun.objects.get().job_id)
        assert (job.state, job.message_code, Item.objects.count()) == ("QUEUED", "imports.waiting", 0)
    run_due_jobs(hurry=True)
    assert (ImportRun.objects.get().state, Item.objects.count()) == ("DONE", 1)


def test_what_is_written_or_thrown_away_is_settled(tenant: Tenant, browser: Client) -> None:
    done = write(upload(csv("sku,title", "A-1,x")))
    for attempt in (
        lambda: services.apply_import(public_id=done.public_id, mode="ALL"),
        lambda: services.choose_columns(public_id=done.public_id, mapping=FileMapping()),
        lambda: services.discard_import(public_id=done.public_id, actor=ALICE, now=done.created_at),
    ):
        with pytest.raises(Conflict):
            attempt()

    waiting = upload(csv("sku,title", "A-2,x"))
    browser.post(f"/imports/{waiting.public_id}/discard/")
    browser.post(f"/imports/{waiting.public_id}/apply/", {"mode": "ALL"})
    run_due_jobs()
    assert list(Item.objects.values_list("sku", flat=True)) == ["A-1"]


def test_the_list_asks_as_often_for_three_imports_as_for_one(tenant: Tenant, browser: Client) -> None:
    upload(csv("sku", "A"))
    browser.get("/imports/")

    counts = []
    for more in (0, 2):
        for _again in range(more):
            upload(csv("sku", "A"))
        with CaptureQueriesContext(connection) as statements:
            assert browser.get("/imports/").status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("query", ["?kind=X&from=x", "?kind=NEW&from=-5", "?from=99999999999999999999", "?kind=%00"])
def test_odd_addresses_show_the_page(tenant: Tenant, browser: Client, query: str) -> None:
    run = upload(csv("sku", "A"))

    assert browser.get(f"/imports/{run.public_id}/{query}").status_code == 200
