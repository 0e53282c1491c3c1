"""The pages of items, proposals and reviews: what they show, who may do what, and that strangers find nothing."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from acorn.accounts.models import Membership
from acorn.accounts.types import Role
from acorn.audit.models import AuditEvent
from acorn.core import clock
from acorn.jobs.models import Job
from acorn.tenancy.days import local_day
from acorn.tenancy.models import Tenant
from acorn.work.models import WorkItem
from catalog import impact, services
from catalog.models import Identifier, IdentifierProposal, Item, TableReview
from catalog.types import Impact, NewIdentifier
from tests.factories.accounts import make_member, signed_in
from tests.factories.catalog import BOB, NOW, make_item, two_person_review
from tests.support.jobs import run_due_jobs


@pytest.fixture
def member(tenant: Tenant) -> Membership:
    return make_member(tenant, Role.OPERATIONS)


@pytest.fixture
def browser(member: Membership) -> Client:
    return signed_in(member)


@pytest.fixture
def charlie(other_tenant: Tenant) -> Client:
    return signed_in(make_member(other_tenant))


def _body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def _rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(_body(response).lstrip("\ufeff"))))


def _propose(item: Item, value: str = "B000000001", person: str = "us_bob") -> IdentifierProposal:
    outcome = services.propose_identifier(
        item_public_id=item.public_id, wanted=NewIdentifier("ASIN", value, "US"), reason="From the buyer",
        actor=BOB, person=person, now=NOW,
    )  # fmt: skip
    assert outcome.proposal is not None
    return outcome.proposal


def _skus(response: Any) -> list[str]:
    return [row.sku for row in response.context["list"].rows]


def test_list_finds_filters_and_exports(browser: Client) -> None:
    make_item("MUG-1", ("ASIN", "B000000001"), ("UPC", "036000291452"), title="红色马克杯 Red mug")
    waiting = make_item("POT-1", title="Kettle", status="PAUSED")
    _propose(waiting, "B000000002")

    for query, skus in {
        "": ["MUG-1", "POT-1"], "search=mug": ["MUG-1"], "search=马克杯": ["MUG-1"], "search=red+mug": ["MUG-1"],
        "search=b000000002": ["POT-1"], "search=0036000291452": ["MUG-1"], "status=PAUSED": ["POT-1"],
        "missing=ASIN": ["POT-1"], "missing=GTIN": ["POT-1"], "missing=VENDOR_SKU": ["MUG-1", "POT-1"],
        "waiting=true": ["POT-1"], "sort=-sku": ["POT-1", "MUG-1"],
    }.items():  # fmt: skip
        assert _skus(browser.get(f"/items/?{query}")) == skus, query

    rows = _rows(browser.get("/items/?format=csv&status=ACTIVE"))
    assert [row[:6] for row in rows[1:]] == [
        ["MUG-1", "红色马克杯 Red mug", "Active", "B000000001", "", "036000291452"]
    ]
    assert len(_rows(browser.post("/items/export/", {"selected": [waiting.public_id]}))) == 2


def test_list_without_items_says_what_to_do(browser: Client) -> None:
    assert "No items yet" in _body(browser.get("/items/"))
    assert "No identifier was proposed yet" in _body(browser.get("/identifier-proposals/"))


def test_bulk_status_and_its_undo(browser: Client) -> None:
    items = [make_item(f"SKU-{number}") for number in range(3)]
    Item.objects.filter(pk=items[2].pk).update(status="PAUSED")

    answer = browser.post("/items/status/?status=PAUSED", {"selected": [item.public_id for item in items]})
    assert answer.status_code == 302
    page = browser.get("/items/")
    assert page.context["undo"]["count"] == 2
    assert browser.get("/items/?page=2").context["undo"] == page.context["undo"]
    services.change_item(public_id=items[0].public_id, actor=BOB, now=NOW, status="OBSOLETE")
    for _ in range(2):
        browser.post("/items/status/undo/", {"operation": page.context["undo"]["operation"]})

    assert browser.get("/items/").context["undo"] is None
    # what somebody changed since stays as they left it
    assert list(Item.objects.order_by("sku").values_list("status", flat=True)) == ["OBSOLETE", "ACTIVE", "PAUSED"]
    assert AuditEvent.objects.filter(code="catalog.item_status_changed").count() == 4


def test_undoing_is_offered_for_a_while(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.post("/items/status/?status=PAUSED", {"selected": [make_item().public_id]})
    later = clock.now() + timedelta(minutes=11)

    assert browser.get("/items/").context["undo"] is not None
    monkeypatch.setattr(clock, "now", lambda: later)

    assert browser.get("/items/").context["undo"] is None


def test_bulk_status_of_a_filter_is_a_job_that_can_be_undone(browser: Client) -> None:
    make_item("MUG-1")
    make_item("POT-1")

    browser.post("/items/status/?status=OBSOLETE", {"all": "1", "query": "search=MUG"})
    assert "catalog.change_statuses" in run_due_jobs()
    assert list(Item.objects.order_by("sku").values_list("status", flat=True)) == ["OBSOLETE", "ACTIVE"]

    operation = browser.get("/items/").context["undo"]["operation"]
    browser.post("/items/status/undo/", {"operation": operation})
    assert set(Item.objects.values_list("status", flat=True)) == {"ACTIVE"}
    assert browser.post("/items/status/?status=GONE", {"selected": ["x"]}).status_code == 404


def test_nobody_undoes_what_another_did(tenant: Tenant, browser: Client) -> None:
    item = make_item()
    browser.post("/items/status/?status=PAUSED", {"selected": [item.public_id]})
    operation = browser.get("/items/").context["undo"]["operation"]

    signed_in(make_member(tenant, Role.ADMIN)).post("/items/status/undo/", {"operation": operation})

    item.refresh_from_db()
    assert item.status == "PAUSED"


def test_an_item_is_made_with_its_identifiers(browser: Client, member: Membership) -> None:
    form = {
        "sku": "MUG-1", "title": "Mug", "titles": "de: Becher\nzh-hans：马克杯", "status": "ACTIVE", "case_pack": "12",
        "length": "4.5", "length_unit": "in", "weight": "1.5", "weight_unit": "lb", "origin_country": "CN",
        "asin": "b000000001", "vendor_sku": "V-1", "marketplace": "US", "gtin": "0 36000 29145 2",
    }  # fmt: skip
    refused = browser.post("/items/new/", form | {"gtin": "036000291453", "weight": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["gtin"])
    assert not Item.objects.exists()

    answer = browser.post("/items/new/", form)

    item = Item.objects.get()
    assert answer.headers["Location"] == f"/items/{item.public_id}/"
    assert (item.length_mm, item.weight_g, item.titles) == (114, 680, {"de": "Becher", "zh-hans": "马克杯"})
    waiting = IdentifierProposal.objects.order_by("id").values_list("kind", "value", "marketplace", "author_person")
    person = member.user.public_id
    assert list(waiting) == [
        ("ASIN", "B000000001", "US", person), ("VENDOR_SKU", "V-1", "US", person), ("UPC", "036000291452", "", person),
    ]  # fmt: skip
    page = _body(browser.get(f"/items/{item.public_id}/"))
    for text in ("4.49", "680", "1.5 lb", "CN · China", "Becher", "Waits for a second person", "036000291452"):
        assert text in page, text
    again = browser.post("/items/new/", form)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["sku"])


def test_editing_without_a_change_changes_nothing(browser: Client) -> None:
    item = make_item("MUG-1", length_mm=114, width_mm=80, weight_g=680, titles={"de": "Becher"}, origin_country="CN")
    before = Item.objects.values().get()
    form = browser.get(f"/items/{item.public_id}/edit/").context["form"]
    typed = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not False}

    assert browser.post(f"/items/{item.public_id}/edit/", typed).status_code == 302
    assert Item.objects.values().get() == before
    browser.post(f"/items/{item.public_id}/edit/", typed | {"width": "9", "tracks_lots": "on"})

    item.refresh_from_db()
    assert (item.width_mm, item.tracks_lots) == (90, True)
    wrong = browser.post(f"/items/{item.public_id}/edit/", typed | {"titles": "no colon"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["titles"])


def test_two_people_at_two_browsers(tenant: Tenant, browser: Client) -> None:
    item = make_item("MUG-1", ("ASIN", "B000000001", "US"))
    old = Identifier.objects.get()
    address = f"/items/{item.public_id}/identifiers/"
    assert browser.get(address).status_code == 200
    assert browser.get(f"{address}?ends=id_nothing").status_code == 404
    answer = browser.post(f"{address}?replaces={old.public_id}", {"value": "B000000002", "reason": "New listing"})
    proposal = IdentifierProposal.objects.get()
    assert answer.headers["Location"] == f"/identifier-proposals/{proposal.public_id}/"

    mine = browser.get(f"/identifier-proposals/{proposal.public_id}/")
    assert (mine.context["may_approve"], mine.context["may_withdraw"]) == (False, True)
    refused = browser.post(f"/identifier-proposals/{proposal.public_id}/approve/")
    assert refused.status_code == 422
    assert "You proposed this yourself" in _body(refused)
    second = signed_in(make_member(tenant, Role.ADMIN))
    assert second.get(f"/identifier-proposals/{proposal.public_id}/").context["may_approve"]
    assert second.post(f"/identifier-proposals/{proposal.public_id}/approve/").status_code == 302
    assert second.post(f"/identifier-proposals/{proposal.public_id}/approve/").status_code == 422

    assert sorted(Identifier.objects.values_list("value", flat=True)) == ["B000000001", "B000000002"]
    old.refresh_from_db()
    assert old.effective_until == Identifier.objects.get(value="B000000002").effective_from == local_day(clock.now())
    page = _body(browser.get(f"/items/{item.public_id}/"))
    assert "New listing" in page
    assert "Approved" in page


def test_the_approver_sees_clashes_and_the_blast_radius(tenant: Tenant, browser: Client, monkeypatch: Any) -> None:
    asked: list[tuple[Any, str]] = []

    def measure(values: Any, marketplace: str) -> list[Impact]:
        asked.append((list(values), marketplace))
        return [Impact("Open orders", 3, 240, {"USD": 1200, "EUR": 5})]  # type: ignore[dict-item]

    monkeypatch.setattr(impact, "_MEASURES", [measure])
    make_item("OTHER", ("ASIN", "B000000001", "US"))
    proposal = _propose(make_item("MUG-1"))

    page = _body(browser.get(f"/identifier-proposals/{proposal.public_id}/"))

    assert asked == [(["B000000001"], "US")]
    for text in ("OTHER", "Open orders", "1,200.00", "EUR", "From the buyer"):
        assert text in page, text
    assert "Clash" in _body(browser.get("/identifier-proposals/?state=PROPOSED"))


def test_bulk_approval_leaves_ones_own_alone(tenant: Tenant, browser: Client, member: Membership) -> None:
    mine = _propose(make_item("SKU-1"), "B000000001", person=member.user.public_id)
    others = [_propose(make_item(f"SKU-{number}"), f"B00000000{number}") for number in (2, 3)]
    assert [row.is_mine for row in browser.get("/identifier-proposals/?whose=mine").context["list"].rows] == [True]

    browser.post("/identifier-proposals/approve/", {"all": "1", "query": "state=PROPOSED"})

    states = dict(IdentifierProposal.objects.values_list("public_id", "state"))
    assert states == {mine.public_id: "PROPOSED", **{each.public_id: "APPROVED" for each in others}}
    browser.post("/identifier-proposals/refuse/", {"selected": [mine.public_id, others[0].public_id]})
    mine.refresh_from_db()
    assert mine.state == "REFUSED"
    assert len(_rows(browser.get("/identifier-proposals/?format=csv"))) == 4
    assert len(_rows(browser.post("/identifier-proposals/export/", {"selected": [mine.public_id]}))) == 2


def test_today_says_that_proposals_wait_until_none_do(browser: Client) -> None:
    first, second = _propose(make_item("SKU-1")), _propose(make_item("SKU-2"), "B000000002")
    run_due_jobs()
    (waiting,) = WorkItem.objects.filter(closed_at=None)
    assert (waiting.kind, waiting.params) == ("catalog.proposals_waiting", {"count": 2})
    page = _body(browser.get("/"))
    assert "Identifiers that wait for a second person: 2" in page
    assert 'href="/identifier-proposals/"' in page

    for proposal in (first, second):
        services.refuse_proposal(proposal.public_id, actor=BOB, person="us_x", now=NOW)
    run_due_jobs()

    assert not WorkItem.objects.filter(closed_at=None).exists()


def test_a_table_has_an_owner_and_a_review_that_comes_due(tenant: Tenant, member: Membership) -> None:
    admin = signed_in(make_member(tenant, Role.ADMIN))
    person = member.user.public_id
    for wrong in ({"owner": "us_nobody"}, {"period_days": "0"}, {"period_days": "9999999"}, {"period_days": "²"}):
        admin.post("/settings/reviews/assign/", {"table": "identifiers", "owner": person, "period_days": "30"} | wrong)
    assert (
        admin.post("/settings/reviews/assign/", {"table": "?", "owner": person, "period_days": "30"}).status_code == 404
    )
    assert not TableReview.objects.exists()

    for _ in range(2):
        admin.post("/settings/reviews/assign/", {"table": "identifiers", "owner": person, "period_days": "30"})
    assert AuditEvent.objects.filter(code="catalog.review_assigned").count() == 1
    assert Job.objects.filter(name="catalog.check_reviews", tenant=tenant).count() == 1
    run_due_jobs()
    assert not WorkItem.objects.exists()

    later = clock.now() + timedelta(days=31)
    for _ in range(2):
        assert services.check_reviews(now=later) == 1
    (due,) = WorkItem.objects.filter(closed_at=None)
    assert (due.kind, due.role, due.params["owner"]) == ("catalog.review_due", "OPERATIONS", str(member.user))
    owner = signed_in(member)
    assert "Look through Items and identifiers" in _body(owner.get("/"))
    owner.post("/settings/reviews/done/", {"table": "identifiers"})

    assert not WorkItem.objects.filter(closed_at=None).exists()
    assert services.check_reviews(now=clock.now() + timedelta(days=29)) == 0


def test_only_the_owner_of_a_table_or_an_admin_reviews_it(tenant: Tenant, browser: Client) -> None:
    admin = make_member(tenant, Role.ADMIN)
    services.assign_review(table="costs", owner_id=admin.user.public_id, period_days=30, actor=BOB, now=clock.now())

    assert browser.post("/settings/reviews/done/", {"table": "costs"}).status_code == 403
    assert browser.post("/settings/reviews/assign/", {"table": "costs"}).status_code == 403
    assert signed_in(admin).post("/settings/reviews/done/", {"table": "costs"}).status_code == 302
    assert signed_in(admin).post("/settings/reviews/done/", {"table": "rules"}).status_code == 404
    assert "Nobody yet" in _body(browser.get("/settings/reviews/"))


def test_a_viewer_sees_and_changes_nothing(tenant: Tenant) -> None:
    item = make_item()
    proposal = _propose(item)
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    for path in (
        "/items/",
        f"/items/{item.public_id}/",
        "/identifier-proposals/",
        f"/identifier-proposals/{proposal.public_id}/",
    ):
        page = _body(viewer.get(path))
        assert "New item" not in page
        assert ">Approve<" not in page
    for path in ("/items/new/", "/items/status/?status=PAUSED", "/items/status/undo/", f"/items/{item.public_id}/edit/",
                 "/identifier-proposals/approve/", "/identifier-proposals/refuse/",
                 f"/identifier-proposals/{proposal.public_id}/approve/"):  # fmt: skip
        assert viewer.post(path, {"selected": [item.public_id]}).status_code == 403, path


def test_strangers_find_nothing(tenant: Tenant, charlie: Client) -> None:
    item = make_item("SECRET-1", ("ASIN", "B000000009"))
    proposal = _propose(item)

    for path in ("/items/", "/items/?search=SECRET", "/items/?format=csv", "/identifier-proposals/",
                 "/identifier-proposals/?format=csv"):  # fmt: skip
        assert "SECRET-1" not in _body(charlie.get(path)), path
    charlie.post("/items/status/?status=PAUSED", {"selected": [item.public_id]})
    charlie.post("/items/status/?status=PAUSED", {"all": "1", "query": ""})
    charlie.post("/identifier-proposals/approve/", {"selected": [proposal.public_id]})
    charlie.post("/identifier-proposals/approve/", {"all": "1", "query": ""})
    run_due_jobs()
    for path in ("/items/export/", "/identifier-proposals/export/"):
        for chosen in ({"selected": [item.public_id, proposal.public_id]}, {"all": "1", "query": ""}):
            assert "SECRET-1" not in _body(charlie.post(path, chosen))

    item.refresh_from_db()
    proposal.refresh_from_db()
    assert (item.status, proposal.state) == ("ACTIVE", "PROPOSED")


def test_pages_speak_chinese(tenant: Tenant, member: Membership) -> None:
    member.user.language = "zh-hans"
    member.user.save()
    browser = signed_in(member)
    item = make_item()
    proposal = _propose(item)

    for path, text in {
        "/items/": "商品", "/items/new/": "新建商品", f"/items/{item.public_id}/": "标识码",
        f"/items/{item.public_id}/identifiers/": "标识码", f"/identifier-proposals/{proposal.public_id}/": "影响范围",
        "/settings/reviews/": "主数据",
    }.items():  # fmt: skip
        assert text in _body(browser.get(path)), path


def test_number_of_queries_does_not_depend_on_rows(browser: Client) -> None:
    counts = []
    for number in range(1, 4):
        item = make_item(f"SKU-{number}", *(("ASIN", f"B0000000{number}{each}") for each in range(number)))
        proposals = [_propose(item, f"B0000001{number}{each}") for each in range(number)]
        paths = ["/items/", f"/items/{item.public_id}/", "/identifier-proposals/",
                 f"/identifier-proposals/{proposals[0].public_id}/", "/settings/reviews/"]  # fmt: skip
        measured = []
        for path in paths:
            browser.get(path)
            with CaptureQueriesContext(connection) as queries:
                browser.get(path)
            measured.append(len(queries))
        counts.append(measured)

    assert counts[0] == counts[2], counts


def test_without_a_second_person_the_form_says_so(browser: Client) -> None:
    two_person_review(False)
    item = make_item()

    assert "counts at once" in _body(browser.get(f"/items/{item.public_id}/identifiers/"))
    browser.post(f"/items/{item.public_id}/identifiers/", {"kind": "ASIN", "value": "B000000001", "reason": "x"})

    assert Identifier.objects.get().value == "B000000001"
