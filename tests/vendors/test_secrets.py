"""Law 8, attacked: after everything that can be done with a connection, its secrets are nowhere but sealed."""

import base64
import json
import logging
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection as database
from django.test import Client

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.jobs.models import Job
from acorn.tenancy.fields import sealed_fields
from acorn.tenancy.models import Tenant
from tests.factories.accounts import make_member, make_token, signed_in
from tests.factories.vendors import ACTOR
from tests.support.api import Api
from tests.support.jobs import run_due_jobs
from tests.support.simulator import World
from tests.vendors.conftest import Shelf
from vendors import services
from vendors.gateway.calls import _store
from vendors.models import Connection, Exchange

SECRETS = {
    "client_id": "amzn1.application-oa2-client.5ecre7c11en71d",
    "client_secret": "simulator-cl1ent/s3cret+with=signs&more",
    "refresh_token": "Atzr|simulator-r3fresh/token+with=signs|pipe",
}
REPLACED = {
    "client_id": "amzn1.application-oa2-client.n3wc11en71d",
    "client_secret": "simulator-n3w/s3cret",
    "refresh_token": "Atzr|simulator-n3w/token",
}
ACCESS_TOKEN = re.compile(r"Atza(?:\||%7C|\\u007c)[A-Za-z0-9_-]{8}", re.IGNORECASE)


def spellings() -> Iterator[str]:
    for secret in (*SECRETS.values(), *REPLACED.values()):
        yield from (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1])
        yield base64.b64encode(secret.encode()).decode().rstrip("=")[:-1]


def found_in(text: str) -> list[str]:
    return [secret for secret in spellings() if secret in text] + ACCESS_TOKEN.findall(text)


def test_the_search_itself_finds_what_is_there() -> None:
    for secret in SECRETS.values():
        assert found_in(f"before {quote(secret)} after")
    assert found_in("x-amz-access-token: Atza|abcdefghijkl")


@pytest.fixture
def lived_through(
    tenant: Tenant, simulator: Any, shelf: Shelf, caplog: pytest.LogCaptureFixture, settings: Any
) -> list[str]:
    """A connection's whole life, by API and by page, with every error on the way; returns all answers."""
    caplog.set_level(logging.DEBUG)
    api, alice = Api(make_token(tenant)), signed_in(make_member(tenant, Role.OWNER))
    said: list[str] = []

    def browse(client: Client) -> None:
        connection = Connection.objects.get()
        here = f"/connections/{connection.public_id}/"
        pages = ["/connections/", here, f"{here}edit/", "/exchanges/"]
        for path in pages + [f"/exchanges/{row.public_id}/" for row in Exchange.objects.all()[:40]]:
            said.append(client.get(path).content.decode())

    body = {"name": "Acme", "region": "NA", "marketplace": "US", "environment": "SIMULATOR", "vendor_group_code": "V"}
    said.append(str(api.post("vendor-connections/", {**body, **SECRETS})))
    said.append(str(api.post("vendor-connections/", {**body, **SECRETS}, expect=409)))
    said.append(str(api.post("vendor-connections/", {**body, **SECRETS, "region": "XX"}, expect=400)))
    connection = Connection.objects.get()
    here = f"vendor-connections/{connection.public_id}/"
    world = World(simulator, "5ecre7c11en71d")
    said.append(str(api.post(f"{here}test/", expect=200)))
    for fault in (
        "lwa_invalid_grant",
        "lwa_invalid_client",
        "forbidden",
        "bad_request",
        "not_json",
        "cut_body",
        "reset_after",
        "error_500",
    ):
        world.add_fault(fault)
        said.append(str(api.post(f"{here}test/", expect=200)))
        _store(settings.REDIS_URL).flushdb()  # tokens, refusals and quotas are forgotten
    said.append(str(api.post(f"{here}sync/", expect=202)))
    run_due_jobs(hurry=True)
    said.append(str(api.patch(here, REPLACED)))
    said.append(alice.post(f"/connections/{connection.public_id}/edit/", {"name": "", **REPLACED}).content.decode())
    said.append(str(api.post(f"{here}test/", expect=200)))
    browse(alice)
    for path in ("vendor-connections/", "exchanges/", "sync-runs/", "audit-events/"):
        said.append(str(api.every(path)))
    said += [str(api.get(f"exchanges/{row.public_id}/")) for row in Exchange.objects.all()]
    said.append(repr(connection) + repr(vars(connection)))
    return said


def dump() -> Iterator[tuple[str, str]]:
    """Every value of every table that the runtime role can see, as text; what is compressed is opened."""
    for model in apps.get_models(include_auto_created=True):
        sealed = {field.column for field in sealed_fields(model)}
        with database.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            names = [column.name for column in cursor.description or ()]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    where = f"{model._meta.label}.{name}"
                    if name in sealed:
                        assert value == "" or re.match(r"k\d+:", value), where
                    if isinstance(value, memoryview | bytes):
                        try:
                            yield where, zlib.decompress(bytes(value)).decode("utf-8", "replace")
                        except zlib.error:
                            yield where, bytes(value).decode("utf-8", "replace")
                    else:
                        yield where, str(value)


def test_no_secret_is_anywhere(
    lived_through: list[str], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    connection = Connection.objects.get()
    stored = {field.name: field.unseal(connection) for field in sealed_fields(Connection)}
    assert stored == REPLACED, "the test looks for what is really in use"
    assert Exchange.objects.exclude(error_class="").values("error_class").distinct().count() >= 5

    rows = list(dump())
    assert len(rows) > 1_000
    assert [(where, found) for where, text in rows if (found := found_in(text))] == []
    assert [text[:200] for text in lived_through if found_in(text)] == []
    assert found_in(caplog.text) == []
    assert found_in("".join(capfd.readouterr())) == []
    assert Job.objects.exclude(args={}).exists()


def test_valkey_holds_no_secret_in_the_clear(lived_through: list[str]) -> None:
    services.test_connection(public_id=Connection.objects.get().public_id, actor=ACTOR, now=clock.now())
    store = _store(settings.REDIS_URL)
    keys = [key.decode() for key in store.scan_iter("*")]

    assert any("spapi:token:" in key for key in keys)
    for key in keys:
        value = store.dump(key)
        assert found_in(key + (value or b"").decode("latin-1")) == [], key


def test_a_sealed_secret_opens_nowhere_else(connection: Connection) -> None:
    secret = Connection._meta.get_field("refresh_token")
    stranger = Connection(
        tenant_id=connection.tenant_id, group=connection.group, refresh_token=connection.refresh_token
    )

    assert secret.unseal(connection)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="belongs to another place"):
        secret.unseal(stranger)  # type: ignore[attr-defined]
