"""Pick lists and production requests: what they say, in both forms, and that each leaves its trace."""

import io
import re
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.files.models import File
from acorn.jobs.models import Job
from acorn.jobs.queue import enqueue
from acorn.tenancy.models import Tenant
from catalog.models import Inbound, Item, Warehouse
from orders import selectors
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.types import LineAnswer
from orders.views import papers as views
from tests.factories.accounts import api_client, make_member, signed_in
from tests.factories.orders import NOW, give_items, item, make_answer, make_connection, make_order
from tests.support.jobs import run_due_jobs

PICKS, MISSING = "pick-list", "production-request"


@pytest.fixture
def browser(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


def _answered(number: str = "PO000001", *answers: LineAnswer, stock: int = 1000, **details: Any) -> PurchaseOrder:
    known = PurchaseOrder.objects.first()
    order = make_order(known.connection if known else make_connection(), number, **details)
    give_items(order, stock)
    make_answer(order, *answers)
    return order


def _sheets(response: Any) -> dict[str, list[list[Any]]]:
    file = response if isinstance(response, io.BytesIO) else io.BytesIO(response.content)
    book = CalamineWorkbook.from_filelike(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _paper(browser: Client, order: PurchaseOrder, kind: str, form: str) -> Any:
    return browser.post(f"/orders/{order.public_id}/papers/?paper={kind}.{form}")


def test_a_pick_list_says_what_to_take_where(browser: Client) -> None:
    order = _answered()
    Item.objects.update(case_pack=4)

    (rows,) = _sheets(_paper(browser, order, PICKS, "xlsx")).values()

    head = next(place for place, row in enumerate(rows) if row[0] == "SKU")
    sku, title, _day, eaches, cases, _missing, parts, _ticked = rows[head + 1]
    assert (sku, title, eaches, cases, parts) == ("OWN-1", "Item OWN-1", 10, "2 × 4 + 2", "PO000001 → PHX7: 10")
    assert rows[head + 2][3] == 10


def test_orders_that_want_the_same_are_one_row(browser: Client) -> None:
    orders = [_answered("PO000001"), _answered("PO000002")]

    (pick,) = selectors.load_preparation(orders).picks

    assert (pick.warehouse, pick.eaches, pick.here) == ("MAIN", 20, 20)
    assert [(part.number, part.eaches) for part in pick.parts] == [("PO000001", 10), ("PO000002", 10)]


def test_what_is_not_there_yet_is_missing_for_its_day(browser: Client) -> None:
    order = make_order(make_connection(), items=[item("1", 30)])
    give_items(order, 12)
    day = (NOW + timedelta(days=2)).date()
    Inbound.objects.create(
        item=Item.objects.get(), warehouse=Warehouse.objects.get(), pool="OWN", quantity=50, expected_on=day,
        reference="CN-1", changed_at=NOW,
    )  # fmt: skip
    make_answer(order, LineAnswer("1", 12, 18, backorder_ship_at=NOW + timedelta(days=20)))

    found = selectors.load_preparation([order])

    assert [(pick.eaches, pick.here) for pick in found.picks] == [(12, 12)]
    (missing,) = found.missing
    assert (missing.sku, missing.eaches) == ("OWN-1", 18)
    assert missing.by_day == (((NOW + timedelta(days=20)).date(), 18),)
    assert missing.inbound == ((day, 50),)
    (rows,) = _sheets(_paper(browser, order, MISSING, "xlsx")).values()
    assert rows[-2][:3] == ["OWN-1", "Item OWN-1", 18]


def test_what_has_left_is_not_picked_again(browser: Client) -> None:
    order = _answered()
    order_lines = PurchaseOrderLine.objects.filter(order=order)
    order_lines.update(shipped_eaches=10)

    found = selectors.load_preparation([order])

    assert all(pick.eaches == 0 or pick.warehouse for pick in found.picks)


def test_an_order_without_an_answer_has_nothing_to_pick(browser: Client) -> None:
    order = make_order(make_connection())

    found = selectors.load_preparation([order])
    assert (found.picks, found.missing) == ((), ())
    assert _paper(browser, order, PICKS, "pdf").status_code == 200


def test_a_pdf_embeds_its_font_and_speaks_the_readers_language(tenant: Tenant) -> None:
    member = make_member(tenant)
    member.user.language = "zh-hans"
    member.user.save()
    order = _answered()
    Item.objects.update(title="落地灯 36 寸")

    body = _paper(signed_in(member), order, PICKS, "pdf").content

    assert body.startswith(b"%PDF-")
    assert b"/FontFile2" in body
    assert b"STSong" not in body
    assert b"/Subtype /Image" not in body
    assert _glyphs(body)


def _glyphs(body: bytes) -> bool:
    """Whether any content stream shows text."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", body, re.S)
    for stream in streams:
        try:
            if b"Tj" in zlib.decompress(_ascii85(stream)):
                return True
        except (ValueError, zlib.error):
            continue
    return False


def _ascii85(stream: bytes) -> bytes:
    import base64  # noqa: PLC0415 -- slow import

    text = stream.strip()
    return base64.a85decode(text.removesuffix(b"~>")) if text.endswith(b"~>") else text


def test_a_formula_stays_a_text(browser: Client) -> None:
    order = _answered()
    Item.objects.update(title='=HYPERLINK("http://x")')

    (rows,) = _sheets(_paper(browser, order, PICKS, "xlsx")).values()

    assert any('=HYPERLINK("http://x")' in row for row in rows)


def test_each_paper_leaves_its_trace(browser: Client) -> None:
    first, second = _answered("PO000001"), _answered("PO000002")

    answer = browser.post(f"/orders/papers/?paper={PICKS}.pdf", {"selected": [first.public_id, second.public_id]})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    events = AuditEvent.objects.filter(code="orders.paper_made").order_by("id")
    assert [event.subject_id for event in events] == [first.public_id, second.public_id]
    assert "Made the pick list of PO000001" in browser.get(f"/orders/{first.public_id}/").content.decode()


def test_a_paper_over_many_orders_is_made_by_a_job(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 1)
    orders = [_answered("PO000001"), _answered("PO000002")]
    chosen = {"selected": [order.public_id for order in orders]}

    asked = browser.post(f"/orders/papers/?paper={PICKS}.xlsx", chosen)
    page = asked.headers["Location"]
    waiting = browser.get(page).content.decode()
    assert run_due_jobs().count("orders.make_paper") == 1
    ready = browser.get(page).content.decode()

    assert asked.status_code == 302
    assert "hx-trigger" in waiting
    assert "hx-trigger" not in ready
    file = File.objects.get()
    assert f'href="/files/{file.public_id}/"' in ready
    (rows,) = _sheets(io.BytesIO(b"".join(browser.get(f"/files/{file.public_id}/").streaming_content))).values()
    assert any(row[3] == 20 and "PO000001 → PHX7: 10, PO000002 → PHX7: 10" in row for row in rows)
    assert AuditEvent.objects.filter(code="orders.paper_made").count() == 2


def test_more_orders_than_a_job_manages_are_too_many(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 1)
    orders = [_answered("PO000001"), _answered("PO000002")]

    asked = browser.post(f"/orders/papers/?paper={PICKS}.pdf", {"selected": [order.public_id for order in orders]})

    assert (asked.status_code, asked.headers["Location"]) == (302, "/orders/")
    assert not Job.objects.filter(name="orders.make_paper").exists()


def test_the_page_of_another_job_is_none(browser: Client) -> None:
    other = enqueue("orders.find_lapsed")

    assert browser.get(f"/orders/papers/{other.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "kind", "start"),
    [("", "application/pdf", b"%PDF-"), ("?form=pdf", "application/pdf", b"%PDF-"),
     ("?form=xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK")],
)  # fmt: skip
@pytest.mark.parametrize("paper", [PICKS, MISSING])
def test_a_program_gets_the_papers_as_files(tenant: Tenant, paper: str, query: str, kind: str, start: bytes) -> None:
    order = _answered()

    answer = api_client(tenant).get(
        f"/api/v1/purchase-orders/{order.public_id}/{paper}/{query}", headers={"Accept": kind}
    )

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.content.startswith(start)
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{paper}-PO000001.')
    assert AuditEvent.objects.filter(code="orders.paper_made", subject_id=order.public_id).count() == 1


def test_a_program_asks_for_another_form_in_vain(tenant: Tenant, other_tenant: Tenant) -> None:
    url = f"/api/v1/purchase-orders/{_answered().public_id}/{PICKS}/"

    wrong = api_client(tenant).get(f"{url}?form=doc", headers={"Accept": "application/pdf"})

    assert (wrong.status_code, wrong.json()["fields"]) == (400, {"form": ["pdf, xlsx"]})
    assert api_client(other_tenant).get(url).status_code == 404
    assert not AuditEvent.objects.filter(code="orders.paper_made").exists()


@pytest.mark.parametrize("paper", ["", "pick-list", "pick-list.exe", "other.pdf", ".", "pick-list.pdf.pdf", "\x00"])
def test_other_papers_do_not_exist(browser: Client, paper: str) -> None:
    order = _answered()

    assert browser.post(f"/orders/{order.public_id}/papers/", query_params={"paper": paper}).status_code == 404


def test_strangers_and_viewers_get_no_paper(tenant: Tenant, other_tenant: Tenant) -> None:
    order = _answered()
    charlie, viewer = signed_in(make_member(other_tenant)), signed_in(make_member(tenant, Role.VIEWER))

    assert _paper(charlie, order, PICKS, "xlsx").status_code == 404
    assert charlie.post(f"/orders/papers/?paper={PICKS}.xlsx", {"selected": [order.public_id]}).status_code == 302
    assert _paper(viewer, order, PICKS, "xlsx").status_code == 403
    assert not AuditEvent.objects.filter(code="orders.paper_made").exists()


def test_number_of_queries_does_not_depend_on_orders(browser: Client) -> None:
    counts, orders = [], []
    for place in range(3):
        orders.append(_answered(f"PO{place:06d}", items=[item(str(line + 1)) for line in range(place + 1)]))
        with CaptureQueriesContext(database) as asked:
            selectors.load_preparation(orders)
        counts.append(len(asked))

    assert len(set(counts)) == 1, counts
    assert clock.now() > NOW
