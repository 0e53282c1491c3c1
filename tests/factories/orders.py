"""Orders as Amazon sends them, and the connection that they come through."""

from datetime import UTC, datetime, timedelta
from typing import Any

from acorn.core.actor import Actor
from acorn.files.services import store_raw
from catalog.models import Item
from orders.models import Acknowledgement, PurchaseOrder, PurchaseOrderLine
from orders.rules import CONFIRMABLE
from orders.services import acknowledge, ingest_orders, ingest_statuses
from orders.types import AnswerOrigin, Counts, LineAnswer
from tests.factories.stock import make_stocked_item
from vendors.models import Connection, VendorGroup

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ACTOR = Actor.system("test")


def make_connection(code: str = "GROUP1", **fields: Any) -> Connection:
    group, _ = VendorGroup.objects.get_or_create(environment="SIMULATOR", region="NA", code=code)
    values = {
        "name": code, "environment": "SIMULATOR", "region": "NA", "marketplace": "US", "client_id": "client",
        "created_at": NOW - timedelta(days=1), "credentials_changed_at": NOW - timedelta(days=1),
    }  # fmt: skip
    return Connection.objects.create(group=group, **values | fields)


def item(sequence: str = "1", amount: Any = 10, **fields: Any) -> dict[str, Any]:
    """A line as the orders API has it."""
    return {
        "itemSequenceNumber": sequence,
        "amazonProductIdentifier": f"B00000000{sequence}",
        "vendorProductIdentifier": f"SKU-{sequence}",
        "orderedQuantity": {"amount": amount, "unitOfMeasure": "Eaches", "unitSize": 1},
        "isBackOrderAllowed": True,
        "netCost": {"currencyCode": "USD", "amount": "2.50"},
        "listPrice": {"currencyCode": "USD", "amount": "5.00"},
    } | fields


def party(party_id: str) -> dict[str, Any]:
    """A party of Amazon's with its address."""
    address = {"name": "Amazon.com", "addressLine1": "1 Road", "city": "Phoenix", "countryCode": "US"}
    return {"partyId": party_id, "address": address}


def order(number: str = "PO000001", state: str = "New", items: Any = None, **details: Any) -> dict[str, Any]:
    """An order as the orders API has it; `details` go into orderDetails, and None takes a field away."""
    found = {
        "purchaseOrderDate": "2026-11-20T08:00:00Z",
        "purchaseOrderStateChangedDate": "2026-11-20T08:00:00Z",
        "purchaseOrderType": "RegularOrder",
        "paymentMethod": "Invoice",
        "buyingParty": {"partyId": "AMZN1"},
        "sellingParty": {"partyId": "ACMUS"},
        "shipToParty": party("PHX7"),
        "billToParty": party("AMZB1"),
        "shipWindow": "2026-11-24T08:00:00Z--2026-11-28T08:00:00Z",
        "deliveryWindow": "2026-11-26T08:00:00Z--2026-11-30T08:00:00Z",
        "items": [item()] if items is None else items,
    } | details
    return {
        "purchaseOrderNumber": number,
        "purchaseOrderState": state,
        "orderDetails": {key: value for key, value in found.items() if value is not None},
    }


def status_item(sequence: str = "1", ordered: int = 10, accepted: int = 0, rejected: int = 0, received: int = 0,
                **fields: Any) -> dict[str, Any]:  # fmt: skip
    """A line as the status API has it, in eaches."""
    return {
        "itemSequenceNumber": sequence,
        "buyerProductIdentifier": f"B00000000{sequence}",
        "vendorProductIdentifier": f"SKU-{sequence}",
        "orderedQuantity": {
            "orderedQuantity": eaches(ordered),
            "orderedQuantityDetails": [{"updatedDate": "2026-11-20T08:00:00Z", "orderedQuantity": eaches(ordered)}],
        },
        "acknowledgementStatus": {
            "confirmationStatus": "ACCEPTED" if accepted else "UNCONFIRMED",
            "acceptedQuantity": eaches(accepted),
            "rejectedQuantity": eaches(rejected),
        },
        "receivingStatus": {"receiveStatus": "NOT_RECEIVED", "receivedQuantity": eaches(received)},
    } | fields


def eaches(amount: int) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": "Eaches", "unitSize": 1}


def cases(amount: int, size: int) -> dict[str, Any]:
    return {"amount": amount, "unitOfMeasure": "Cases", "unitSize": size}


def status(number: str = "PO000001", *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An order as the status API has it."""
    return {
        "purchaseOrderNumber": number,
        "purchaseOrderStatus": "OPEN",
        "purchaseOrderDate": "2026-11-20T08:00:00Z",
        "lastUpdatedDate": "2026-11-20T09:00:00Z",
        "sellingParty": {"partyId": "ACMUS"},
        "shipToParty": {"partyId": "PHX7"},
        "itemStatus": list(items),
    } | fields


def pull(connection: Connection, *rows: Any, at: datetime = NOW) -> Counts:
    """One page of orders, as the pull task stores it."""
    raw = store_raw(b"{}", source="getPurchaseOrders", received_at=at, connection_id=connection.pk)
    return ingest_orders(
        connection=connection, rows=rows, raw_document_id=raw.pk, exchange_id="ex_test", received_at=at
    )


def pull_status(connection: Connection, *rows: Any, at: datetime = NOW) -> Counts:
    """One page of statuses, as the pull task stores it."""
    raw = store_raw(b"{}", source="getPurchaseOrdersStatus", received_at=at, connection_id=connection.pk)
    return ingest_statuses(connection=connection, rows=rows, raw_document_id=raw.pk, received_at=at)


def make_order(connection: Connection, number: str = "PO000001", **fields: Any) -> PurchaseOrder:
    """A stored order."""
    pull(connection, order(number, **fields))
    return PurchaseOrder.objects.get(number=number, group_id=connection.group_id)


def give_items(order: PurchaseOrder, on_hand: int | None = 1000) -> None:
    """Let each line have an item of its own, with so much in stock."""
    for line in PurchaseOrderLine.objects.filter(order=order):
        sku = f"OWN-{line.sequence}"
        item = Item.objects.filter(sku=sku).first() or make_stocked_item(sku, on_hand)
        PurchaseOrderLine.objects.filter(pk=line.pk).update(item=item, item_problem="")


def make_answer(order: PurchaseOrder, *answers: LineAnswer, at: datetime = NOW, **fields: Any) -> Acknowledgement:
    """An answer to a stored order; all of each line is accepted unless `answers` say otherwise. Its items are made, too."""
    lines = PurchaseOrderLine.objects.filter(order=order)
    if any(line.item_id is None for line in lines):
        give_items(order)
    values: dict[str, Any] = {"origin": AnswerOrigin.PERSON, "confirmed": CONFIRMABLE, "actor": ACTOR, "now": at}
    said = answers or tuple(LineAnswer(line.sequence, line.ordered_eaches) for line in lines)
    return acknowledge(order_public_id=order.public_id, answers=said, **values | fields)
