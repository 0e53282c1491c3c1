"""Alice owns, Olga operates, Victor looks, Charlie is somebody else."""

from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.tenancy.models import Tenant
from tests.factories.accounts import make_member, signed_in
from tests.factories.vendors import ACTOR, make_connection
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from tests.vendors.conftest import Shelf
from vendors import services
from vendors.models import Connection, Exchange, SyncRun
from vendors.types import Health

NEW = {
    "name": "Acme DE", "environment": "SIMULATOR", "marketplace": "DE", "vendor_group_code": "VG77",
    "vendor_codes": "ACMDE, ACM7K", "client_id": "", "client_secret": "", "refresh_token": "",
}  # fmt: skip


@pytest.fixture
def alice(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OWNER))


@pytest.fixture
def victor(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.VIEWER))


@pytest.fixture
def charlie(other_tenant: Tenant) -> Client:
    return signed_in(make_member(other_tenant, Role.OWNER))


def credentials(world: World) -> dict[str, str]:
    return {
        "client_id": world.client_id, "client_secret": world.client_secret, "refresh_token": world.refresh_token,
    }  # fmt: skip


def text(answer: Any) -> str:
    return answer.content.decode()


def test_connecting_by_form_tests_at_once_and_shows_no_secret(alice: Client, world: World) -> None:
    answer = alice.post("/connections/new/", NEW | credentials(world), follow=True)

    connection = Connection.objects.get()
    assert answer.redirect_chain[-1][0] == f"/connections/{connection.public_id}/"
    assert connection.health == Health.OK
    assert (connection.region, sorted(code.code for code in connection.group.codes.all())) == ("EU", ["ACM7K", "ACMDE"])
    shown = text(answer) + text(alice.get(f"/connections/{connection.public_id}/edit/"))
    assert "Acme DE works" in shown
    assert not any(secret in shown for secret in credentials(world).values())


def test_a_refused_form_says_why_and_keeps_no_secret(alice: Client, world: World) -> None:
    wrong = NEW | credentials(world) | {"vendor_codes": "A-B", "name": ""}

    answer = alice.post("/connections/new/", wrong)

    assert answer.status_code == 422
    assert "letters and digits only" in text(answer)
    assert world.client_secret not in text(answer)
    assert not Connection.objects.exists()


