"""Every endpoint of the OpenAPI schema, with input made up by a fuzzer: refused in words, never a 5xx.

Seeded and bounded, so that a failure can be repeated: hypothesis prints the request.
"""

import io
import json
import re
from typing import Any

import pytest
import requests
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from tests.guards.examples import THINGS

TRIES = 8


@pytest.fixture
def token(transactional_db: None) -> str:
    printed = io.StringIO()
    call_command(
        "create_tenant", "--slug", "acme", "--name", "Acme", "--owner-email", "owner@acme.example",
        "--owner-password", "a-long-password-1", stdout=printed,
    )  # fmt: skip
    text: str = json.loads(printed.getvalue())["token"]
    return text


@pytest.mark.timeout(600)
def test_no_input_makes_the_api_fail(live_server: Any, token: str) -> None:
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/v1/schema/", headers={"Accept": "application/json"})
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 10
    ids = {operation.path: _real_ids(operation.path) for operation in operations}
    assert sum(map(bool, ids.values())) >= 6
    for operation in operations:
        _fuzz(operation, live_server.url, token, ids[operation.path])


def _real_ids(path: str) -> list[str]:
    """A thing that exists, for an address with an id: behind it there is more to break than a 404."""
    word = re.search(r"([^/]+)/\{", path)
    if word is None:
        return []
    with tenant_scope(Tenant.objects.get().pk):
        return [THINGS[word.group(1)]()]


def _fuzz(operation: Any, url: str, token: str, ids: list[str]) -> None:
    with requests.Session() as session:

        @settings(
            max_examples=TRIES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(data=st.data())
        def attack(data: st.DataObject) -> None:
            case = data.draw(operation.as_strategy())
            if ids and data.draw(st.booleans()):
                case.path_parameters = dict.fromkeys(case.path_parameters, ids[0])
            answer = case.call(base_url=url, session=session, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code < 500, f"{operation.label}: {answer.status_code}"
            if answer.status_code >= 400:
                told = set(answer.json()) - {"findings"}  # a check's refusal says all that it found besides
                assert told == {"code", "message", "fields"}, operation.label

        attack()
