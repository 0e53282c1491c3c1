"""Labels for tests and benchmarks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from shipments.labels import LabelData, LabelKind, find_template
from shipments.rules.sscc import Sscc

PREFIX = "0614141"
TODAY = date(2026, 11, 24)
US = find_template("US", TODAY)


def make_label(serial: int = 0, **values: Any) -> LabelData:
    """A carton of one item from Shenzhen to Phoenix."""
    usual: dict[str, Any] = {
        "kind": LabelKind.CARTON,
        "sscc": str(Sscc("0", PREFIX, serial)),
        "ship_from": (
            "深圳市华强北电子有限公司", "Huaqiang North Road 1058, Futian", "Shenzhen, Guangdong 518000", "CHINA",
        ),
        "ship_to": ("Amazon.com Services LLC", "6835 W. Buckeye Rd", "Phoenix, AZ 85043-4428", "UNITED STATES"),
        "ship_to_code": "PHX6",
        "purchase_orders": ("4Z32PABC",),
        "item_code": "B08N5WRWNW",
        "item_title": "Kettle 1.7 l, stainless steel, 不锈钢电热水壶",
        "eaches": 24,
        "position": serial + 1,
        "count": 5_000,
        "cases": 2,
        "carrier": "Old Dominion (ODFL)",
        "pro_number": "123456789",
        "bol_number": "ACM00012345",
    }  # fmt: skip
    return LabelData(**(usual | values))


def make_labels(count: int) -> Iterator[LabelData]:
    """The cartons of orders of forty cartons with ten items each, every seventh mixed."""
    for serial in range(count):
        order, item = serial // 40, serial // 10
        is_mixed = serial % 7 == 6
        yield make_label(
            serial,
            count=count,
            purchase_orders=(f"4Z{order:04}BC",) if not is_mixed else (f"4Z{order:04}BC", f"5Q{order:04}DE"),
            item_code="" if is_mixed else f"B0{item:08}",
            item_title="" if is_mixed else f"Kettle number {item}, stainless steel, 不锈钢电热水壶",
        )  # fmt: skip