def test_the_simulator_takes_one_click(alice: Client, simulator: Any, shelf: Shelf) -> None:
    answer = alice.post("/connections/simulator/", {"marketplace": "JP"}, follow=True)

    run = SyncRun.objects.get()
    assert answer.redirect_chain[-1][0] == f"/syncs/{run.public_id}/"
    assert "every 2s" in text(answer)
    run_due_jobs(hurry=True)
    page = text(alice.get(f"/syncs/{run.public_id}/"))
    assert "Done" in page
    assert "every 2s" not in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_renders_with_data(
    alice: Client, connection: Connection, world: World, shelf: Shelf, language: str
) -> None:
    world.add_fault("forbidden")
    services.test_connection(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    run = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
    alice.cookies["acorn_language"] = language
    pages = ["/connections/", "/connections/new/", f"/connections/{connection.public_id}/"]
    pages += [f"/connections/{connection.public_id}/edit/", f"/syncs/{run.public_id}/", "/exchanges/"]
    pages += [f"/exchanges/{exchange.public_id}/" for exchange in Exchange.objects.all()]

    for path in pages:
        answer = alice.get(path)
        assert answer.status_code == 200, path
        assert world.client_secret not in text(answer)
    assert "403" in text(alice.get("/exchanges/?failed=true"))


def test_a_failing_connection_says_who_can_repair_it(alice: Client, connection: Connection, world: World) -> None:
    world.add_fault("lwa_invalid_client")

    answer = alice.post(f"/connections/{connection.public_id}/test/", follow=True)

    page = text(answer)
    assert "client secret is wrong" in page
    assert "Solution Provider Portal" in page
    assert "failing" in page


def test_archiving_and_restoring(alice: Client, connection: Connection, shelf: Shelf) -> None:
    here = f"/connections/{connection.public_id}/"

    assert "Archived" in text(alice.post(f"{here}archive/", follow=True))
    assert "archived" in text(alice.post(f"{here}sync/", follow=True))
    assert not SyncRun.objects.exists()
    alice.post(f"{here}restore/")
    alice.post(f"{here}sync/")
    assert SyncRun.objects.count() == 1


def test_renaming_leaves_the_credentials(alice: Client, connection: Connection) -> None:
    sealed = connection.client_secret

    alice.post(f"/connections/{connection.public_id}/edit/", {"name": "Acme West"})

    connection.refresh_from_db()
    assert (connection.name, connection.client_secret) == ("Acme West", sealed)


_POSTS = ("edit", "test", "sync", "archive", "restore")


def test_a_viewer_sees_health_and_changes_nothing(victor: Client, connection: Connection, shelf: Shelf) -> None:
    here = f"/connections/{connection.public_id}/"
    assert victor.get(here).status_code == 200
    assert "Sync now" not in text(victor.get(here))
    for name in _POSTS:
        assert victor.post(f"{here}{name}/", {"name": "x"}).status_code == 403
    for path in ("/connections/new/", "/exchanges/"):
        assert victor.get(path).status_code == 403
    assert victor.post("/connections/simulator/").status_code == 403
    connection.refresh_from_db()
    assert (connection.name, connection.archived_at) == ("Acme US", None)
    assert not SyncRun.objects.exists()


def test_charlie_gets_404_and_nothing_changes(
    charlie: Client, connection: Connection, world: World, shelf: Shelf
) -> None:
    services.test_connection(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    run = services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
    here = f"/connections/{connection.public_id}/"
    exchange = Exchange.objects.first()
    assert exchange is not None

    for path in (here, f"{here}edit/", f"/syncs/{run.public_id}/", f"/exchanges/{exchange.public_id}/"):
        assert charlie.get(path).status_code == 404, path
    for name in _POSTS:
        assert charlie.post(f"{here}{name}/", {"name": "mine"}).status_code == 404, name
    for path in ("/connections/", "/exchanges/"):
        assert "Acme US" not in text(charlie.get(path))

    connection.refresh_from_db()
    assert (connection.name, connection.archived_at) == ("Acme US", None)
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize("path", ["/connections/", "/exchanges/"])
def test_lists_cost_the_same_for_one_row_and_three(alice: Client, world: World, path: str) -> None:
    counts = []
    for names in (["VG1"], ["VG2", "VG3"]):
        for name in names:
            made = make_connection(world, vendor_group_code=name, name=name)
            services.test_connection(public_id=made.public_id, actor=ACTOR, now=clock.now())
        alice.get(path)
        with CaptureQueriesContext(database) as seen:
            assert names[0] in text(alice.get(path))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_filters_of_exchanges(alice: Client, connection: Connection, world: World) -> None:
    services.test_connection(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    world.add_fault("throttled")
    services.test_connection(public_id=connection.public_id, actor=ACTOR, now=clock.now())
    good = Exchange.objects.get(operation="getPurchaseOrders", error_class="")
    bad = Exchange.objects.get(error_class="Throttled")

    def listed(query: str) -> set[str]:
        page = text(alice.get(f"/exchanges/?{query}"))
        return {row.public_id for row in (good, bad) if row.public_id in page}

    both, only_good, only_bad = {good.public_id, bad.public_id}, {good.public_id}, {bad.public_id}
    assert listed("operation=getPurchaseOrders") == both
    assert listed("failed=true") == listed("error=Throttled") == listed("status=429") == only_bad
    assert listed(f"search={good.request_id}") == listed(f"search={good.public_id}") == only_good
    assert listed(f"connection={connection.public_id}") == both
    assert listed("started_before=2020-01-01") == set()


def test_a_connections_page_costs_the_same_with_one_sync_and_with_three(
    alice: Client, connection: Connection, shelf: Shelf
) -> None:
    counts = []
    alice.get("/connections/")
    for syncs in (1, 2):
        for _ in range(syncs):
            services.start_sync(connection_id=connection.pk, actor=ACTOR, now=clock.now())
            run_due_jobs(hurry=True)
        services.add_vendor_codes(group=connection.group, codes=[f"C{syncs}", f"D{syncs}"])
        with CaptureQueriesContext(database) as seen:
            assert alice.get(f"/connections/{connection.public_id}/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 24
