"""What is named by a string exists: message codes, tasks. What goes round the ORM is listed, with the reason."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from acorn.core import messages
from acorn.jobs.registry import list_tasks

ROOT = Path(settings.BASE_DIR)
APPS = (
    "acorn",
    "vendors",
    "catalog",
    "orders",
    "shipments",
    "invoices",
    "storefronts",
    "reconciliation",
    "planning",
    "dashboard",
)
SOURCES = [
    path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and "runner" not in path.parts
]  # fmt: skip
_CODE = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
# function or class -> position of the message code among its positional arguments
SAYS = {
    "Event": 0,
    "Flaw": 1,
    "Unreadable": 0,
    "record": 0,
    "record_many": 0,
    "raise_": 0,
    "note_change": 0,
    "_record": 0,
    "GiveUp": 0,
    "RetryLater": 1,
    "_set_archived": 2,
}
ENQUEUES = {"enqueue", "ensure_repeating", "stop_repeating"}

# module -> why it speaks to the connection itself
RAW_CONNECTIONS = {
    "acorn/audit/models.py": "the database stamps each event with its transaction",
    "acorn/console/views/health.py": "asks whether the database answers",
    "acorn/core/locks.py": "advisory locks are no table",
    "acorn/jobs/queue.py": "claims jobs of a platform table in one statement",
    "acorn/search/services.py": "adds the keys of a page of objects in one statement",
    "acorn/work/services.py": "opens the work of a page of objects in one statement",
    "acorn/tenancy/bulk.py": "COPY into a temporary table, then one statement for all rows of an import",
    "acorn/tenancy/db.py": "is the wall: puts the tenant in front of each statement",
    "acorn/tenancy/erasure.py": "the owner's connection, for one named tenant",
    "acorn/tenancy/series.py": "takes the next numbers and locks their row in one statement",
    "acorn/tenancy/schema.py": "the owner's connection, builds the walls",
    "catalog/services/stock/counts.py": "applies a whole feed of counts in one statement",
    "catalog/services/stock/taking.py": "reserves in one message to the database",
    "orders/selectors/orders.py": "probes indexes: the distinct values of a column, what a searched text means",
    "orders/services/tables.py": "COPY into temporary tables, then one INSERT … SELECT for a page of orders",
    "vendors/partitions.py": "the months of the exchanges, by a function of the owner's",
}


def _calls() -> Iterator[tuple[Path, str, ast.Call]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                yield path.relative_to(ROOT), name, node


def _named_constants() -> dict[str, str]:
    """`SYNC_TASK = "vendors.sync_connection"` anywhere: names of constants are unique enough for this."""
    found = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found


CALLS = list(_calls())
CONSTANTS = _named_constants()


def _constant(call: ast.Call, position: int) -> str | None:
    if len(call.args) <= position:
        return None
    argument = call.args[position]
    if isinstance(argument, ast.Name):
        return CONSTANTS.get(argument.id)
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _stored_codes() -> set[tuple[str, str]]:
    codes = set()
    for path, name, call in CALLS:
        if name in SAYS and (code := _constant(call, SAYS[name])) and _CODE.fullmatch(code):
            codes.add((str(path), code))
        if name in ("open_item", "open_work") and (kind := _constant(call, 0)):
            codes.add((str(path), f"work.{kind}"))
        for keyword in call.keywords:
            if keyword.arg in ("message_code", "code") and isinstance(keyword.value, ast.Constant):
                value = keyword.value.value
                if isinstance(value, str) and _CODE.fullmatch(value):
                    codes.add((str(path), value))
    return codes


def test_every_stored_message_code_is_registered() -> None:
    codes = _stored_codes()

    assert len(codes) > 25
    assert sorted((path, code) for path, code in codes if not messages.is_registered(code)) == []


def test_every_message_has_named_fields_only() -> None:
    for code in messages.list_codes():
        for text in (messages.render(code), messages.render_fix(code)):
            assert "{}" not in text, code


def test_every_task_that_is_enqueued_exists() -> None:
    known = {task.name for task in list_tasks()}
    asked = {
        (str(path), name) for path, function, call in CALLS if function in ENQUEUES and (name := _constant(call, 0))
    }

    assert len(asked) > 3
    assert sorted((path, name) for path, name in asked if name not in known) == []


@pytest.mark.parametrize("task", list_tasks(), ids=lambda task: task.name)
def test_task_takes_the_run_and_survives_a_rolling_deploy(task: object) -> None:
    function = task.function  # type: ignore[attr-defined]
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]

    assert kinds[0] == inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert kinds[-1] == inspect.Parameter.VAR_KEYWORD, "end with **_: a newer version may send more"
    assert function.__doc__, "say what it guarantees"


@pytest.mark.parametrize("task", [task for task in list_tasks() if not task.is_platform], ids=lambda task: task.name)
def test_task_has_a_name_for_people(task: object) -> None:
    assert messages.is_registered(f"task.{task.name}")  # type: ignore[attr-defined]


def test_raw_connections_are_listed_with_a_reason() -> None:
    pattern = re.compile(r"\.cursor\(|executemany|\.copy\(|\bRawSQL\b|\.raw\(|get_connection_params|psycopg\.connect")
    using = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if pattern.search(_without_comments(path)) and not _is_test(path)
    }

    assert sorted(using - set(RAW_CONNECTIONS)) == []
    assert sorted(set(RAW_CONNECTIONS) - using) == [], "stale: it uses none any more"


def _without_comments(path: Path) -> str:
    return re.sub(r'("""(?:.|\n)*?""")|#.*', "", path.read_text())


def _is_test(path: Path) -> bool:
    return "tests" in path.parts
