"""ASNs as plain values, and what Amazon's own model and SDK say to their bodies."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from spapi.models import vendor_shipments_v1 as official

from shipments import amazon
from shipments.rules import Box, Goods, LineKey, Notice, NoticeLine, Party, Transport
from shipments.rules.notices import volume_of
from shipments.types import AsnType
from tests.simulator import test_models

NOW = datetime(2026, 11, 24, 12, 0, 0, 987654, tzinfo=UTC)
ADDRESS = {"name": "Acme", "address_line_1": "2 Street", "city": "Reno", "country_code": "US"}
SSCC = "006141410000000012"


def box(position: int = 1, *goods: Goods, **fields: Any) -> Box:
    values: dict[str, Any] = {
        "sscc": f"{position:018}", "length_mm": 400, "width_mm": 300, "height_mm": 250, "weight_g": 5250,
    }  # fmt: skip
    return Box(position, goods or (Goods("PO000001", "1", 12),), **values | fields)


def transport(**fields: Any) -> Transport:
    values: dict[str, Any] = {
        "mode": "LTL", "transportation_mode": "ROAD", "shipped_at": NOW - timedelta(minutes=5),
        "estimated_at": NOW + timedelta(days=2), "carrier_scac": "ABCD", "pro_number": "PRO-778812",
        "bol_number": "ACMUS00000042",
    }  # fmt: skip
    return Transport(**values | fields)


def notice(*boxes: Box, lines: tuple[NoticeLine, ...] = (), **fields: Any) -> Notice:
    boxes = boxes or (box(),)
    keys = dict.fromkeys(goods.line for each in boxes for goods in each.goods)
    known = {line.key: line for line in lines}
    values: dict[str, Any] = {
        "identifier": "SH-000001", "structure": "LOOSE_STANDARD", "selling": Party("ACMUS"),
        "ship_from": Party("ACMWH", ADDRESS), "ship_to": Party("PHX7", ADDRESS), "transport": transport(),
        "lines": tuple(known.get(key) or line_of(key) for key in keys), "volume_cm3": volume_of(boxes),
    }  # fmt: skip
    return Notice(boxes=boxes, **values | fields)


def line_of(key: LineKey, **fields: Any) -> NoticeLine:
    return NoticeLine(*key, **{"asin": f"B00000000{key.sequence}", "vendor_sku": f"SKU-{key.sequence}"} | fields)


def build(told: Notice, *, type: AsnType = AsnType.ORIGINAL, at: datetime = NOW) -> dict[str, Any]:
    """The one document in the body, which Amazon's classes and model take as it is."""
    body = amazon.build_confirmation(told, type=type, at=at)
    assert official_of(body) == body
    if test_models.MODELS is not None:
        test_models.check(body, "SubmitShipmentConfirmationsRequest", "vendorShipments.json")
    (found,) = body["shipmentConfirmations"]
    return found


def official_of(body: dict[str, Any], kind: str = "SubmitShipmentConfirmationsRequest") -> Any:
    """The body through Amazon's own classes and back: their setters refuse values that are not allowed."""

    def read(kind: str, value: Any) -> Any:
        if kind.lower().startswith("list["):
            return [read(kind[5:-1], entry) for entry in value]
        cls = getattr(official, kind, None)
        if cls is None or not hasattr(cls, "attribute_map"):
            return value
        names = {theirs: ours for ours, theirs in cls.attribute_map.items()}
        assert set(value) <= set(names), set(value) - set(names)
        made = cls(**{names[key]: read(cls.swagger_types[names[key]], entry) for key, entry in value.items()})
        return {key: entry for key, entry in value.items() if getattr(made, names[key]) is not None}

    return read(kind, json.loads(json.dumps(body)))
