"""A morning at the answering screen: thirty orders, the keyboard alone, in both languages."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.conf import settings

from acorn.accounts.models import User
from acorn.core import clock
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from orders import selectors, services
from orders.forms.sheet import read_answers
from orders.models import Acknowledgement, AcknowledgementLine, AnswerBatchOrder, PurchaseOrder, PurchaseOrderLine
from orders.rules import Window
from orders.types import LineAnswer, Outcome
from tests.factories.accounts import make_member, signed_in
from tests.factories.orders import cases, item, make_connection, order, pull
from tests.factories.stock import make_stocked_item
from tests.factories.tenancy import make_tenant
from tests.support.jobs import run_due_jobs
from vendors.types import Severity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morning(browser_page: Any, live_server: Any) -> Any:
    """The page of a member of operations who has thirty orders to answer; the eleventh is the first with open questions."""
    return _open(browser_page, live_server)


@pytest.fixture
def troubled_morning(browser: Any, live_server: Any) -> Iterator[Any]:
    """The same, where the browser may log that an answer was a refusal."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    yield _open(context.new_page(), live_server)
    context.close()


def _open(browser_page: Any, live_server: Any) -> Any:
    tenant = make_tenant("acme", name="Acme Home Goods")
    member = make_member(tenant)
    session = signed_in(member).cookies[settings.SESSION_COOKIE_NAME].value
    browser_page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    with tenant_scope(tenant.pk):
        _fill()
    browser_page.base, browser_page.tenant, browser_page.member = live_server.url, tenant, member
    return browser_page


def _fill() -> None:
    now = clock.now()

    def at(**ahead: float) -> str:
        return (now + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")

    rows = []
    for place in range(30):
        details = {
            "purchaseOrderDate": at(hours=-3, minutes=place), "purchaseOrderStateChangedDate": at(hours=-3),
            "shipWindow": f"{at(days=3)}--{at(days=6)}", "deliveryWindow": f"{at(days=5)}--{at(days=9)}",
            "items": [
                item("1", vendorProductIdentifier="PLENTY"),
                item("2", vendorProductIdentifier="FEW", orderedQuantity=cases(5, 12))
                if place >= 10
                else item("2", 60, vendorProductIdentifier="PLENTY"),
            ],
        }  # fmt: skip
        rows.append(order(f"PO{place:06d}", **details))
    pull(make_connection(created_at=now - timedelta(days=1)), *rows, at=now)
    items = {
        "PLENTY": make_stocked_item("PLENTY", 100_000), "FEW": make_stocked_item("FEW", 24, case_pack=12),
    }  # fmt: skip
    for sku, known in items.items():
        PurchaseOrderLine.objects.filter(vendor_sku=sku).update(item=known, item_problem="")


def _scope(page: Any) -> Any:
    return tenant_scope(Tenant.objects.get(pk=page.tenant.pk).pk)


def _focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.name"))


def _value(page: Any, number: str, name: str) -> str:
    return str(page.locator(f"tbody:has(a:text-is('{number}')) [name='{name}']").input_value())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_thirty_orders_by_keyboard_alone(morning: Any, language: str) -> None:
    page, keys = morning, morning.keyboard
    User.objects.filter(pk=page.member.user_id).update(language=language)
    page.goto(f"{page.base}/orders/answer/", wait_until="networkidle")
    assert page.locator("#list-total").inner_text() == "30"

    # one line at a time: accept some, back-order the rest, take it back, reject the rest
    keys.press("j")
    assert _focused(page) == "accepted.1"
    keys.type("6")
    keys.press("r")
    assert (_value(page, "PO000000", "accepted.1"), _value(page, "PO000000", "rejected.1")) == ("6", "4")
    assert _value(page, "PO000000", "reason.1") == "TEMPORARILY_UNAVAILABLE"
    keys.press("u")
    assert _value(page, "PO000000", "rejected.1") == "0"
    keys.press("b")
    assert _value(page, "PO000000", "backordered.1") == "4"
    assert _focused(page) == "later.1"  # it needs its day
    page.locator("[name='later.1']").first.fill((clock.now() + timedelta(days=20)).date().isoformat())
    page.locator("[name='accepted.1']").first.focus()

    # what is wrong is said at once, and nothing leaves
    keys.press("j")
    keys.type("50")
    keys.press("Enter")
    assert page.locator("tr.line.incomplete .wrong").count() == 1
    with _scope(page):
        assert not Acknowledgement.objects.exists()
    keys.press("a")
    assert page.locator("tr.line.incomplete").count() == 0

    # edits outlive the page
    page.reload(wait_until="networkidle")
    assert (_value(page, "PO000000", "accepted.1"), _value(page, "PO000000", "backordered.1")) == ("6", "4")

    # Enter sends the order, after saying once what leaves the house
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    keys.press("j")
    keys.press("Enter")
    page.locator("tbody.sent").wait_for()
    assert len(asked) == 1
    assert "PO000000" in asked[0]
    assert "GROUP1" in asked[0]
    with _scope(page):
        (line,) = AcknowledgementLine.objects.filter(sequence="1")
        assert (line.accepted_eaches, line.backordered_eaches) == (6, 4)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('acorn:answer')).length") == 0

    # an order with questions: its first option by its number
    assert _focused(page) == "accepted.1"
    for _ in range(9):
        keys.press("J")
    keys.press("J")
    keys.press("j")
    keys.press("o")
    keys.press("1")
    chosen = page.locator("tr.line[data-current]")
    assert chosen.locator("[data-field=accepted]").input_value() in ("0", "24")

    # the rest: select the ten first of them, look once, send
    keys.press("u")
    for _ in range(3):
        keys.press("x")
        keys.press("K")
    keys.press("Control+Enter")
    page.wait_for_url("**/batches/**")
    with page.expect_navigation():
        keys.press("Enter")
    run_due_jobs()
    with _scope(page):
        outcomes = list(AnswerBatchOrder.objects.values_list("outcome", flat=True))
        assert outcomes.count(Outcome.SENT) == 3, outcomes
        assert PurchaseOrder.objects.filter(state="NEW").count() == 26


