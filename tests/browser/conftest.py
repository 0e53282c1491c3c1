"""Few tests, only for what needs JavaScript. Without a browser they are skipped, and the summary says so in capitals."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browser import find_browser, running_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if find_browser() is None:
        pytest.skip("NO BROWSER FOUND: the browser tests did not run")
    # playwright runs an event loop in this thread; Django would refuse to touch the database beside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with running_browser() as running:
        yield running


@pytest.fixture
def browser_page(browser: Any) -> Iterator[Any]:
    """A fresh page, 1440 wide. Whatever the page logs as an error, or the CSP refuses, fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
