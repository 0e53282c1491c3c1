"""One thing of each kind that has an address: apps add theirs here, and test_strangers.py attacks it.

The key is the word in the address before the id: `connections/<public_id:…>/test/` -> "connections". Each maker runs in
the scope of the company that owns the thing and returns its public id.
"""

from collections.abc import Callable
from datetime import timedelta

from acorn.accounts.models import ApiToken, Invitation, Membership
from acorn.accounts.types import Role
from acorn.core import clock
from acorn.files.models import File
from acorn.jobs import queue
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id
from acorn.ui.models import Export
from catalog.models import Item
from catalog.services import propose_identifier
from catalog.types import NewIdentifier
from orders.models import (
    AnswerBatch,
    CostDifference,
    Finding,
    PolicyTrial,
    PurchaseOrderLine,
    UnmappedProduct,
)
from orders.types import MAKE_PAPER
from shipments.models import CartonType, Shipment
from shipments.rules import RELEASABLE
from shipments.services import create_carton_type, depart
from tests.factories.accounts import make_member, make_token
from tests.factories.catalog import (
    BOB,
    make_address,
    make_cost,
    make_customer_number,
    make_file,
    make_item,
    make_warehouse,
)
from tests.factories.orders import give_items, make_answer, make_order, pull
from tests.factories.shipments import make_answered_order, make_shipment
from tests.factories.stock import make_inbound, make_stocked_item, reserve
from tests.factories.vendors import make_connection
from tests.imports.files import save_profile, start_import
from vendors.models import Connection, Exchange, Submission, SyncRun, VendorCode


def _tenant() -> Tenant:
    return Tenant.objects.get(pk=current_tenant_id())


def _connection() -> Connection:
    return Connection.objects.first() or make_connection()


def _run() -> str:
    now = clock.now()
    return SyncRun.objects.create(
        connection=_connection(), resources=["purchase-orders"], requested_by="test", created_at=now
    ).public_id


def _exchange() -> str:
    return Exchange.objects.create(
        connection=_connection(), environment="SIMULATOR", operation="getPurchaseOrders", method="GET",
        url="http://127.0.0.1/", status=200, started_at=clock.now(), duration_ms=1,
    ).public_id  # fmt: skip


def _order() -> str:
    return make_order(_connection()).public_id


def _submission() -> str:
    connection, now = _connection(), clock.now()
    return Submission.objects.create(
        connection=connection, group=connection.group, environment=connection.environment, kind="test.answer",
        subject_kind="test.order", subject_id="po_x", subject_label="4Z32PABC", payload="{}", payload_hash="0" * 64,
        key=f"example:{Submission.objects.count()}", state="HELD", state_at=now, actor_label="test", created_at=now,
    ).public_id  # fmt: skip


def _shipment() -> str:
    number = f"SHIP{Shipment.objects.count():04}"
    return make_shipment(make_answered_order(number, connection=_connection())).public_id


def _asn() -> str:
    now = clock.now()
    (asn,) = depart(
        shipment_public_ids=[_shipment()], departed_at=now, estimated_delivery_at=now, mode="LTL",
        transportation_mode="ROAD", carrier_scac="UPGF", pro_number="PRO-1", bol_number=f"B{Shipment.objects.count():08}",
        released=RELEASABLE, reason="example", actor=BOB, now=now,
    )  # fmt: skip
    return asn.public_id


def _carton_type() -> str:
    values = {"code": f"BOX{CartonType.objects.count()}", "length_mm": 400, "width_mm": 300, "height_mm": 200}
    return create_carton_type(values=values, actor=BOB, now=clock.now()).public_id


def _acknowledgement() -> str:
    return make_answer(make_order(_connection())).public_id


def _batch() -> str:
    batch = AnswerBatch.objects.create(state="DRAFT", actor_id="us_1", actor_label="Alice", created_at=clock.now())
    return batch.public_id


def _finding() -> str:
    pull(_connection(), {"purchaseOrderState": "New"})
    return Finding.objects.get().public_id


def _item() -> str:
    return make_item(f"SKU-{Item.objects.count()}").public_id


def _stocked() -> Item:
    return make_stocked_item(f"STOCKED-{Item.objects.count()}")


def _reservation() -> str:
    item = _stocked()
    return reserve(item, 1, item.sku).public_id


