"""Which of Amazon's structures the contents of an ASN have, by the table in `data/structures.csv`; one per ASN, else split."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shipments.rules.notices import Box, LineKey


class Shape(NamedTuple):
    """What the choice depends on: whether it stands on pallets, and whether a carton holds several orders or products."""

    on_pallets: bool
    orders_share_carton: bool
    products_share_carton: bool


class Part(NamedTuple):
    """What one ASN can tell: cartons of one structure."""

    structure: str
    boxes: tuple[Box, ...]


def split_by_structure(
    boxes: Iterable[Box], products: Mapping[LineKey, str], table: Mapping[Shape, str]
) -> Sequence[Part]:
    """The cartons in as few ASNs as there can be: what stands on pallets, and what is loose, the larger part first.

    `products` names the product of each line. An ASN has one structure, and counts either pallets or cartons.
    """
    groups: dict[bool, list[Box]] = {}
    for box in boxes:
        groups.setdefault(box.pallet > 0, []).append(box)
    parts = [Part(table[_shape(group, products)], tuple(group)) for group in groups.values()]
    return sorted(parts, key=lambda part: -len(part.boxes))


def _shape(boxes: Sequence[Box], products: Mapping[LineKey, str]) -> Shape:
    return Shape(
        boxes[0].pallet > 0,
        any(len({goods.order for goods in box.goods}) > 1 for box in boxes),
        any(len({products[goods.line] for goods in box.goods}) > 1 for box in boxes),
    )
