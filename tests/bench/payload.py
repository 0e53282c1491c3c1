"""Made-up pages of purchase orders, the same in each run: what the benchmarks fetch."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

ORDERS_A_PAGE = 100
LINES_AN_ORDER = 10
_CENTRES = ("ABE2", "PHX7", "ONT8", "MDW2", "DFW6", "SAV3", "TEB9", "GYR3")
_CODES = ("ACMUS", "ACMU2", "ACMU3")
_STATES = ("New", "Acknowledged", "Closed", "Closed")


def make_page(number: int, *, first: datetime, span: timedelta) -> list[dict[str, Any]]:
    """One page of orders, placed within `span` from `first`. The same number gives the same orders."""
    dice = random.Random(number)
    return [_order(number * ORDERS_A_PAGE + place, dice, first, span) for place in range(ORDERS_A_PAGE)]


def _order(serial: int, dice: random.Random, first: datetime, span: timedelta) -> dict[str, Any]:
    ordered = first + span * dice.random()
    centre = dice.choice(_CENTRES)
    return {
        "purchaseOrderNumber": f"{serial:08d}".translate(str.maketrans("0123456789", "0123456BCD")),
        "purchaseOrderState": dice.choice(_STATES),
        "orderDetails": {
            "purchaseOrderDate": _text(ordered),
            "purchaseOrderStateChangedDate": _text(ordered + timedelta(hours=dice.randint(0, 20))),
            "purchaseOrderType": dice.choice(("RegularOrder", "RegularOrder", "RushOrder", "NewProductIntroduction")),
            "paymentMethod": "Invoice",
            "buyingParty": {"partyId": "AMZN1"},
            "sellingParty": {"partyId": dice.choice(_CODES)},
            "shipToParty": {
                "partyId": centre,
                "address": {
                    "name": f"Amazon.com Services LLC {centre}",
                    "addressLine1": f"{dice.randint(1, 9999)} Commerce Drive",
                    "city": "Allentown",
                    "stateOrRegion": "PA",
                    "postalCode": f"{dice.randint(10000, 99999)}",
                    "countryCode": "US",
                },
            },
            "billToParty": {"partyId": "AMZB1"},
            "shipWindow": f"{_text(ordered + timedelta(days=3))}--{_text(ordered + timedelta(days=10))}",
            "deliveryWindow": f"{_text(ordered + timedelta(days=5))}--{_text(ordered + timedelta(days=14))}",
            "items": [_item(place + 1, dice) for place in range(LINES_AN_ORDER)],
        },
    }


def _item(sequence: int, dice: random.Random) -> dict[str, Any]:
    product = dice.randrange(400)
    cost = dice.randint(200, 9000)
    in_cases = product % 4 == 0
    return {
        "itemSequenceNumber": str(sequence),
        "amazonProductIdentifier": f"B0{product:08d}",
        "vendorProductIdentifier": f"SKU-{product:05d}",
        "orderedQuantity": {
            "amount": dice.randint(1, 40),
            "unitOfMeasure": "Cases" if in_cases else "Eaches",
            "unitSize": 12 if in_cases else 1,
        },
        "isBackOrderAllowed": product % 2 == 0,
        "netCost": {"currencyCode": "USD", "amount": f"{cost / 100:.2f}"},
        "listPrice": {"currencyCode": "USD", "amount": f"{cost * 2 / 100:.2f}"},
    }


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
