"""`Idempotency-Key`: the same POST sent twice is done once, and answered twice."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from acorn.core import clock
from acorn.jobs.models import Job
from acorn.jobs.run import execute
from acorn.rest.models import IdempotencyRecord
from acorn.tenancy.models import Tenant, TenantSetting
from acorn.tenancy.scope import tenant_scope
from tests.factories.accounts import ApiClient, api_client, make_token
from tests.factories.tenancy import make_tenant
from tests.rest import probe

pytestmark = pytest.mark.urls("tests.rest.probe")


def _post(client: ApiClient, data: Any = None, key: str = "k1") -> Any:
    return client.post_json("/api/v1/count/", data, **{"Idempotency-Key": key})


def test_second_post_with_the_same_key_is_answered_the_same(tenant: Tenant) -> None:
    client = api_client(tenant)

    first, second = _post(client), _post(client)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert TenantSetting.objects.count() == 1


def test_post_without_a_key_is_done_each_time(tenant: Tenant) -> None:
    client = api_client(tenant)
    for _ in range(2):
        client.post_json("/api/v1/count/")

    assert TenantSetting.objects.count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_other_body_under_the_same_key_is_422(tenant: Tenant) -> None:
    client = api_client(tenant)
    _post(client)

    other = _post(client, {"outcome": "refuse"})

    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert TenantSetting.objects.count() == 1


def test_a_refusal_is_kept_and_answered_again(tenant: Tenant) -> None:
    client = api_client(tenant)
    first = _post(client, {"outcome": "refuse"})
    second = _post(client, {"outcome": "refuse"})

    assert (first.status_code, second.status_code) == (422, 422)
    assert first.content == second.content
    assert TenantSetting.objects.count() == 1, "the work ran a second time"


def test_a_failure_of_ours_is_not_kept(tenant: Tenant) -> None:
    client = api_client(tenant)
    first = _post(client, {"outcome": "crash"})

    assert first.status_code == 500
    assert not IdempotencyRecord.objects.exists()
    assert _post(client, {"outcome": "crash"}).status_code == 500


def test_a_token_without_the_scope_gets_no_kept_answer(tenant: Tenant) -> None:
    _post(api_client(tenant))

    assert _post(api_client(tenant, "orders.view")).status_code == 403


def test_keys_of_two_companies_are_two_keys(tenant: Tenant, other_tenant: Tenant) -> None:
    assert _post(api_client(tenant)).json() == {"count": 1}
    assert _post(api_client(other_tenant), {"outcome": ""}).json() == {"count": 1}


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
def test_junk_key_is_400(tenant: Tenant, key: str) -> None:
    answer = _post(api_client(tenant), key=key)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["Idempotency-Key"])
    assert TenantSetting.objects.count() == 0


def test_key_is_free_again_after_a_day_and_then_forgotten(tenant: Tenant) -> None:
    client = api_client(tenant)
    _post(client)
    IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(hours=25))

    assert _post(client, {"outcome": "other"}).json() == {"count": 2}
    IdempotencyRecord.objects.update(created_at=clock.now() - timedelta(hours=25))
    job = Job.objects.get(name="rest.forget_keys")
    for _ in range(2):
        Job.objects.filter(pk=job.pk).update(state="QUEUED", due_at=clock.now())
        execute(job.pk)
    assert not IdempotencyRecord.objects.exists()


def test_forgetting_keeps_fresh_keys_and_comes_back_for_them(tenant: Tenant) -> None:
    _post(api_client(tenant))
    job = Job.objects.get(name="rest.forget_keys")
    Job.objects.filter(pk=job.pk).update(due_at=clock.now())

    execute(job.pk)

    assert IdempotencyRecord.objects.count() == 1
    following = Job.objects.get(name="rest.forget_keys", state="QUEUED")
    assert following.due_at == IdempotencyRecord.objects.get().created_at + timedelta(hours=24)


def test_interrupted_work_is_not_done_again(tenant: Tenant) -> None:
    client = api_client(tenant)
    _post(client)
    IdempotencyRecord.objects.update(status=None, lease_until=clock.now() - timedelta(seconds=1))

    answer = _post(client)

    assert (answer.status_code, answer.json()["code"]) == (409, "IDEMPOTENCY_OUTCOME_UNKNOWN")
    assert TenantSetting.objects.count() == 1


# --- Twins: real transactions, real threads --------------------------------------------------------------------------


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """The first POST stops inside its work until the gate opens."""
    event = threading.Event()
    entered = threading.Event()

    def pause() -> None:
        entered.set()
        event.wait(10)

    event.entered = entered  # type: ignore[attr-defined]
    probe.CountView.pause = staticmethod(pause)
    yield event
    probe.CountView.pause = staticmethod(lambda: None)


class _Sender(threading.Thread):
    def __init__(self, token: str, data: Any = None) -> None:
        super().__init__()
        self.client, self.data = ApiClient(token), data
        self.start()

    def run(self) -> None:
        try:
            self.answer = _post(self.client, self.data)
        finally:
            connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_twin_waits_for_the_first_and_is_answered_the_same(gate: threading.Event) -> None:
    tenant = make_tenant("acme")
    token = make_token(tenant)
    first = _Sender(token)
    gate.entered.wait(10)  # type: ignore[attr-defined]
    twins = [_Sender(token) for _ in range(3)]
    other = _Sender(token, {"outcome": "other"})
    other.join(10)

    assert other.answer.status_code == 422
    assert all(twin.is_alive() for twin in twins), "a twin did not wait"
    gate.set()
    for sender in (first, *twins):
        sender.join(10)

    assert {sender.answer.status_code for sender in (first, *twins)} == {201}
    assert len({sender.answer.content for sender in (first, *twins)}) == 1
    with tenant_scope(tenant.pk):
        assert TenantSetting.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_gives_up_waiting_with_409(gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "IDEMPOTENCY_WAIT_SECONDS", 0.2)
    token = make_token(make_tenant("acme"))
    first = _Sender(token)
    gate.entered.wait(10)  # type: ignore[attr-defined]

    twin = _Sender(token)
    twin.join(10)
    gate.set()
    first.join(10)

    assert (twin.answer.status_code, twin.answer.json()["code"]) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert first.answer.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_twin_takes_over_when_the_first_failed(gate: threading.Event) -> None:
    tenant = make_tenant("acme")
    token = make_token(tenant)
    first = _Sender(token, {"outcome": "crash"})
    gate.entered.wait(10)  # type: ignore[attr-defined]
    twin = _Sender(token, {"outcome": "crash"})
    gate.set()
    first.join(10)
    twin.join(10)

    assert (first.answer.status_code, twin.answer.status_code) == (500, 500)
    with tenant_scope(tenant.pk):
        assert TenantSetting.objects.count() == 2
        assert not IdempotencyRecord.objects.exists()
