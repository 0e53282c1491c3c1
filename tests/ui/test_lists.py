"""The list kit, through its own page: filters, pages, counts, bulk selection, partial answers."""

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui import lists
from acorn.ui.kit import ITEMS
from acorn.ui.lists import Selection
from acorn.work.models import WorkItem
from tests.factories.accounts import make_member, signed_in

pytestmark = pytest.mark.urls("tests.ui.urls")
LIST = "/ui-kit/"


def _labels(response: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>(PO\d+)</a>', response.content.decode())


def _link(response: Any, rel: str) -> str | None:
    found = re.search(rf'href="([^"]*)"[^>]* rel="{rel}"', response.content.decode())
    return html.unescape(found.group(1)) if found else None


def _walk(browser: Client, url: str) -> list[str]:
    seen, next_url = [], url
    while next_url:
        response = browser.get(next_url)
        seen += _labels(response)
        next_url = _link(response, "next")
    return seen


@pytest.mark.parametrize("sort", ["opened", "-opened", "deadline", "-deadline", "subject", "amount", "nonsense"])
def test_next_and_previous_cover_every_row_once(browser: Client, make_items: Callable, sort: str) -> None:
    make_items(120)

    seen = _walk(browser, f"{LIST}?sort={sort}&size=50")

    assert len(seen) == 120
    assert set(seen) == {f"PO{number:05}" for number in range(120)}

    second = browser.get(_link(browser.get(f"{LIST}?sort={sort}&size=50"), "next"))
    assert "51–100 of 120" in second.content.decode()
    first = browser.get(_link(second, "prev"))
    assert _labels(first) == seen[:50]
    assert "1–50 of 120" in first.content.decode()
    assert _link(first, "prev") is None


def test_the_number_of_queries_does_not_depend_on_the_rows(browser: Client, make_items: Callable) -> None:
    costs = []
    for count in (1, 2, 40):
        make_items(count)
        browser.get(LIST)  # the first visit of a session may write it
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        costs.append(len(queries))

    assert costs[0] == costs[1] == costs[2]
    with CaptureQueriesContext(connection) as queries:
        browser.get(LIST, headers={"HX-Request": "true"})
    # session, user, membership, the company's rule for sign-in; the page with its count, own tabs: nothing for the frame
    assert len(queries) == 6


def test_a_part_is_answered_to_htmx_and_the_page_to_everybody_else(browser: Client, make_items: Callable) -> None:
    make_items(1)

    whole = browser.get(LIST)
    part = browser.get(LIST, headers={"HX-Request": "true"})
    restored = browser.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert "<!doctype html>" in whole.content.decode()
    assert "<!doctype html>" not in part.content.decode()
    assert "<!doctype html>" in restored.content.decode()
    assert _labels(part) == ["PO00000"]
    assert 'id="list-total" hx-swap-oob="true">1<' in part.content.decode()
    assert all("HX-Request" in response.headers["Vary"] for response in (whole, part, restored))


def test_counts_are_exact_to_the_limit_and_bounded_beyond(
    browser: Client, make_items: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "COUNT_LIMIT", 10)
    make_items(10)
    assert ">10<" in browser.get(LIST).content.decode()

    make_items(5)
    assert ">10+<" in browser.get(LIST).content.decode()


def test_filters_show_as_chips_that_link_to_the_list_without_them(browser: Client, make_items: Callable) -> None:
    make_items(3)
    make_items(2, state="DONE")

    response = browser.get(f"{LIST}?state=DONE&state=SNOOZED&search=PO&sort=subject")

    assert _labels(response) == ["PO00003", "PO00004"]
    listing = response.context["list"]
    assert [(chip.label, chip.value) for chip in listing.chips] == [
        ("State", "Done"), ("State", "Snoozed"), ("Search", "PO"),
    ]  # fmt: skip
    remaining = [parse_qs(urlsplit(chip.url).query) for chip in listing.chips]
    assert remaining[0] == {"state": ["SNOOZED"], "search": ["PO"], "sort": ["subject"]}
    assert remaining[2] == {"state": ["DONE", "SNOOZED"], "sort": ["subject"]}
    assert listing.clear_url == f"{LIST}?sort=subject"


@pytest.mark.parametrize(
    "query",
    ["state=NONE", "opened_after=yesterday", "opened_before=2026-13-40", "search=%00", "cursor=junk", "at=x", "at=-5",
     "size=7", "size=10000", "sort=tenant__slug", "at=9999999999999999999999", "cursor=%F0%9F"],
)  # fmt: skip
def test_a_malformed_address_shows_a_list_and_never_breaks(browser: Client, make_items: Callable, query: str) -> None:
    make_items(2)

    response = browser.get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert _labels(response) == ["PO00000", "PO00001"]


def test_a_day_filter_means_the_readers_day(tenant: Tenant, make_items: Callable) -> None:
    member = make_member(tenant)
    member.user.time_zone = "Asia/Shanghai"
    member.user.save()
    make_items(1)  # opened 2026-11-23 20:45 UTC, which is the 24th in Shanghai
    browser = signed_in(member)

    assert _labels(browser.get(f"{LIST}?opened_after=2026-11-24&opened_before=2026-11-24")) == ["PO00000"]
    assert _labels(browser.get(f"{LIST}?opened_before=2026-11-23")) == []


def test_an_empty_list_teaches_and_a_filtered_one_offers_the_way_back(browser: Client, make_items: Callable) -> None:
    assert "No work items yet" in browser.get(LIST).content.decode()

    make_items(1)
    text = browser.get(f"{LIST}?search=zzz").content.decode()
    assert "Nothing matches these filters" in text
    assert "No work items yet" not in text


def test_tabs_are_filters_and_the_current_one_is_marked(browser: Client, make_items: Callable) -> None:
    make_items(1)

    tabs = browser.get(f"{LIST}?state=OPEN&sort=subject").context["list"].tabs

    assert [(tab.label, tab.is_current) for tab in tabs] == [("All", False), ("Open", True), ("Done", False)]


# --- Bulk selection ---
def _select(browser: Client, **data: Any) -> None:
    assert browser.post("/ui-kit/done/", data).status_code == 302


def test_selected_rows_are_those_and_no_others(browser: Client, make_items: Callable) -> None:
    one, two, three = make_items(3)

    _select(browser, selected=[one.public_id, three.public_id, one.public_id, "wi_nothing", "a\x00b"])

    assert list(WorkItem.objects.filter(state="DONE").order_by("id")) == [one, three]
    assert WorkItem.objects.get(pk=two.pk).state == "OPEN"


def test_all_means_every_row_of_the_stored_filter(browser: Client, make_items: Callable) -> None:
    make_items(60)
    make_items(5, state="SNOOZED")
    first = WorkItem.objects.first()

    _select(browser, all="1", query="state=OPEN", selected=[first.public_id])

    assert WorkItem.objects.filter(state="DONE").count() == 60
    assert WorkItem.objects.filter(state="SNOOZED").count() == 5


def test_a_selection_never_reaches_another_company(browser: Client, make_items: Callable, other_tenant: Tenant) -> None:
    mine = make_items(1)[0]
    stranger = signed_in(make_member(other_tenant))

    _select(stranger, selected=[mine.public_id])
    _select(stranger, all="1", query="")

    assert WorkItem.objects.get(pk=mine.pk).state == "OPEN"


def test_a_selection_travels_through_a_job(tenant: Tenant, make_items: Callable) -> None:
    make_items(3)
    one = WorkItem.objects.first()
    for data, count in ((f"selected={one.public_id}", 1), ("all=1&query=search%3DPO0000", 3), ("", 0)):
        selection = Selection.restore(Selection.read(QueryDict(data)).stored())
        assert selection.apply(ITEMS, WorkItem.objects.all()).count() == count
        assert bool(selection) == bool(count)


def test_a_stored_filter_of_another_company_finds_only_its_own(make_items: Callable, other_tenant: Tenant) -> None:
    make_items(2)
    with tenant_scope(other_tenant.pk):
        assert Selection(query="").apply(ITEMS, WorkItem.objects.all()).count() == 0


def test_filters_wait_until_there_is_something_to_filter(browser: Client, make_items: Callable) -> None:
    assert 'id="filters"' not in browser.get(LIST).content.decode()
    assert 'id="filters"' in browser.get(f"{LIST}?state=DONE").content.decode()
    make_items(1)
    assert 'id="filters"' in browser.get(LIST).content.decode()
