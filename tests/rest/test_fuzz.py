"""Every endpoint of the OpenAPI schema, with input made up by a fuzzer: refused in words, never a 5xx.

Seeded and bounded, so that a failure can be repeated: hypothesis prints the request.
"""

import io
import json
from typing import Any

import pytest
import requests
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = 8


@pytest.fixture
def token(transactional_db: None) -> str:
    printed = io.StringIO()
    call_command(
        "create_tenant", "--slug", "acme", "--name", "Acme", "--owner-email", "owner@acme.example",
        "--owner-password", "a-long-password-1", stdout=printed,
    )  # fmt: skip
    text: str = json.loads(printed.getvalue())["token"]
    return text


@pytest.mark.timeout(300)
def test_no_input_makes_the_api_fail(live_server: Any, token: str) -> None:
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/v1/schema/", headers={"Accept": "application/json"})
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:
        _fuzz(operation, live_server.url, token)


def _fuzz(operation: Any, url: str, token: str) -> None:
    with requests.Session() as session:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(data=st.data())
        def attack(data: st.DataObject) -> None:
            case = data.draw(operation.as_strategy())
            answer = case.call(base_url=url, session=session, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code < 500, f"{operation.label}: {answer.status_code}"
            if answer.status_code >= 400:
                assert set(answer.json()) == {"code", "message", "fields"}, operation.label

        attack()
