"""The least a client needs: sign in once, send, show the answer as it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.support.simulator import World

ORDERS = "/vendor/orders/v1/purchaseOrders"
STATUS = "/vendor/orders/v1/purchaseOrdersStatus"
ACKNOWLEDGEMENTS = "/vendor/orders/v1/acknowledgements"
CONFIRMATIONS = "/vendor/shipping/v1/shipmentConfirmations"
SHIPMENTS = "/vendor/shipping/v1/shipments"
LABELS = "/vendor/shipping/v1/transportLabels"
TRANSACTIONS = "/vendor/transactions/v1/transactions"


def moment(**ago: float) -> str:
    """Some time ago (or ahead, negative), as Amazon wants it written."""
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sign_in(world: World, **form: str | None) -> requests.Response:
    """One call of the token operation with the world's credentials; None leaves a field out."""
    fields = {
        "grant_type": "refresh_token",
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "refresh_token": world.refresh_token,
        **form,
    }
    data = {name: value for name, value in fields.items() if value is not None}
    return requests.post(world.simulator.token_url, data=data, timeout=10)


class Client:
    def __init__(self, world: World) -> None:
        self.world = world
        self.base = world.simulator.url
        self.session = requests.Session()
        self.session.headers["x-amz-access-token"] = sign_in(world).json()["access_token"]

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return self.session.get(f"{self.base}{path}", params=parameters, timeout=10)

    def payload(self, path: str, **parameters: Any) -> dict[str, Any]:
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.text
        payload: dict[str, Any] = answer.json()["payload"]
        return payload

    def numbers(self, path: str = ORDERS, **parameters: Any) -> list[str]:
        """The order numbers of one page, as they came."""
        payload = self.payload(path, **parameters)
        rows = payload["ordersStatus" if path == STATUS else "orders"]
        return [row["purchaseOrderNumber"] for row in rows]

    def order(self, number: str) -> dict[str, Any]:
        return self.payload(f"{ORDERS}/{number}")

    def status(self, number: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.payload(STATUS, purchaseOrderNumber=number)["ordersStatus"]
        assert len(rows) == 1
        return rows[0]

    def post(self, path: str, body: object, **options: Any) -> requests.Response:
        return self.session.post(f"{self.base}{path}", json=body, timeout=10, **options)

    def acknowledge(self, *acknowledgements: dict[str, Any]) -> str:
        """Send them in one document; returns the transaction id."""
        answer = self.post(ACKNOWLEDGEMENTS, {"acknowledgements": list(acknowledgements)})
        assert answer.status_code == 202, answer.text
        transaction_id: str = answer.json()["payload"]["transactionId"]
        return transaction_id

    def confirm(self, *confirmations: dict[str, Any]) -> str:
        """Send shipment confirmations in one document; returns the transaction id."""
        answer = self.post(CONFIRMATIONS, {"shipmentConfirmations": list(confirmations)})
        assert answer.status_code == 202, answer.text
        transaction_id: str = answer.json()["payload"]["transactionId"]
        return transaction_id

    def request_pickup(self, *shipments: dict[str, Any]) -> str:
        """Send pickup requests in one document; returns the transaction id."""
        answer = self.post(SHIPMENTS, {"shipments": list(shipments)})
        assert answer.status_code == 202, answer.text
        transaction_id: str = answer.json()["payload"]["transactionId"]
        return transaction_id

    def pickups(self, **parameters: Any) -> list[dict[str, Any]]:
        """The first page of shipment details."""
        found: list[dict[str, Any]] = self.payload(SHIPMENTS, **parameters)["shipments"]
        return found

    def codes(self, transaction_id: str) -> list[str]:
        """The error codes of a transaction, [] unless it failed."""
        return [error["code"] for error in self.transaction(transaction_id).get("errors", [])]

    def transaction(self, transaction_id: str) -> dict[str, Any]:
        status: dict[str, Any] = self.payload(f"{TRANSACTIONS}/{transaction_id}")["transactionStatus"]
        return status
