"""Labels that were handed out, and codes that are scanned: what is printed is what is in the carton, and stays so or is void."""

from __future__ import annotations

import pytest

from acorn.tenancy.models import Tenant
from shipments import services
from shipments.errors import NoLabels, ShipmentNotFound
from shipments.models import Carton, LabelPrint, Pallet, Scan, Shipment
from shipments.selectors.labels import find_void_labels
from shipments.types import Content, LabelFormat, Origin, ScanResult
from tests.factories.accounts import make_token
from tests.factories.orders import NOW
from tests.factories.shipments import ACTOR, carton, make_answered_order, make_shipment
from tests.support.api import Api
from tests.support.barcodes import expected, read, render

pytestmark = pytest.mark.django_db


def printed(shipment: Shipment, form: LabelFormat = LabelFormat.PDF) -> bytes:
    labels = services.print_labels(shipment_public_id=shipment.public_id, form=form, actor=ACTOR, now=NOW)
    return b"".join(labels.chunks)


def two_cartons(*, pallet: int = 0) -> Shipment:
    order = make_answered_order()
    return make_shipment(
        order,
        cartons=[
            carton(Content(order.pk, "1", 6), pallet=pallet),
            carton(Content(order.pk, "1", 4), pallet=pallet),
        ],
    )


def repack(shipment: Shipment, *eaches: int) -> None:
    order_id = shipment.orders.get().order_id
    cartons = [carton(Content(order_id, "1", each)) for each in eaches]
    services.set_cartons(shipment.public_id, cartons, origin=Origin.PERSON, actor=ACTOR, now=NOW)


def scan(code: str, **values: object) -> ScanResult:
    return services.scan(code, actor=ACTOR, now=NOW, **values).result  # type: ignore[arg-type]


@pytest.mark.usefixtures("tenant")
def test_every_printed_barcode_is_the_number_of_its_carton() -> None:
    shipment = two_cartons()

    pages = [read(page) for page in render(printed(shipment), dpi=203)]

    assert pages == [expected(row.sscc, "PO000001") for row in Carton.objects.order_by("position")]


@pytest.mark.usefixtures("tenant")
def test_a_pallet_has_its_label_before_its_cartons() -> None:
    shipment = two_cartons(pallet=1)

    pages = [read(page) for page in render(printed(shipment), dpi=203)]

    numbers = [Pallet.objects.get().sscc, *Carton.objects.order_by("position").values_list("sscc", flat=True)]
    assert pages == [expected(number, "PO000001") for number in numbers]


@pytest.mark.usefixtures("tenant")
def test_the_same_label_again_is_the_same_print() -> None:
    shipment = two_cartons()

    assert printed(shipment) == printed(shipment)
    assert LabelPrint.objects.count() == 2
    assert b"^XA" in printed(shipment, LabelFormat.ZPL_300)
    assert LabelPrint.objects.count() == 2


@pytest.mark.usefixtures("tenant")
def test_other_contents_make_the_label_void_and_the_number_is_not_used_again() -> None:
    shipment = two_cartons()
    printed(shipment)
    first, second = Carton.objects.order_by("position").values_list("sscc", flat=True)

    repack(shipment, 6, 3)

    now = set(Carton.objects.values_list("sscc", flat=True))
    assert first in now
    assert second not in now
    assert [scan(first), scan(second)] == [ScanResult.MATCH, ScanResult.VOID_LABEL]
    assert find_void_labels(shipment) == {first: False}


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize("form", ["{}", "00{}", "(00){}", "]C100{}", "\x1d00{}", " {} "])
def test_a_scanner_may_give_the_number_in_any_form(form: str) -> None:
    two_cartons()
    row = Carton.objects.order_by("position")[0]

    assert scan(form.format(row.sscc)) == ScanResult.MATCH


@pytest.mark.usefixtures("tenant")
def test_a_scan_packs_only_what_belongs_here() -> None:
    shipment = two_cartons()
    other = make_shipment(make_answered_order("PO000002"))
    mine = Carton.objects.filter(shipment=shipment).order_by("position")[0]
    theirs = Carton.objects.filter(shipment=other).order_by("position")[0]

    results = [scan(row.sscc, expected_shipment_id=shipment.public_id, packs=True) for row in (mine, theirs)]

    assert results == [ScanResult.MATCH, ScanResult.OTHER_SHIPMENT]
    assert list(Carton.objects.exclude(packed_at=None)) == [mine]
    assert Shipment.objects.get(pk=shipment.pk).state == "PACKING"
    assert list(Scan.objects.order_by("id").values_list("result", flat=True)) == ["MATCH", "OTHER_SHIPMENT"]


@pytest.mark.usefixtures("tenant")
def test_what_nobody_knows_and_what_has_left_is_said_so() -> None:
    shipment = two_cartons()
    row = Carton.objects.order_by("position")[0]
    Shipment.objects.filter(pk=shipment.pk).update(state="DEPARTED")

    assert [scan("hello"), scan("1" * 300), scan(row.sscc)] == [ScanResult.UNKNOWN, ScanResult.UNKNOWN, ScanResult.GONE]
    with pytest.raises(ShipmentNotFound):
        scan(row.sscc, expected_shipment_id="sh_nobody")
    assert Scan.objects.count() == 3


@pytest.mark.usefixtures("tenant")
def test_a_cancelled_shipment_has_no_labels() -> None:
    shipment = make_shipment(state="CANCELLED")

    with pytest.raises(NoLabels):
        printed(shipment)
    assert not LabelPrint.objects.exists()


def test_labels_are_files_of_the_api(tenant: Tenant) -> None:
    shipment, api = two_cartons(), Api(make_token(tenant))

    pdf = api.download(f"shipments/{shipment.public_id}/labels.pdf", accept="application/pdf")
    zpl = api.download(f"shipments/{shipment.public_id}/labels.zpl?dpi=300")
    wrong = api.get(f"shipments/{shipment.public_id}/labels.zpl?dpi=72", expect=400)

    assert [read(page) for page in render(pdf, dpi=203)] == [
        expected(row.sscc, "PO000001") for row in Carton.objects.order_by("position")
    ]
    assert zpl.count(b"^XA") == 2
    assert list(wrong["fields"]) == ["dpi"]
