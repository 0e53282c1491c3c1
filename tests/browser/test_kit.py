"""What needs JavaScript, on the kit's own pages: keys, bulk selection, filters while typing, theme, toasts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings

from acorn.accounts.models import User
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.work.models import WorkItem
from tests.factories.accounts import make_member, signed_in
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.ui.urls"), pytest.mark.django_db(transaction=True)]


def _open(page: Any, live_server: Any) -> Any:
    """The kit's list with 120 rows, opened by a signed-in owner."""
    tenant, now = make_tenant("acme", name="Acme Home Goods"), datetime.now(UTC)
    with tenant_scope(tenant.pk):
        WorkItem.objects.bulk_create(
            WorkItem(kind="t", dedupe_key=str(n), code="t", subject_kind="order", subject_id=str(n),
                     subject_label=f"PO{n:05}", opened_at=now - timedelta(minutes=n), amount=Decimal(n), currency="USD",
                     deadline_at=now + timedelta(minutes=61, seconds=2) if n == 0 else None,
                     state="OPEN" if n < 100 else "SNOOZED")
            for n in range(120)
        )  # fmt: skip
    session = signed_in(make_member(tenant)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.base = live_server.url
    page.goto(f"{live_server.url}/ui-kit/", wait_until="networkidle")
    return page


@pytest.fixture
def kit(browser_page: Any, live_server: Any) -> Any:
    return _open(browser_page, live_server)


@pytest.fixture
def troubled_kit(browser: Any, live_server: Any) -> Iterator[Any]:
    """The same, where the browser may complain: it logs each refused or lost request as an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    yield _open(context.new_page(), live_server)
    context.close()


def _current(page: Any) -> str:
    return page.locator("tr[data-current] th").inner_text()


def test_rows_are_walked_selected_and_opened_by_keys(kit: Any) -> None:
    kit.keyboard.press("j")
    kit.keyboard.press("j")
    assert _current(kit) == "PO00001"
    kit.keyboard.press("k")
    assert _current(kit) == "PO00000"
    kit.keyboard.press("x")
    assert kit.locator(".bulk-count").inner_text() == "1 selected"
    kit.keyboard.press("x")
    assert kit.locator("#bulk").is_hidden()

    kit.keyboard.press("Enter")
    kit.wait_for_url("**/ui-kit/pieces/")


def test_slash_searches_everything_and_the_list_answers_while_typing(kit: Any) -> None:
    kit.keyboard.press("/")
    assert kit.locator("#find:focus").count() == 1
    kit.keyboard.press("Escape")
    kit.locator("#filters input[type=search]").press_sequentially("PO0001")
    kit.locator("#list-total", has_text=re.compile("^10$")).wait_for()

    assert kit.locator("tbody tr").count() == 10
    assert "search=PO0001" in kit.url
    assert "state=" not in kit.url
    kit.keyboard.press("Escape")
    kit.keyboard.press("?")
    assert kit.locator("#help").is_visible()
    kit.keyboard.press("Escape")
    kit.go_back()
    kit.locator("#list-total", has_text=re.compile("^120$")).wait_for()


def test_sorting_and_paging_keep_the_filters(kit: Any) -> None:
    kit.locator("details.filter summary", has_text="State").click()
    kit.locator("details.filter label", has_text="Open").click()
    kit.locator("#list-total", has_text=re.compile("^100$")).wait_for()
    kit.keyboard.press("Escape")
    kit.get_by_role("link", name="Subject").click()
    kit.locator("th[aria-sort=ascending]", has_text="Subject").wait_for()
    kit.keyboard.press("n")
    kit.locator(".range", has_text="51–100 of 100").wait_for()

    assert kit.locator("tbody th").first.inner_text() == "PO00050"
    assert "state=OPEN" in kit.url
    kit.reload()
    assert kit.locator("tbody th").first.inner_text() == "PO00050"
    kit.locator(".chip").click()
    kit.locator("#list-total", has_text=re.compile("^120$")).wait_for()


def test_filters_are_kept_as_a_tab_and_the_tabs_follow_the_filters(kit: Any) -> None:
    kit.locator("details.filter summary", has_text="State").click()
    kit.locator("details.filter label", has_text="Open").click()
    kit.locator("#list-tabs [aria-current]", has_text="Open").wait_for()
    kit.locator("details.filter label", has_text="Snoozed").click()
    kit.keyboard.press("Escape")
    kit.locator(".chip", has_text="Snoozed").wait_for()
    kit.locator(".save-view summary").click()
    kit.locator("#view-name").fill("Mine")
    kit.locator(".save-view button").click()
    kit.locator("#list-tabs [aria-current]", has_text="Mine").wait_for()

    kit.locator("#list-tabs form button").click()
    kit.wait_for_url("**/ui-kit/")
    assert "Mine" not in kit.locator("#list-tabs").inner_text()


def test_all_rows_of_a_filter_are_selected_beyond_the_page(kit: Any) -> None:
    kit.goto(f"{kit.base}/ui-kit/?state=OPEN")
    kit.locator("[data-select-page]").check()
    assert kit.locator(".bulk-count").inner_text() == "50 selected"
    kit.locator("[data-select-all]").click()
    assert kit.locator(".bulk-count").inner_text() == "All 100 selected"
    kit.locator("#bulk button", has_text="Done").click()
    kit.wait_for_url("**/ui-kit/")

    with tenant_scope(Tenant.objects.get().pk):
        assert WorkItem.objects.filter(state="DONE").count() == 100


def test_shift_selects_a_stretch_and_one_click_less_ends_all(kit: Any) -> None:
    boxes = kit.locator("input[name=selected]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert kit.locator(".bulk-count").inner_text() == "4 selected"

    kit.locator("[data-select-page]").check()
    kit.locator("[data-select-all]").click()
    boxes.nth(0).click()
    assert kit.locator(".bulk-count").inner_text() == "49 selected"
    kit.locator("[data-select-none]").click()
    assert kit.locator("#bulk").is_hidden()


def test_a_row_opens_by_click_and_a_tab_by_middle_click(kit: Any) -> None:
    with kit.context.expect_page() as opened:
        kit.locator("tbody tr").first.locator("td").nth(2).click(button="middle")
    assert opened.value.url.endswith("/ui-kit/pieces/")
    opened.value.close()
    kit.locator("tbody tr").first.locator("td").nth(3).click()
    kit.wait_for_url("**/ui-kit/pieces/")


def test_the_theme_changes_at_once_and_stays(kit: Any) -> None:
    kit.locator("summary[aria-label='Your account']").click()
    with kit.expect_response("**/ui/theme/") as answered:
        kit.locator("button[value=dark]").click()
    assert answered.value.status == 204
    assert kit.locator("html[data-theme=dark]").count() == 1

    kit.reload()
    assert kit.locator("html[data-theme=dark]").count() == 1
    assert User.objects.get().theme == "dark"


def test_clocks_tick_with_the_words_of_the_server(kit: Any) -> None:
    kit.clock.install()
    kit.reload()
    clock = kit.locator("time.countdown").first
    assert clock.inner_text() in ("1h 1min left", "60min left")
    kit.clock.fast_forward("50:00")
    kit.locator("time.countdown", has_text=re.compile(r"^(9|10|11)min left$")).wait_for()
    kit.clock.fast_forward("04:00:00")
    kit.locator("time.countdown.tone-red", has_text=re.compile("^overdue by [34]h$")).wait_for()


def test_refused_input_comes_back_with_what_was_typed(troubled_kit: Any) -> None:
    troubled_kit.goto(f"{troubled_kit.base}/ui-kit/pieces/")
    troubled_kit.locator("#kit-form [name=cases]").fill("7")
    troubled_kit.locator("#kit-form [name=name]").fill(" ")
    troubled_kit.locator("#kit-form button.primary").click()
    troubled_kit.locator("#kit-form [role=alert]").wait_for()

    assert troubled_kit.locator("#kit-form [name=cases]").input_value() == "7"
    assert "This field is required" in troubled_kit.locator("#id_name-error").inner_text()


def test_what_goes_wrong_is_told(troubled_kit: Any) -> None:
    troubled_kit.route("**/ui-kit/?*", lambda route: route.abort())
    troubled_kit.get_by_role("link", name="Subject").click()
    troubled_kit.locator(".toast.tone-red", has_text="cannot be reached").wait_for()


def test_an_expired_session_leads_to_sign_in_and_back(kit: Any) -> None:
    kit.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    kit.get_by_role("link", name="Subject").click()
    kit.wait_for_url("**/accounts/login/?next=*")

    assert "next=%2Fui-kit%2F" in kit.url


def test_the_navigation_is_a_drawer_on_a_phone(kit: Any) -> None:
    kit.set_viewport_size({"width": 390, "height": 844})
    assert kit.locator("#navigation").is_hidden()
    kit.locator("[popovertarget=navigation]").click()
    assert kit.locator("#navigation").is_visible()