def _inbound() -> str:
    item = _stocked()
    return make_inbound(item, reference=item.sku).public_id


def _proposal() -> str:
    outcome = propose_identifier(
        item_public_id=_item(), wanted=NewIdentifier("VENDOR_SKU", "V-1"), actor=BOB, person="us_bob", now=clock.now()
    )
    assert outcome.proposal is not None
    return outcome.proposal.public_id


def _invitation() -> str:
    return Invitation.objects.create(
        tenant=_tenant(), email="new@acme.example", role=Role.VIEWER, token_hash="0" * 64,
        expires_at=clock.now() + timedelta(days=1),
    ).public_id  # fmt: skip


def _token() -> str:
    make_token(_tenant(), name="theirs")
    return ApiToken.objects.get(tenant=_tenant(), name="theirs").public_id


def _unmapped() -> str:
    return UnmappedProduct.objects.create(
        marketplace="US", asin="B0THEIRS00", vendor_sku="", problem="UNKNOWN", line_count=1, total_eaches=1, amount=1,
        currency="USD", first_seen_at=clock.now(),
    ).public_id  # fmt: skip


def _difference() -> str:
    order = make_order(_connection())
    give_items(order)
    line = PurchaseOrderLine.objects.get(order=order)
    return CostDifference.objects.create(
        order=order, sequence=line.sequence, item_id=line.item_id, vendor_code=order.vendor_code, currency="USD",
        po_cost=1, agreed_cost=2, eaches=10, amount=-10, seen_at=clock.now(),
    ).public_id  # fmt: skip


def _import() -> str:
    """With a file of refused rows, as if it had been read."""
    run = start_import()
    run.error_file = File.objects.get(public_id=make_file().public_id)
    run.save(update_fields=["error_file"])
    return run.public_id


def _export() -> str:
    asker = Membership.objects.filter(tenant=_tenant()).first() or make_member(_tenant(), email="asked@acme.example")
    return Export.objects.create(
        user=asker.user, method="GET", path="/stock/", query="format=csv", language="en", time_zone="UTC",
        filename="stock.csv", right="stock.view", created_at=clock.now(),
    ).public_id  # fmt: skip


def _vendor_code() -> str:
    return VendorCode.objects.get_or_create(group=_connection().group, code="THEIRS")[0].public_id


def _trial() -> str:
    return PolicyTrial.objects.create(
        vendor_code="THEIRS", days=90, actor_label="test", created_at=clock.now()
    ).public_id  # fmt: skip


def _paper_job() -> str:
    return queue.enqueue(
        MAKE_PAPER, kind="pick-list", form="pdf", order_ids=[], actor_id="us_x", actor_label="x", language="en", zone="UTC"
    ).public_id  # fmt: skip


THINGS: dict[str, Callable[[], str]] = {
    "connections": lambda: _connection().public_id,
    "vendor-connections": lambda: _connection().public_id,
    "syncs": _run,
    "sync-runs": _run,
    "exchanges": _exchange,
    "submissions": _submission,
    "orders": _order,
    "batches": _batch,
    "papers": _paper_job,
    "unmapped": _unmapped,
    "cost-differences": _difference,
    "policies": _vendor_code,
    "trials": _trial,
    "findings": _finding,
    "acknowledgements": _acknowledgement,
    "purchase-orders": _order,
    "items": _item,
    "identifier-proposals": _proposal,
    "warehouses": lambda: make_warehouse().public_id,
    "costs": lambda: make_cost("COSTED").public_id,
    "agreed-costs": lambda: make_cost("COSTED").public_id,
    "directory": lambda: make_address().public_id,
    "customer-numbers": lambda: make_customer_number().public_id,
    "imports": _import,
    "profiles": lambda: save_profile().public_id,
    "exports": _export,
    "files": lambda: make_file().public_id,
    "stock-reservations": _reservation,
    "inbound": _inbound,
    "stock-inbound": _inbound,
    "jobs": lambda: queue.enqueue("alerts.send_mail", alert_id=0).public_id,
    "team": lambda: make_member(_tenant(), Role.FINANCE, "target@acme.example").user.public_id,
    "invitations": _invitation,
    "tokens": _token,
    "shipments": _shipment,
    "asns": _asn,
    "carton-types": _carton_type,
}
