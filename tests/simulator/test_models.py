"""Each answer fits Amazon's official models, with not one field that they do not know.

The models live beside the project, not in it; where they are absent these tests are skipped.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.simulator.client import (
    ACKNOWLEDGEMENTS,
    CONFIRMATIONS,
    LABELS,
    ORDERS,
    SHIPMENTS,
    STATUS,
    TRANSACTIONS,
    Client,
)
from tests.simulator.documents import acknowledgement
from tests.simulator.shipments import acknowledged, confirmation, pickup_request
from tests.support.simulator import World


def _models() -> Path | None:
    """The folder named by SP_API_MODELS, or ``shared/sp-api-models`` beside any folder that holds the project."""
    if named := os.environ.get("SP_API_MODELS"):
        return Path(named)
    places = (parent / "shared" / "sp-api-models" for parent in Path(__file__).resolve().parents)
    return next((place for place in places if place.is_dir()), None)


MODELS = _models()
pytestmark = pytest.mark.skipif(MODELS is None, reason="Amazon's models are not here; SP_API_MODELS may name them")

_formats = jsonschema.FormatChecker(formats=())
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z")
_INTERVAL = re.compile(rf"{_INSTANT.pattern}--{_INSTANT.pattern}")
_DECIMAL = re.compile(r"-?(0|([1-9]\d*))(\.\d+)?([eE][+-]?\d+)?")


@_formats.checks("date-time")
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or _INSTANT.fullmatch(value) is not None


@lru_cache
def model(name: str) -> dict[str, Any]:
    """The model, made strict: unknown fields are errors, and what only its prose says about text is checked too."""
    assert MODELS is not None
    definitions = json.loads((MODELS / name).read_text())["definitions"]
    _close(definitions)
    definitions.get("Decimal", {})["pattern"] = f"^{_DECIMAL.pattern}$"
    definitions.get("DateTimeInterval", {})["pattern"] = f"^{_INTERVAL.pattern}$"
    found: dict[str, Any] = definitions
    return found


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            schema["additionalProperties"] = False
        for value in schema.values():
            _close(value)


def check(value: object, definition: str, name: str = "vendorOrders.json") -> None:
    schema = {"$ref": f"#/definitions/{definition}", "definitions": model(name)}
    jsonschema.Draft4Validator(schema, format_checker=_formats).validate(value)


@pytest.mark.parametrize("country", ["US", "DE", "JP", "IN"])
def test_a_whole_worlds_orders_and_statuses(make_world: Callable[..., World], country: str) -> None:
    client = Client(make_world(marketplace=country, settings={"orders": 150}))

    for path, definition in ((ORDERS, "GetPurchaseOrdersResponse"), (STATUS, "GetPurchaseOrdersStatusResponse")):
        token, rows = None, 0
        while True:
            answer = client.get(path, **({"nextToken": token} if token else {})).json()
            check(answer, definition)
            rows += len(answer["payload"]["orders" if path == ORDERS else "ordersStatus"])
            token = answer["payload"].get("pagination", {}).get("nextToken")
            if token is None:
                break
        assert rows == 150


def test_a_life_of_one_order(world: World, client: Client) -> None:
    number = world.make_orders(1, lines=3)[0]

    def look() -> None:
        check(world.order(number)["document"], "Order")
        check(world.order(number)["status_document"], "OrderStatus")

    look()
    world.change(number, "quantity", line="1", amount=90)
    world.change(number, "cancel_item", line="2")
    world.change(number, "new_item")
    look()
    body = {"acknowledgements": [acknowledgement(client.order(number), {"2": []})]}
    check(body, "SubmitAcknowledgementRequest")
    answer = client.post(ACKNOWLEDGEMENTS, body)
    check(answer.json(), "SubmitAcknowledgementResponse")
    look()
    transaction = client.get(f"{TRANSACTIONS}/{answer.json()['payload']['transactionId']}").json()
    check(transaction, "GetTransactionResponse", "vendorTransactionStatus.json")
    world.post(f"orders/{number}/receive", line="1", eaches=5)
    look()
    world.post(f"orders/{number}/close")
    look()
    check(client.get(f"{ORDERS}/{number}").json(), "GetPurchaseOrderResponse")
    check(client.get(ORDERS, includeDetails="false").json(), "GetPurchaseOrdersResponse")


def test_failures_and_errors(world: World, client: Client) -> None:
    document = acknowledgement(client.order(world.make_orders(1)[0]))
    transaction_id = client.acknowledge({**document, "purchaseOrderNumber": "0MISSING"})
    failed = client.get(f"{TRANSACTIONS}/{transaction_id}").json()
    assert failed["payload"]["transactionStatus"]["status"] == "Failure"
    check(failed, "GetTransactionResponse", "vendorTransactionStatus.json")

    check(client.get(ORDERS, limit=0).json(), "GetPurchaseOrdersResponse")
    check(client.get(f"{ORDERS}/0MISSING").json(), "GetPurchaseOrderResponse")
    check(client.post(ACKNOWLEDGEMENTS, {}).json(), "SubmitAcknowledgementResponse")
    check(
        client.get(f"{TRANSACTIONS}/{transaction_id[:-1]}0").json(),
        "GetTransactionResponse",
        "vendorTransactionStatus.json",
    )
    world.add_fault("throttled")
    check(client.get(ORDERS).json(), "GetPurchaseOrdersResponse")
    world.add_fault("error_500")
    check(client.get(STATUS).json(), "GetPurchaseOrdersStatusResponse")


def test_shipments(world: World, client: Client) -> None:
    prepaid, collect = acknowledged(world, client), acknowledged(world, client, freight="collect")

    def check_shipping(value: object, definition: str) -> None:
        check(value, definition, "vendorShipments.json")

    for document in (confirmation(prepaid), confirmation(prepaid, pallet=True)):
        body = {"shipmentConfirmations": [document]}
        check_shipping(body, "SubmitShipmentConfirmationsRequest")
        check_shipping(client.post(CONFIRMATIONS, body).json(), "SubmitShipmentConfirmationsResponse")
    request = pickup_request(collect)
    request["transportationDetails"]["shipMode"] = "SmallParcel"
    check_shipping({"shipments": [request]}, "SubmitShipments")
    answer = client.post(SHIPMENTS, {"shipments": [request]}).json()
    check_shipping(answer, "SubmitShipmentConfirmationsResponse")
    transaction = client.get(f"{TRANSACTIONS}/{answer['payload']['transactionId']}").json()
    check(transaction, "GetTransactionResponse", "vendorTransactionStatus.json")

    assigned = client.get(SHIPMENTS).json()
    assert len(assigned["payload"]["shipments"]) == 1
    check_shipping(assigned, "GetShipmentDetailsResponse")
    labels = client.get(LABELS).json()
    assert len(labels["payload"]["transportLabels"]) == 1
    check_shipping(labels, "GetShipmentLabels")
    arn = assigned["payload"]["shipments"][0]["buyerReferenceNumber"]
    assert client.codes(client.confirm(confirmation(collect, amazonReferenceNumber=arn))) == []
    check_shipping(client.get(SHIPMENTS, currentShipmentStatus="Shipped").json(), "GetShipmentDetailsResponse")
    check_shipping(client.get(SHIPMENTS, limit=51).json(), "GetShipmentDetailsResponse")
    check_shipping(client.post(CONFIRMATIONS, {}).json(), "SubmitShipmentConfirmationsResponse")


def samples(operation: str) -> list[tuple[int, Any]]:
    """The status and the body of each official sample that has one."""
    assert MODELS is not None
    cases = json.loads((MODELS / "vendor-sandbox-cases.json").read_text())
    cases = cases if isinstance(cases, list) else cases["cases"]
    return [
        (case["status"], case["request_parameters"]["body"]["value"])
        for case in cases
        if case["operationId"] == operation and "value" in case["request_parameters"]["body"]
    ]


@pytest.mark.parametrize(
    ("operation", "path"), [("SubmitShipmentConfirmations", CONFIRMATIONS), ("SubmitShipments", SHIPMENTS)]
)
def test_official_shipment_samples_pass_the_door(client: Client, operation: str, path: str) -> None:
    found = samples(operation)
    assert {status for status, _body in found} == {202, 400}
    for status, body in found:
        # One sample has "string" where a decimal belongs, which is no sample of anything.
        body = json.loads(json.dumps(body).replace('"value": "string"', '"value": "1"'))
        assert client.post(path, body).status_code == status


def test_official_acknowledgement_samples_pass_the_door(client: Client) -> None:
    bodies = dict(samples("submitAcknowledgement"))

    assert client.post(ACKNOWLEDGEMENTS, bodies[202]).status_code == 202
    assert client.post(ACKNOWLEDGEMENTS, bodies[400]).status_code == 400


def test_strictness_is_real() -> None:
    """The check itself must be able to fail."""
    order = {"purchaseOrderNumber": "1ABCDEFG", "purchaseOrderState": "New"}
    check(order, "Order")
    for spoiled in ({**order, "colour": "red"}, {**order, "purchaseOrderState": "Open"}, {"purchaseOrderState": "New"}):
        with pytest.raises(jsonschema.ValidationError):
            check(copy.deepcopy(spoiled), "Order")
    with pytest.raises(jsonschema.ValidationError):
        check({"amount": "01.5"}, "Money")
