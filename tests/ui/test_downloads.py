"""Large downloads: a Job asks the same view again, as the same person, and keeps what it answers."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client

from acorn.accounts.models import Membership
from acorn.accounts.types import Role
from acorn.core import clock
from acorn.files.models import File
from acorn.jobs import services as jobs
from acorn.jobs.models import Job
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui import downloads
from acorn.ui.models import Export
from tests.factories.accounts import make_member, signed_in
from tests.factories.stock import ACTOR, make_stocked_item
from tests.support.jobs import run_due_jobs

STOCK = "/stock/?format=csv&sort=-on_hand&search=SKU"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "AT_ONCE", 3)


@pytest.fixture
def stock(tenant: Tenant) -> None:
    for number in range(5):
        make_stocked_item(f"SKU-{number}", number * 10)
    make_stocked_item("OTHER", 7)


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def _asked(client: Client, address: str = STOCK) -> Export:
    response = client.get(address)
    assert response.status_code == 302
    found = Export.objects.latest("id")
    assert response.headers["Location"] == f"/exports/{found.public_id}/"
    return found


def test_a_small_list_is_sent_at_once(tenant: Tenant, browser: Client) -> None:
    for number in range(3):
        make_stocked_item(f"SKU-{number}")

    assert _body(browser.get(STOCK)).count(b"\r\n") == 4
    assert not Export.objects.exists()


def test_a_large_list_becomes_the_file_that_would_have_been_sent(
    stock: None, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = _asked(browser)
    waiting = browser.get(f"/exports/{export.public_id}/").text
    run_due_jobs()
    done = browser.get(f"/exports/{export.public_id}/").text
    export.refresh_from_db()
    assert export.file is not None
    monkeypatch.setattr(downloads, "AT_ONCE", 5_000)

    assert "hx-trigger" in waiting
    assert "hx-trigger" not in done
    assert f"/files/{export.file.public_id}/" in done
    fetched = browser.get(f"/files/{export.file.public_id}/")
    assert _body(fetched) == _body(browser.get(STOCK))
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="stock.csv"'
    job = Job.objects.get(public_id=export.job_id)
    assert (job.progress_done, job.progress_total) == (5, 5)


def test_asked_twice_it_is_made_once_and_then_anew(stock: None, browser: Client) -> None:
    first, again = _asked(browser), _asked(browser)
    other = _asked(browser, "/stock/?format=csv")
    run_due_jobs()

    assert first.pk == again.pk != other.pk
    assert _asked(browser).pk > other.pk
    assert File.objects.count() == 2


def test_run_twice_it_writes_one_file(stock: None, browser: Client) -> None:
    export = _asked(browser)
    run_due_jobs()
    name = Export.objects.get().file
    Job.objects.filter(public_id=export.job_id).update(state="QUEUED")

    run_due_jobs()

    assert Export.objects.get().file == name
    assert File.objects.count() == 1


def test_language_and_zone_are_those_of_who_asked(stock: None, member: Membership, browser: Client) -> None:
    member.user.language, member.user.time_zone = "zh-hans", "Asia/Shanghai"
    member.user.save()
    export = _asked(browser)
    member.user.language = "en"
    member.user.save()

    run_due_jobs()

    export.refresh_from_db()
    assert export.file is not None
    with default_storage.open(export.file.storage_path) as file:
        assert "现有" in file.read().decode().splitlines()[0]


def test_who_lost_the_right_gets_no_file(stock: None, member: Membership, browser: Client) -> None:
    gone, demoted = member, make_member(member.tenant, Role.OPERATIONS, "other@acme.example")
    exports = [_asked(browser), _asked(signed_in(demoted))]
    Membership.objects.filter(pk=gone.pk).delete()
    Membership.objects.filter(pk=demoted.pk).update(role=Role.VIEWER)

    run_due_jobs()

    states = [Export.objects.get(pk=export.pk).message_code for export in exports]
    may_see = signed_in(Membership.objects.get(pk=demoted.pk)).get("/stock/").status_code == 200
    assert states == ["ui.export_refused", "" if may_see else "ui.export_refused"]


def test_who_may_not_export_the_list_does_not_see_it(
    stock: None, tenant: Tenant, other_tenant: Tenant, browser: Client
) -> None:
    export = _asked(browser)
    run_due_jobs()
    export.refresh_from_db()
    assert export.file is not None

    colleague, stranger = signed_in(make_member(tenant, Role.ADMIN)), signed_in(make_member(other_tenant))
    Export.objects.filter(pk=export.pk).update(right="tokens.manage")
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    assert colleague.get(f"/exports/{export.public_id}/").status_code == 200
    assert viewer.get(f"/exports/{export.public_id}/").status_code == 403
    assert stranger.get(f"/exports/{export.public_id}/").status_code == 404
    assert stranger.get(f"/files/{export.file.public_id}/").status_code == 404
    with tenant_scope(other_tenant.pk):
        assert not Export.objects.exists()


def test_a_cancelled_one_says_so_and_can_be_asked_for_again(stock: None, browser: Client) -> None:
    export = _asked(browser)
    jobs.cancel_job(public_id=export.job_id, actor=ACTOR)

    assert "cancelled" in browser.get(f"/exports/{export.public_id}/").text
    assert _asked(browser).pk != export.pk


def test_after_a_week_it_is_gone(stock: None, browser: Client, django_capture_on_commit_callbacks: Any) -> None:
    _asked(browser)
    run_due_jobs()
    path = File.objects.get().storage_path
    forget = Job.objects.get(name="ui.forget_export")
    assert timedelta(days=6) < forget.due_at - clock.now() < timedelta(days=8)

    for _twice in range(2):
        Job.objects.filter(pk=forget.pk).update(due_at=clock.now(), state="QUEUED")
        with django_capture_on_commit_callbacks(execute=True):
            run_due_jobs()

    assert not default_storage.exists(path)
    assert (Export.objects.count(), File.objects.count()) == (0, 0)


def test_selected_rows_are_exported_by_the_same_road(tenant: Tenant, browser: Client) -> None:
    for number in range(5):
        make_stocked_item(f"SKU-{number}")

    response = browser.post("/items/export/", {"all": "1", "query": "search=SKU"})
    run_due_jobs()

    assert response.status_code == 302
    with default_storage.open(File.objects.get().storage_path) as file:
        assert file.read().count(b"\r\n") == 6


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_whole_tables_take_the_same_road(stock: None, browser: Client, kind: str, monkeypatch: Any) -> None:
    address = f"/imports/export/?table=stock_counts&format={kind}"

    export = _asked(browser, address)
    run_due_jobs()

    export.refresh_from_db()
    assert export.file is not None
    assert (export.filename, export.file.right) == (f"stock_counts.{kind}", "stock.view")
    assert export.filename in browser.get("/imports/").text
    with default_storage.open(export.file.storage_path) as file:
        content = file.read()
    monkeypatch.setattr(downloads, "AT_ONCE", 5_000)
    if kind == "csv":
        assert content == _body(browser.get(address))
    assert content[:2] == (b"PK" if kind == "xlsx" else b"\xef\xbb")


def _calls() -> Iterator[tuple[str, str]]:
    """Module and name of each function that our modules call."""
    for path in Path(settings.BASE_DIR).glob("*/**/*.py"):
        name = str(path.relative_to(settings.BASE_DIR))
        if name.startswith(("tests/", "acorn/runner/", ".")) or "migrations" in name:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield name, ast.unparse(node.func)


def test_no_list_goes_another_way() -> None:
    calls = list(_calls())
    columns = {name for name, called in calls if called.endswith("CsvColumn")}

    assert {name for name, called in calls if called in ("stream", "exports.stream")} == {"acorn/ui/exports.py"}
    assert len(columns) > 8
    assert sorted(columns - {name for name, called in calls if called == "exports.answer"}) == []
