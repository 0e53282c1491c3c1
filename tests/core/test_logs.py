import logging
import sys
from typing import Any

import pytest
import structlog

from acorn.core import logs


def _render(style: str, record: logging.LogRecord) -> str:
    definition = logs.configure("INFO", style)["formatters"]["acorn"]
    return structlog.stdlib.ProcessorFormatter(
        processors=definition["processors"], foreign_pre_chain=definition["foreign_pre_chain"]
    ).format(record)


@pytest.mark.parametrize("style", ["line", "json"])
def test_a_traceback_shows_no_local_variables(style: str) -> None:
    password = "-".join(["never", "to", "be", "seen"])
    try:
        raise ValueError(f"{len(password)} characters")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it failed", (), sys.exc_info())

    text = _render(style, record)

    assert "it failed" in text
    assert "ValueError: 16 characters" in text
    assert password not in text


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("GET /invitations/abc.DEF-1/", "GET /invitations/•••/"),
        ("GET /accounts/password/reset/key/1-set/", "GET /accounts/password/reset/key/•••/"),
        ("GET /accounts/confirm-email/Mg:1x/", "GET /accounts/confirm-email/•••/"),
        ("GET /orders/po_1/", "GET /orders/po_1/"),
    ],
)
def test_a_link_that_lets_somebody_in_is_masked(path: str, logged: str) -> None:
    event: dict[str, Any] = {"request": path, "code": 200}

    assert logs.mask_links(None, "info", event) == {"request": logged, "code": 200}
