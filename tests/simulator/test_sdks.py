"""Amazon's own SDK and the most used library of others run every vendor order and transaction operation unchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sp_api.api import VendorOrders, VendorShipments, VendorTransactionStatus
from sp_api.auth import AccessTokenClient
from sp_api.base import SellingApiBadRequestException, SellingApiForbiddenException
from spapi import ApiException, SPAPIClient, SPAPIConfig
from spapi.api.vendor_orders_v1.vendor_orders_api import VendorOrdersApi
from spapi.api.vendor_shipments_v1.vendor_shipment_api import VendorShipmentApi
from spapi.api.vendor_transaction_status_v1.vendor_transaction_api import VendorTransactionApi

from tests.simulator.client import Client, moment
from tests.simulator.documents import acknowledgement
from tests.simulator.shipments import acknowledged, confirmation, pickup_request
from tests.support.simulator import World

# -- Amazon's own: amzn-sp-api -----------------------------------------------------------------------------------------


@pytest.fixture
def amazon_sdk(world: World) -> Any:
    config = SPAPIConfig(
        client_id=world.client_id, client_secret=world.client_secret, refresh_token=world.refresh_token, region="NA"
    )
    return SPAPIClient(config, oauth_endpoint=world.simulator.token_url, endpoint=world.simulator.url).api_client


def test_amazons_sdk_reads_pages_of_orders(world: World, amazon_sdk: Any) -> None:
    numbers = world.make_orders(5)
    api = VendorOrdersApi(amazon_sdk)
    window = {"created_after": moment(hours=1), "created_before": moment(seconds=-5)}

    first = api.get_purchase_orders(limit=3, **window).payload
    second = api.get_purchase_orders(limit=3, next_token=first.pagination.next_token, **window).payload

    found = [order.purchase_order_number for order in (*first.orders, *second.orders)]
    assert sorted(found) == sorted(numbers)
    assert second.pagination is None
    assert first.orders[0].order_details.items[0].net_cost.currency_code == "USD"
    assert len(api.get_purchase_orders(include_details=False, purchase_order_state="New").payload.orders) == 5


def test_amazons_sdk_reads_one_order_and_its_status(world: World, amazon_sdk: Any) -> None:
    number = world.make_orders(1, lines=2)[0]
    api = VendorOrdersApi(amazon_sdk)

    order = api.get_purchase_order(number).payload
    status = api.get_purchase_orders_status(purchase_order_number=number, purchase_order_status="OPEN").payload

    assert order.purchase_order_state == "New"
    assert order.order_details.purchase_order_date.tzinfo is not None
    line = status.orders_status[0].item_status[0]
    assert line.acknowledgement_status.confirmation_status == "UNCONFIRMED"
    assert line.buyer_product_identifier == order.order_details.items[0].amazon_product_identifier


def test_amazons_sdk_acknowledges_and_asks_what_became_of_it(world: World, amazon_sdk: Any) -> None:
    number = world.make_orders(1)[0]
    api = VendorOrdersApi(amazon_sdk)
    document = acknowledgement(amazon_sdk.sanitize_for_serialization(api.get_purchase_order(number).payload))

    transaction_id = api.submit_acknowledgement({"acknowledgements": [document]}).payload.transaction_id
    status = VendorTransactionApi(amazon_sdk).get_transaction(transaction_id).payload.transaction_status

    assert (status.transaction_id, status.status) == (transaction_id, "Processing")
    assert api.get_purchase_order(number).payload.purchase_order_state == "Acknowledged"


def test_amazons_sdk_ships(world: World, client: Client, amazon_sdk: Any) -> None:
    order = acknowledged(world, client, freight="collect")
    api = VendorShipmentApi(amazon_sdk)
    request = pickup_request(order, transportationDetails={"shipMode": "SmallParcel"})

    asked = api.submit_shipments({"shipments": [request]}).payload.transaction_id
    [pickup] = api.get_shipment_details(current_shipment_status="CarrierAssigned").payload.shipments
    [label] = api.get_shipment_labels(
        vendor_shipment_identifier=request["vendorShipmentIdentifier"]
    ).payload.transport_labels
    document = confirmation(order, amazonReferenceNumber=pickup.buyer_reference_number)
    sent = api.submit_shipment_confirmations({"shipmentConfirmations": [document]}).payload.transaction_id

    status = VendorTransactionApi(amazon_sdk).get_transaction
    assert [status(id_).payload.transaction_status.status for id_ in (asked, sent)] == ["Success", "Success"]
    assert pickup.collect_freight_pickup_details.scheduled_pick_up.tzinfo is not None
    assert label.shipment_information.total_label_count == len(label.label_data) == 3
    [pickup] = api.get_shipment_details(buyer_reference_number=pickup.buyer_reference_number).payload.shipments
    assert pickup.current_shipment_status == "Shipped"


def test_amazons_sdk_sees_errors_as_errors(world: World, amazon_sdk: Any) -> None:
    api = VendorOrdersApi(amazon_sdk)

    with pytest.raises(ApiException) as missing:
        api.get_purchase_order("0MISSING")
    world.add_fault("throttled")
    with pytest.raises(ApiException) as throttled:
        api.get_purchase_orders()

    assert (missing.value.status, throttled.value.status) == (404, 429)


# -- the other: python-amazon-sp-api -----------------------------------------------------------------------------------


def others_sdk(world: World, api: type[Any]) -> Any:
    """A client of the library, turned to our address: it knows Amazon's hosts only, and https."""
    address = world.simulator.url.removeprefix("http://")

    class OurTokens(AccessTokenClient):  # type: ignore[misc]
        scheme = "http://"
        host = address

    return api(
        marketplace=SimpleNamespace(endpoint=world.simulator.url, marketplace_id="ATVPDKIKX0DER", region="us-east-1"),
        refresh_token=world.refresh_token,
        credentials={"lwa_app_id": world.client_id, "lwa_client_secret": world.client_secret},
        auth_token_client_class=OurTokens,
    )


