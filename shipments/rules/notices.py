"""What an ASN says, as plain values: what it is built from, checked by, stored as, and replaced from."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple


class LineKey(NamedTuple):
    """An order line, as Amazon and we both name it: number of the order, sequence number of the line."""

    order: str
    sequence: str


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a shipment. `address` has the names of `catalog.types.ADDRESS_FIELDS`; empty where nobody knows it."""

    party_id: str
    address: Mapping[str, str] = field(default_factory=dict)
    tax_type: str = ""
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """What the order says about a line that is shipped. Quantities are told in `unit`s of `unit_size` eaches."""

    order: str
    sequence: str
    asin: str = ""
    vendor_sku: str = ""
    unit: str = "Eaches"
    unit_size: int = 1
    price_unit: str = ""

    @property
    def key(self) -> LineKey:
        return LineKey(self.order, self.sequence)


@dataclass(frozen=True, slots=True)
class Goods:
    """Eaches of one order line in a carton; each lot and expiry apart. `scale_weight_g` is what the scale said."""

    order: str
    sequence: str
    eaches: int
    lot_number: str = ""
    expires_on: date | None = None
    manufactured_on: date | None = None
    origin_country: str = ""
    scale_weight_g: int | None = None

    @property
    def line(self) -> LineKey:
        return LineKey(self.order, self.sequence)


@dataclass(frozen=True, slots=True)
class Box:
    """A carton. `pallet` is the position of the one it stands on, 0 for loose. Millimetres, and grams gross."""

    position: int
    goods: tuple[Goods, ...]
    sscc: str = ""
    pallet: int = 0
    tracking_number: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class Tare:
    """A pallet. Millimetres, and grams gross."""

    position: int
    sscc: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class Transport:
    """How the goods travel. `estimated_at` is when they should be at the fulfilment centre; all by Amazon's clock."""

    mode: str
    transportation_mode: str
    shipped_at: datetime
    estimated_at: datetime | None = None
    carrier_scac: str = ""
    pro_number: str = ""
    bol_number: str = ""
    amazon_reference_number: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """All that one ASN says. `identifier` is ours, unique for a year per vendor."""

    identifier: str
    structure: str
    selling: Party
    ship_from: Party
    ship_to: Party
    transport: Transport
    lines: tuple[NoticeLine, ...]
    boxes: tuple[Box, ...]
    tares: tuple[Tare, ...] = ()
    volume_cm3: int = 0
    import_details: Mapping[str, str] = field(default_factory=dict)

    @property
    def quantities(self) -> dict[LineKey, int]:
        """Eaches by order line."""
        return count_eaches(self.boxes)

    @property
    def orders(self) -> tuple[str, ...]:
        """The numbers of the orders in it, in the order of their lines."""
        return tuple(dict.fromkeys(line.order for line in self.lines))

    def with_boxes(self, boxes: Iterable[Box]) -> "Notice":
        """The same ASN with other cartons: pallets and lines that nothing is left of are gone, measures follow."""
        kept = tuple(box for box in boxes if box.goods)
        pallets = {box.pallet for box in kept}
        keys = count_eaches(kept)
        return replace(
            self, boxes=kept, tares=tuple(tare for tare in self.tares if tare.position in pallets),
            lines=tuple(line for line in self.lines if line.key in keys), volume_cm3=volume_of(kept),
        )  # fmt: skip

    def stored(self) -> dict[str, Any]:
        """As JSON, for a row; read back with `from_stored`."""
        return _plain(asdict(self))

    @classmethod
    def from_stored(cls, row: Mapping[str, Any]) -> "Notice":
        transport = row["transport"]
        return cls(
            identifier=row["identifier"],
            structure=row["structure"],
            selling=Party(**row["selling"]),
            ship_from=Party(**row["ship_from"]),
            ship_to=Party(**row["ship_to"]),
            transport=Transport(
                **transport
                | {
                    name: transport[name] and datetime.fromisoformat(transport[name])
                    for name in ("shipped_at", "estimated_at")
                }
            ),
            lines=tuple(NoticeLine(**line) for line in row["lines"]),
            boxes=tuple(Box(**box | {"goods": tuple(_goods(each) for each in box["goods"])}) for box in row["boxes"]),
            tares=tuple(Tare(**tare) for tare in row["tares"]),
            volume_cm3=row["volume_cm3"],
            import_details=row["import_details"],
        )


def count_eaches(boxes: Iterable[Box]) -> dict[LineKey, int]:
    """Eaches by order line in cartons."""
    found: dict[LineKey, int] = {}
    for box in boxes:
        for goods in box.goods:
            found[goods.line] = found.get(goods.line, 0) + goods.eaches
    return found


def volume_of(boxes: Iterable[Box]) -> int:
    """Cubic centimetres, rounded up by carton; 0 where the measures of one are not known."""
    total = 0
    for box in boxes:
        if not (box.length_mm and box.width_mm and box.height_mm):
            return 0
        total += -(-box.length_mm * box.width_mm * box.height_mm // 1000)
    return total


def _goods(row: Mapping[str, Any]) -> Goods:
    dates = {name: row[name] and date.fromisoformat(row[name]) for name in ("expires_on", "manufactured_on")}
    return Goods(**{**row, **dates})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
