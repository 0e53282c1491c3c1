"""The pages of shipments as people use them: from an answered order to a truck that has left."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from acorn.accounts.types import Role
from acorn.core import clock
from acorn.tenancy.models import Tenant
from shipments.models import Appointment, Carton, Evidence, LabelPrint, Shipment
from tests.factories.accounts import make_member, signed_in
from tests.factories.catalog import make_warehouse
from tests.factories.shipments import make_answered_order, make_shipment, set_prefix

pytestmark = pytest.mark.django_db


@pytest.fixture
def operations(tenant: Tenant) -> Client:
    return signed_in(make_member(tenant, Role.OPERATIONS))


def post(client: Client, shipment: Shipment, act: str, expect: int = 302, **values: Any) -> Any:
    answer = client.post(f"/shipments/{shipment.public_id}/{act}/", values)
    assert answer.status_code == expect, answer.content[:500]
    return answer


def test_from_orders_to_ship_to_a_planned_shipment(operations: Client) -> None:
    set_prefix()
    warehouse, order = make_warehouse("MAIN"), make_answered_order()

    page = operations.get("/shipments/to-ship/").content.decode()
    chosen = operations.post("/shipments/to-ship/choose/", {"selected": [order.public_id]})
    planned = operations.post(chosen.url, {"warehouse": warehouse.code, "freight_terms": ""})

    shipment = Shipment.objects.get()
    assert order.number in page
    assert chosen.url == f"/shipments/plan/?order={order.public_id}"
    assert planned.url == f"/shipments/{shipment.public_id}/"
    assert shipment.number in operations.get("/shipments/").content.decode()
    assert shipment.number in operations.get(f"/orders/{order.public_id}/").content.decode()


def test_a_company_without_a_prefix_is_told_what_to_do(operations: Client) -> None:
    warehouse, order = make_warehouse("MAIN"), make_answered_order()

    answer = operations.post(f"/shipments/plan/?order={order.public_id}", {"warehouse": warehouse.code})

    assert answer.status_code == 422
    assert "GS1" in answer.content.decode()
    assert not Shipment.objects.exists()


def test_packing_and_taking_it_back(operations: Client) -> None:
    shipment = make_shipment()
    first = Carton.objects.order_by("position")[0]

    post(operations, shipment, "packed", carton=[first.public_id])
    assert list(Carton.objects.exclude(packed_at=None)) == [first]
    post(operations, shipment, "packed")
    assert Shipment.objects.get().state == "PACKED"
    post(operations, shipment, "packed", opened="1", carton=[first.public_id])
    assert list(Carton.objects.filter(packed_at=None)) == [first]
    post(operations, shipment, "undo")
    assert not Carton.objects.filter(packed_at=None).exists()


def test_labels_are_printed_for_all_or_for_the_chosen(operations: Client) -> None:
    shipment = make_shipment()
    first = Carton.objects.order_by("position")[0]

    one = operations.post(f"/shipments/{shipment.public_id}/labels/?format=zpl203", {"carton": [first.public_id]})
    assert b"".join(one.streaming_content).count(b"^XA") == 1
    assert LabelPrint.objects.count() == 1
    pdf = operations.post(f"/shipments/{shipment.public_id}/labels/?format=pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert LabelPrint.objects.count() == Carton.objects.count()
    assert operations.post(f"/shipments/{shipment.public_id}/labels/?format=png").status_code == 404


@pytest.mark.parametrize(
    "paper", ["packing-list.pdf", "packing-list.xlsx", "bill-of-lading.pdf", "commercial-invoice.pdf"]
)
def test_papers_are_files(operations: Client, paper: str) -> None:
    shipment = make_shipment()

    answer = operations.post(f"/shipments/{shipment.public_id}/papers/?paper={paper}")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-" if paper.endswith("pdf") else b"PK")


def test_what_is_refused_is_shown_and_nothing_changes(operations: Client) -> None:
    shipment = make_shipment()
    now = clock.now().strftime("%Y-%m-%dT%H:%M")

    page = post(operations, shipment, "depart", 422, departed_at=now, mode="LTL", transportation_mode="ROAD")

    assert "What the checks found" in page.content.decode()
    assert Shipment.objects.get().departed_at is None
    assert post(operations, shipment, "cancel", 422).context["cancel_form"].errors
    assert post(operations, shipment, "appointment", 422, status="CONFIRMED").context["appointment_form"].errors
    assert not Appointment.objects.exists()


def test_a_truck_leaves_in_the_browser(operations: Client) -> None:
    shipment = make_shipment()
    Carton.objects.update(weight_g=900, length_mm=300, width_mm=200, height_mm=200)
    b"".join(operations.post(f"/shipments/{shipment.public_id}/labels/?format=pdf").streaming_content)
    now = clock.now()

    post(
        operations, shipment, "depart", departed_at=now.strftime("%Y-%m-%dT%H:%M"),
        estimated_delivery_at=(now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"), mode="LTL",
        transportation_mode="ROAD", carrier_scac="ABFS", pro_number="PRO12345", bol_number="VND0012345678",
        is_released="on", reason="The buyer waits.",
    )  # fmt: skip

    row = Shipment.objects.get()
    assert (row.state, row.carrier_scac) == ("DEPARTED", "ABFS")
    page = operations.get(f"/shipments/{shipment.public_id}/").content.decode()
    assert "What Amazon is told (ASN)" in page
    assert "Let it depart" not in page


def test_documents_and_slots_are_kept(operations: Client) -> None:
    shipment = make_shipment()
    file = BytesIO(b"%PDF-1.4 signed")
    file.name = "pod.pdf"

    post(operations, shipment, "documents", kind="PROOF_OF_DELIVERY", file=file)
    post(operations, shipment, "appointment", status="REQUESTED", reference="A-1")

    assert Evidence.objects.get().file.name == "pod.pdf"
    page = operations.get(f"/shipments/{shipment.public_id}/").content.decode()
    assert "pod.pdf" in page
    assert "A-1" in page


def test_a_viewer_sees_and_does_nothing(tenant: Tenant) -> None:
    shipment, viewer = make_shipment(), signed_in(make_member(tenant, Role.VIEWER))

    assert viewer.get(f"/shipments/{shipment.public_id}/").status_code == 200
    for act in ("packed", "undo", "cancel", "pickup", "appointment", "documents", "depart"):
        post(viewer, shipment, act, 403)
    assert viewer.post(f"/shipments/{shipment.public_id}/labels/?format=pdf").status_code == 403
    assert (Shipment.objects.get().state, LabelPrint.objects.count()) == ("PLANNED", 0)


def test_the_list_is_a_file_too(operations: Client) -> None:
    shipment = make_shipment()

    text = b"".join(operations.get("/shipments/?format=csv").streaming_content).decode()

    assert [line.split(",")[0] for line in text.strip().splitlines()[1:]] == [shipment.number]


def test_the_list_asks_a_constant_number_of_questions(operations: Client, django_assert_max_num_queries: Any) -> None:
    def count() -> int:
        with django_assert_max_num_queries(60) as asked:
            operations.get("/shipments/")
        return len(asked)

    make_shipment(make_answered_order("PO000001"))
    operations.get("/shipments/")
    few = count()
    for place in range(2, 6):
        make_shipment(make_answered_order(f"PO00000{place}"))
    assert count() == few
