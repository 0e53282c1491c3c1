import pytest
from django.db import OperationalError, connection
from django.test import Client

from acorn.jobs import heartbeats


@pytest.fixture
def all_alive(db: None) -> None:
    for part in heartbeats.PARTS:
        heartbeats.beat(part)


def test_healthz_is_200_when_every_part_works(all_alive: None) -> None:
    answer = Client().get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "parts": {"web": "ok", "database": "ok", "broker": "ok", "worker": "ok", "beat": "ok"},
    }
    assert "no-cache" in answer.headers["Cache-Control"]
    assert not answer.cookies


@pytest.mark.parametrize("part", heartbeats.PARTS)
def test_healthz_names_a_part_without_a_heartbeat(db: None, part: str) -> None:
    for other in heartbeats.PARTS:
        if other != part:
            heartbeats.beat(other)

    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert [name for name, state in answer.json()["parts"].items() if state != "ok"] == [part]


def test_healthz_names_the_broker(all_alive: None, settings: object) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]

    answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == "unreachable"
    assert answer.json()["parts"]["database"] == "ok"


def test_healthz_names_the_database(all_alive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        answer = Client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "web": "ok",
        "database": "unreachable",
        "broker": "ok",
        "worker": "ok",
        "beat": "ok",
    }


def test_healthz_survives_a_session_cookie_with_a_dead_database(
    all_alive: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    client = Client()
    client.cookies["acorn_session"] = "abcdefghijklmnopqrstuvwxyz"
    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        answer = client.get("/healthz")

    assert answer.status_code == 503


def test_healthz_answers_only_reads(all_alive: None) -> None:
    assert Client().post("/healthz").status_code == 405
