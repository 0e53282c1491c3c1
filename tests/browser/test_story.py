"""A new owner connects the simulator, watches orders arrive, changes one there, and sees what changed: by clicking."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.accounts import make_member
from tests.factories.tenancy import make_tenant
from tests.support.jobs import run_due_jobs
from tests.support.simulator import RunningSimulator, running_simulator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-password-1"


@pytest.fixture
def simulator(settings: Any) -> Iterator[RunningSimulator]:
    with running_simulator() as running:
        settings.SPAPI_SIMULATOR_ENDPOINT = running.url
        settings.LWA_TOKEN_URL_SIMULATOR = running.token_url
        yield running


def test_the_first_morning(browser_page: Any, live_server: Any, simulator: RunningSimulator) -> None:
    page = browser_page
    owner = make_member(make_tenant("acme", name="Acme Home Goods"))
    owner.user.set_password(PASSWORD)
    owner.user.save()

    page.goto(f"{live_server.url}/")
    page.get_by_label("Email").fill(owner.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="No Amazon account is connected yet").wait_for()

    page.get_by_role("link", name="Connect an account").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Connect the simulator").click()
    run_due_jobs(hurry=True)
    (described,) = simulator.control("GET", "worlds")["worlds"]
    world = simulator.world(described["name"])

    page.goto(f"{live_server.url}/orders/")
    assert page.locator("#list-total").inner_text() == str(world.get("orders")["total"])
    (number,) = world.make_orders(1, lines=2)
    page.goto(f"{live_server.url}/connections/")
    page.get_by_role("link", name="Simulator US").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sync now").click()
    run_due_jobs(hurry=True)

    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/orders/po_"))
    assert page.get_by_text("Nothing has changed since this order was first seen.").is_visible()

    before = sum(item["ordered_eaches"] for item in world.order(number)["items"])
    world.change(number, "cancel_item")
    after = sum(item["ordered_eaches"] for item in world.order(number)["items"])
    order_url = page.url
    page.goto(f"{live_server.url}/connections/")
    page.get_by_role("link", name="Simulator US").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sync now").click()
    run_due_jobs(hurry=True)

    page.goto(order_url)
    assert page.get_by_role("heading", name="Amazon changed this order").is_visible()
    assert before > after
    changed = page.locator("section", has=page.get_by_role("heading", name="Amazon changed this order"))
    assert str(before - after) in changed.locator("del").all_inner_texts()
    page.get_by_role("button", name="中文").click()
    assert page.get_by_role("heading", name="亚马逊更改了此订单").is_visible()