def test_all_clean_orders_go_in_one_look(morning: Any) -> None:
    page = morning
    page.goto(f"{page.base}/orders/answer/", wait_until="networkidle")

    page.get_by_role("button", name="Review all clean").click()
    page.wait_for_url("**/batches/**")
    assert page.get_by_text("What will leave the house").is_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Send 10 answers").click()
    run_due_jobs()
    page.get_by_text("10 answers handed over").wait_for()

    page.goto(f"{page.base}/orders/answer/", wait_until="networkidle")
    assert page.locator("#list-total").inner_text() == "20"


def test_a_refused_answer_comes_back_beside_its_line(troubled_morning: Any) -> None:
    page = troubled_morning
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{page.base}/orders/answer/?search=PO000010", wait_until="networkidle")

    page.locator("[name='accepted.2']").fill("60")
    page.locator("[name='rejected.2']").fill("0")
    page.keyboard.press("Enter")

    refused = page.locator("tr.said", has_text="60 are accepted, but only 24 can be promised")
    refused.wait_for()
    assert page.locator("[name='accepted.2']").input_value() == "60"
    with _scope(page):
        assert not Acknowledgement.objects.exists()


# accepted, back-ordered, rejected, reason, day of the back-order; of 60 ordered in cases of 12, 24 of them there
TYPED = [
    ("60", "0", "0", "", ""), ("24", "36", "0", "", "2027-01-05"), ("24", "36", "0", "", ""), ("24", "0", "36", "", ""),
    ("24", "0", "36", "TEMPORARILY_UNAVAILABLE", ""), ("24", "0", "0", "", ""), ("72", "0", "0", "", ""),
    ("20", "0", "40", "TEMPORARILY_UNAVAILABLE", ""), ("-12", "0", "72", "TEMPORARILY_UNAVAILABLE", ""), ("x", "0", "0", "", ""),
    ("", "", "60", "TEMPORARILY_UNAVAILABLE", ""), ("1,2", "0", "48", "TEMPORARILY_UNAVAILABLE", ""), ("12.5", "0", "0", "", ""),
    ("0", "0", "60", "OBSOLETE_PRODUCT", ""), ("0", "60", "0", "", "2027-01-05"),
]  # fmt: skip


def test_the_browser_and_the_server_say_the_same_about_a_line(morning: Any) -> None:
    page, names = morning, ("accepted", "backordered", "rejected", "reason", "later")
    page.goto(f"{page.base}/orders/answer/?search=PO000010", wait_until="networkidle")
    with _scope(page):
        order = PurchaseOrder.objects.get(number="PO000010")
        lines = [line for line in selectors.list_lines(order) if line.sequence == "2"]

    for values in TYPED:
        page.evaluate(
            """([names, values]) => names.forEach((name, place) => {
                 const field = document.querySelector(`[name="${name}.2"]`);
                 field.value = values[place];
                 field.dispatchEvent(new Event("change", { bubbles: true }));
               })""",
            [names, values],
        )
        here = page.locator("tr.line[data-line='2'] .wrong.tone-red").count() > 0
        with _scope(page):
            data = {f"{name}.2": value for name, value in zip(names, values, strict=True)}
            typed = read_answers(data, lines, Window(None, None, UTC), {})
            said = services.check_answer(
                order_public_id=order.public_id, answers=[LineAnswer("1", 10), *typed.answers], now=clock.now()
            )
        blocks = {one.rule for one in said if one.severity == Severity.BLOCK} - {"INSUFFICIENT_STOCK"}
        assert here == bool(blocks or typed.unreadable), (values, blocks)
