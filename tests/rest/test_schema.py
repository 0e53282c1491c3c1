"""The description of the API: valid, complete, and readable under the strict policy."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.utils.translation import trans_real


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(path))
    return yaml.safe_load(path.read_text())


def _operations(schema: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()
    ]


def test_every_operation_needs_a_token_and_says_how_it_refuses(schema: Any) -> None:
    operations = _operations(schema)
    assert len(operations) > 8

    for path, method, operation in operations:
        assert operation["security"] == [{"token": []}], path
        assert {"400", "401", "403", "404", "500"} <= operation["responses"].keys(), path
        if method in ("post", "patch", "put", "delete"):
            assert {"409", "415", "422"} <= operation["responses"].keys(), path
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert ("Idempotency-Key" in names) is (method == "post"), path


def test_operation_ids_are_unique(schema: Any) -> None:
    ids = [operation["operationId"] for _path, _method, operation in _operations(schema)]

    assert len(ids) == len(set(ids))


def test_schema_and_reference_are_open_and_hold_no_inline_code(db: None) -> None:
    assert Client().get("/api/v1/schema/").status_code == 200
    page = Client().get("/api/v1/docs/").content.decode()

    assert "<style" not in page
    assert page.count("<script src=") == 3 == page.count("<script")
    script = Client().get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"] == "application/javascript"


def test_language_of_the_description_is_one_of_ours(db: None) -> None:
    before = set(trans_real._translations)  # a catalogue for each language that Django was ever asked for

    for language in ("xx", "../../etc", "\x00", "zh-hans-x"):
        assert Client().get("/api/v1/schema/", {"lang": language}).status_code == 404

    assert set(trans_real._translations) == before
    assert Client().get("/api/v1/schema/", {"lang": "zh-hans"}).status_code == 200
