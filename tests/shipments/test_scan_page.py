"""The scan page: what a scanner finds is said in one word, with what is in the carton; nothing of a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from shipments import services
from shipments.models import Carton, Pallet, Scan, Shipment
from shipments.types import Content, LabelFormat, Origin, ScanResult
from tests.factories.accounts import make_member, signed_in
from tests.factories.orders import NOW
from tests.factories.shipments import ACTOR, carton, make_answered_order, make_shipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def packer(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


def _shipment(number: str = "PO000001", *, pallet: int = 0) -> Shipment:
    order = make_answered_order(number)
    parts = [Content(order.pk, "1", 6, lot_number="L-7"), Content(order.pk, "1", 4)]
    return make_shipment(order, cartons=[carton(part, pallet=pallet) for part in parts])


def _cartons(shipment: Shipment) -> list[Carton]:
    return list(Carton.objects.filter(shipment=shipment).order_by("position"))


def _print(shipment: Shipment) -> None:
    labels = services.print_labels(
        shipment_public_id=shipment.public_id, form=LabelFormat.ZPL_203, actor=ACTOR, now=NOW
    )
    assert b"".join(labels.chunks)


def _scan(client: Client, code: str, **values: Any) -> str:
    answer = client.post(reverse("shipments:scan"), {"code": code, **values})
    assert answer.status_code == 200
    return answer.content.decode()


def _result(html: str) -> str:
    """Of the answer; the page holds another one for when none comes."""
    return html.partition("<template")[0].partition('data-result="')[2].partition('"')[0]


def test_a_carton_as_planned_shows_what_is_in_it(packer: Client) -> None:
    shipment = _shipment()
    first = _cartons(shipment)[0]

    html = _scan(packer, f"(00){first.sscc}")

    assert _result(html) == ScanResult.MATCH
    for text in ("Carton 1 of 2", shipment.number, "PO000001", "L-7", "Not printed yet", "It is not packed yet."):
        assert text in html
    first.refresh_from_db()
    assert first.packed_at is None


def test_with_the_switch_a_scan_packs_once_and_says_so(packer: Client) -> None:
    shipment = _shipment()
    first = _cartons(shipment)[0]
    bound = {"shipment": shipment.public_id, "packs": "1"}

    once, again = (_scan(packer, first.sscc, **bound) for _ in range(2))

    assert "Packed by this scan." in once
    assert "It was packed before." in again
    assert all('value="1" checked' in html and "1 / 2" in html for html in (once, again))
    assert shipment.events.filter(code="shipments.packed").count() == 1


def test_each_mismatch_has_its_own_word_and_way_out(packer: Client) -> None:
    shipment, other, gone = _shipment(), _shipment("PO000002"), _shipment("PO000003")
    _print(shipment)
    first, second = _cartons(shipment)
    order_id = shipment.orders.get().order_id
    services.set_cartons(
        shipment.public_id, [carton(Content(order_id, "1", 5), sscc=first.sscc)], origin=Origin.PERSON,
        actor=ACTOR, now=NOW,
    )  # fmt: skip
    services.cancel_shipment(public_id=gone.public_id, reason="test", actor=ACTOR, now=NOW)
    Shipment.objects.filter(pk=gone.pk).update(state="DEPARTED")
    codes = {
        second.sscc: (ScanResult.VOID_LABEL, "was repacked"),
        _cartons(other)[0].sscc: (ScanResult.OTHER_SHIPMENT, f"It belongs to {other.number}"),
        "PO000001": (ScanResult.UNKNOWN, "No carton, pallet or parcel has this number"),
    }

    for code, (result, words) in codes.items():
        html = _scan(packer, code, shipment=shipment.public_id, packs="1")
        assert (_result(html), words in html) == (result, True)
    assert not Carton.objects.exclude(packed_at=None).exists()


def test_what_has_left_is_not_packed_again(packer: Client) -> None:
    shipment = _shipment()
    Shipment.objects.filter(pk=shipment.pk).update(state="DEPARTED")

    html = _scan(packer, _cartons(shipment)[0].sscc, packs="1")

    assert _result(html) == ScanResult.GONE
    assert "nothing of it should be here" in html


def test_a_pallet_shows_the_goods_of_all_its_cartons_and_its_label_goes_void_with_them(packer: Client) -> None:
    shipment = _shipment(pallet=1)
    _print(shipment)
    pallet = Pallet.objects.get(shipment=shipment)
    before = _scan(packer, pallet.sscc)
    order_id = shipment.orders.get().order_id

    services.set_cartons(
        shipment.public_id, [carton(Content(order_id, "1", 6), pallet=1, pallet_sscc=pallet.sscc)],
        origin=Origin.PERSON, actor=ACTOR, now=NOW,
    )  # fmt: skip
    pallet = Pallet.objects.get(shipment=shipment)
    after = _scan(packer, pallet.sscc)

    assert _result(before) == ScanResult.MATCH
    assert "Pallet 1 of 1" in before
    assert "L-7" in before
    assert _result(after) == ScanResult.VOID_LABEL


@pytest.mark.parametrize("code", ["\x00", "\x00'\"<b>", "9" * 5_000, "\x1d\x1d", "😀", "00" + "0" * 18])
def test_a_scanner_may_send_anything(packer: Client, code: str) -> None:
    html = _scan(packer, code, packs="1")

    assert "<b>" not in html
    assert _result(html) in ("", ScanResult.UNKNOWN)


def test_reading_the_page_scans_nothing(packer: Client) -> None:
    first = _cartons(_shipment())[0]

    answer = packer.get(reverse("shipments:scan"), {"code": first.sscc, "packs": "1"})

    assert answer.status_code == 200
    assert "Scan the first carton" in answer.content.decode()
    assert not Scan.objects.exists()


def test_everybody_sees_their_own_last_twenty(tenant: Tenant, packer: Client) -> None:
    for number in range(22):
        _scan(packer, f"CODE-{number:02}")
    colleague = signed_in(make_member(tenant, Role.ADMIN))

    mine, theirs = (client.get(reverse("shipments:scan")).content.decode() for client in (packer, colleague))

    assert mine.count("CODE-") == 20
    assert mine.index("CODE-21") < mine.index("CODE-02")
    assert "CODE-" not in theirs


def test_a_script_gets_the_answer_alone(packer: Client) -> None:
    first = _cartons(_shipment())[0]

    answer = packer.post(reverse("shipments:scan"), {"code": first.sscc}, headers={"HX-Request": "true"})

    assert _result(answer.content.decode()) == ScanResult.MATCH
    assert "<html" not in answer.content.decode()


def test_a_stranger_knows_neither_carton_nor_shipment(packer: Client, other_tenant: Tenant) -> None:
    shipment = _shipment()
    code = _cartons(shipment)[0].sscc
    with tenant_scope(other_tenant.pk):
        stranger = signed_in(make_member(other_tenant, Role.OWNER))

    assert _result(_scan(stranger, code)) == ScanResult.UNKNOWN
    for method in (stranger.get, stranger.post):
        assert method(reverse("shipments:scan"), {"shipment": shipment.public_id, "code": code}).status_code == 404


def test_a_viewer_may_not_scan(tenant: Tenant) -> None:
    viewer = signed_in(make_member(tenant, Role.VIEWER))

    assert viewer.get(reverse("shipments:scan")).status_code == 403
    assert viewer.post(reverse("shipments:scan"), {"code": "1"}).status_code == 403


def test_a_scan_costs_the_same_in_a_small_and_in_a_big_shipment(packer: Client) -> None:
    counts = []
    for number, pieces in (("PO000001", 1), ("PO000002", 8)):
        order = make_answered_order(number)
        parts = [carton(Content(order.pk, "1", 1)) for _ in range(pieces)]
        shipment = make_shipment(order, cartons=parts)
        code = _cartons(shipment)[0].sscc
        _scan(packer, code)
        with CaptureQueriesContext(connection) as queries:
            _scan(packer, code)
        counts.append(len(queries))

    assert counts[0] == counts[1]
