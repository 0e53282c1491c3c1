"""An answer in Amazon's words: the body of `submitAcknowledgement`."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from acorn.core.money import exact
from orders.amazon.orders import ADDRESS
from orders.types import CASES, LineAnswer, LineSnapshot, RejectionReason

_REASONS = {
    RejectionReason.TEMPORARILY_UNAVAILABLE: "TemporarilyUnavailable",
    RejectionReason.INVALID_PRODUCT_IDENTIFIER: "InvalidProductIdentifier",
    RejectionReason.OBSOLETE_PRODUCT: "ObsoleteProduct",
}
# what the reader puts after, or in place of, a sequence number that came twice or not at all
_INVENTED = re.compile(r"\?[0-9]+$")
_TAX_TYPES = ("VAT", "GST")


def build_acknowledgement(
    *,
    number: str,
    vendor_code: str,
    selling_party: Mapping[str, Any],
    at: datetime,
    lines: Iterable[tuple[LineSnapshot, LineAnswer]],
) -> dict[str, Any]:
    """The whole body, one order, in the order of Amazon's model: its backend reads by a strict schema.

    `selling_party` is what came with the order beside its id: {"address", "tax"}. Identifiers go back as they came and
    are left out where none came; quantities are in the order's own unit; a line that Amazon ordered nothing of is left
    out, for there is nothing to say about it. Call it with what `rules.check_answer` let pass.
    """
    acknowledgement = {
        "purchaseOrderNumber": number,
        "sellingParty": _party(vendor_code, selling_party),
        "acknowledgementDate": _instant(at),
        "items": [_item(line, answer) for line, answer in lines if line.amount > 0],
    }
    return {"acknowledgements": [acknowledgement]}


def _party(party_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Half an address would be refused by the schema: it goes back whole or not at all."""
    party: dict[str, Any] = {"partyId": party_id}
    address = {theirs: known.get("address", {}).get(ours) for theirs, ours in ADDRESS.items()}
    if address["name"] and address["addressLine1"] and address["countryCode"]:
        party["address"] = {name: value for name, value in address.items() if value}
    tax = known.get("tax", {})
    if tax.get("tax_number") and tax.get("tax_type") in _TAX_TYPES:
        party["taxInfo"] = {"taxRegistrationType": tax["tax_type"], "taxRegistrationNumber": tax["tax_number"]}
    return party


def _item(line: LineSnapshot, answer: LineAnswer) -> dict[str, Any]:
    identifiers = {
        "itemSequenceNumber": _INVENTED.sub("", line.sequence),
        "amazonProductIdentifier": line.asin,
        "vendorProductIdentifier": line.vendor_sku,
    }
    item: dict[str, Any] = {name: value for name, value in identifiers.items() if value}
    item["orderedQuantity"] = _quantity(line, line.eaches)
    cost = line.net_cost if answer.net_cost is None else answer.net_cost
    if cost is not None:
        item["netCost"] = _money(cost, line)
    item["itemAcknowledgements"] = _parts(line, answer)
    return item


def _parts(line: LineSnapshot, answer: LineAnswer) -> list[dict[str, Any]]:
    """One part per code that has a quantity: Amazon takes no zeros. A rejection has a reason and no dates."""
    parts: list[dict[str, Any]] = []
    for code, eaches, ship_at, delivery_at in (
        ("Accepted", answer.accepted, answer.scheduled_ship_at, answer.scheduled_delivery_at),
        ("Backordered", answer.backordered, answer.backorder_ship_at, answer.backorder_delivery_at),
    ):
        if eaches:
            part = {"acknowledgementCode": code, "acknowledgedQuantity": _quantity(line, eaches)}
            if ship_at:
                part["scheduledShipDate"] = _instant(ship_at)
            if delivery_at:
                part["scheduledDeliveryDate"] = _instant(delivery_at)
            parts.append(part)
    if answer.rejected:
        parts.append(
            {
                "acknowledgementCode": "Rejected",
                "acknowledgedQuantity": _quantity(line, answer.rejected),
                "rejectionReason": _REASONS[RejectionReason(answer.rejection_reason)],
            }
        )
    return parts


def _quantity(line: LineSnapshot, eaches: int) -> dict[str, Any]:
    amount = eaches // line.unit_size if line.unit == CASES else eaches
    return {"amount": amount, "unitOfMeasure": line.unit, "unitSize": line.unit_size}


def _money(cost: Decimal, line: LineSnapshot) -> dict[str, str]:
    """Exact, with the currency's usual decimals at least; the unit only where the line is priced by weight."""
    money = {"currencyCode": line.currency, "amount": exact(cost, line.currency)}
    return money | {"unitOfMeasure": line.price_unit} if line.price_unit else money


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