def test_other_sdk_reads_pages_of_orders(world: World) -> None:
    numbers = world.make_orders(5)
    api = others_sdk(world, VendorOrders)
    window = {
        "createdAfter": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        "createdBefore": (datetime.now(UTC) + timedelta(seconds=5)).isoformat(),
    }

    first = api.get_purchase_orders(limit=3, **window)
    second = api.get_purchase_orders(limit=3, nextToken=first.next_token, **window)

    found = [order["purchaseOrderNumber"] for order in (*first.payload["orders"], *second.payload["orders"])]
    assert sorted(found) == sorted(numbers)
    assert second.next_token is None
    assert first.rate_limit == "10.0"


def test_other_sdk_reads_one_order_and_its_status(world: World) -> None:
    number = world.make_orders(1)[0]
    api = others_sdk(world, VendorOrders)

    assert api.get_purchase_order(number).payload["purchaseOrderNumber"] == number
    statuses = api.get_purchase_orders_status(purchaseOrderNumber=number).payload["ordersStatus"]
    assert [status["purchaseOrderStatus"] for status in statuses] == ["OPEN"]


def test_other_sdk_acknowledges_and_asks_what_became_of_it(world: World) -> None:
    number = world.make_orders(1)[0]
    api = others_sdk(world, VendorOrders)
    document = acknowledgement(api.get_purchase_order(number).payload)

    transaction_id = api.submit_acknowledgement(acknowledgements=[document]).payload["transactionId"]
    status = others_sdk(world, VendorTransactionStatus).get_transaction(transaction_id).payload["transactionStatus"]

    assert status == {"transactionId": transaction_id, "status": "Processing"}
    assert api.get_purchase_order(number).payload["purchaseOrderState"] == "Acknowledged"


def test_other_sdk_reads_pickups_and_is_refused_what_it_adds_to_a_post(world: World, client: Client) -> None:
    order = acknowledged(world, client, freight="collect")
    client.request_pickup(pickup_request(order, transportationDetails={"shipMode": "SmallParcel"}))
    api = others_sdk(world, VendorShipments)

    [pickup] = api.get_shipment_details().payload["shipments"]
    [label] = api.get_shipment_labels(limit=10).payload["transportLabels"]

    assert pickup["currentShipmentStatus"] == "CarrierAssigned"
    assert label["labelData"][0]["labelFormat"] == "PDF"
    # It puts marketplaceIds into the body, which the strict schema of Amazon does not know.
    with pytest.raises(SellingApiBadRequestException, match="marketplaceIds"):
        api.submit_shipment_confirmations(shipmentConfirmations=[confirmation(order)])


def test_other_sdk_sees_errors_as_errors(world: World) -> None:
    api = others_sdk(world, VendorOrders)

    with pytest.raises(SellingApiBadRequestException):
        api.get_purchase_orders(limit=0)
    world.post("expire-tokens")
    with pytest.raises(SellingApiForbiddenException):
        api.get_purchase_orders()
