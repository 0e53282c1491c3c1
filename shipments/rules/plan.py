"""How goods are put into cartons and cartons on pallets: pure, and the same for the same input."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shipments.types import Content, PackedCarton

_HEAVIEST_G = 2_000_000_000


@dataclass(frozen=True, slots=True)
class EmptyCarton:
    """An empty carton to pack into: outside lengths in millimetres, weights in grams; `max_weight_g` is gross."""

    id: int
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int = 0
    max_weight_g: int | None = None

    @property
    def volume_cm3(self) -> float:
        return self.length_mm * self.width_mm * self.height_mm / 1000


@dataclass(frozen=True, slots=True)
class ItemPacking:
    """How an item is packed: `per_carton` eaches to a full carton. Sizes of one each; None where nobody knows them."""

    key: int
    per_carton: int = 1
    box: EmptyCarton | None = None
    may_mix: bool = False
    weight_g: int | None = None
    volume_cm3: float | None = None
    cartons_per_layer: int | None = None
    layers_per_pallet: int | None = None
    # its lots and expiries are told apart: lines of it share no carton, for one may get another lot than the other
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Eaches of one order line to be packed; `unit_size` eaches are never parted (a case of the order, or one each)."""

    order_id: int
    sequence: str
    eaches: int
    unit_size: int
    goods: ItemPacking


@dataclass(frozen=True, slots=True)
class Limits:
    """What a carton may hold at most, in gross grams and in orders: dated rules of the marketplace. None: no limit known."""

    max_weight_g: int | None = None
    orders_per_mixed_carton: int | None = None


@dataclass(frozen=True, slots=True)
class CartonLimit:
    """A row of `data/carton_limits.csv`: what a carton may have at most in `scope` (a marketplace or region) from a day on."""

    limit: str
    scope: str
    valid_from: date
    value: int
    source: str


def find_limit(rows: Iterable[CartonLimit], limit: str, *, marketplace: str, region: str, on: date) -> int | None:
    """What holds on a day: the marketplace's own row before the region's, the youngest first; None where no row fits."""
    fitting = [
        row for row in rows if row.limit == limit and row.scope in (marketplace, region) and row.valid_from <= on
    ]
    best = max(fitting, key=lambda row: (row.scope == marketplace, row.valid_from), default=None)
    return None if best is None else best.value


def plan_cartons(lines: Sequence[PlanLine], limits: Limits) -> list[PackedCarton]:
    """Cartons for all of the lines: full ones of one item first, then what is left.

    A carton holds one line's eaches up to the item's quantity per carton, less where that would be too heavy. What fills
    none goes into a smaller carton of its own, or shares one with other items where its pack rule allows it. Cases of
    the order stay whole.
    """
    cartons: list[PackedCarton] = []
    rests: list[PlanLine] = []
    for line in lines:
        full = _per_carton(line, limits)
        count, rest = divmod(line.eaches, full)
        cartons += [_carton([(line, full)])] * count
        if rest:
            rests.append(replace(line, eaches=rest))
    return cartons + list(_pack_rests(rests, limits))


def count_full_cartons(lines: Sequence[PlanLine], limits: Limits) -> int:
    """How many cartons `plan_cartons` would fill with one line each: a look before it makes them."""
    return sum(line.eaches // _per_carton(line, limits) for line in lines)


def _per_carton(line: PlanLine, limits: Limits) -> int:
    """Eaches in a full carton of a line: whole units of the order, at least one, within what a carton may weigh."""
    goods = line.goods
    eaches = max(1, goods.per_carton)
    most = _max_weight(goods.box, limits)
    if most is not None and goods.weight_g:
        eaches = min(eaches, max(1, (most - (goods.box.tare_g if goods.box else 0)) // goods.weight_g))
    return max(line.unit_size, eaches // line.unit_size * line.unit_size)


def _pack_rests(rests: Iterable[PlanLine], limits: Limits) -> Iterator[PackedCarton]:
    """Mixed cartons, filled one after the other; what may not be mixed has one of its own."""
    mixing: dict[EmptyCarton | None, list[PlanLine]] = defaultdict(list)
    for line in rests:
        if line.goods.may_mix:
            mixing[line.goods.box].append(line)
        else:
            yield _carton([(line, line.eaches)])
    for lines in mixing.values():
        held: list[tuple[PlanLine, int]] = []
        for line in lines:
            left = line.eaches
            while left:
                fits = _room_for(line, left, held, limits)
                if fits:
                    held.append((line, fits))
                    left -= fits
                else:
                    yield _carton(held)
                    held = []
        if held:
            yield _carton(held)


def _room_for(line: PlanLine, eaches: int, held: Sequence[tuple[PlanLine, int]], limits: Limits) -> int:
    """How many of so many eaches still go into a carton that holds these: whole units; all of one unit if it is empty."""
    orders = {other.order_id for other, _ in held} | {line.order_id}
    if limits.orders_per_mixed_carton and len(orders) > limits.orders_per_mixed_carton and held:
        return 0
    if line.goods.is_apart and any(other.goods.key == line.goods.key for other, _ in held):
        return 0
    box, fits = line.goods.box, eaches
    most = _max_weight(box, limits)
    if most is not None and line.goods.weight_g:
        weight = (box.tare_g if box else 0) + sum((each.goods.weight_g or 0) * count for each, count in held)
        fits = min(fits, (most - weight) // line.goods.weight_g)
    # by volume where it is known for all, by shares of a full carton where it is not
    if box and line.goods.volume_cm3 and all(each.goods.volume_cm3 for each, _ in held):
        volume = sum((each.goods.volume_cm3 or 0) * count for each, count in held)
        fits = min(fits, int((box.volume_cm3 - volume) / line.goods.volume_cm3))
    else:
        share = sum(count / max(1, each.goods.per_carton) for each, count in held)
        fits = min(fits, int((1 - share) * max(1, line.goods.per_carton) + 1e-9))
    fits = max(0, fits) // line.unit_size * line.unit_size
    return fits if held else max(line.unit_size, fits)


def _max_weight(box: EmptyCarton | None, limits: Limits) -> int | None:
    known = [weight for weight in (box.max_weight_g if box else None, limits.max_weight_g) if weight is not None]
    return min(known, default=None)


def _carton(held: Sequence[tuple[PlanLine, int]]) -> PackedCarton:
    contents = tuple(Content(line.order_id, line.sequence, eaches) for line, eaches in held)
    box = held[0][0].goods.box
    weights = [None if line.goods.weight_g is None else line.goods.weight_g * eaches for line, eaches in held]
    known = [weight for weight in weights if weight is not None]
    weight = sum(known) + (box.tare_g if box else 0) if len(known) == len(weights) else None
    if weight is not None and weight > _HEAVIEST_G:
        weight = None  # a wrong weight of an item, and no carton's
    if box is None:
        return PackedCarton(contents, weight_g=weight)
    return PackedCarton(
        contents, length_mm=box.length_mm, width_mm=box.width_mm, height_mm=box.height_mm, weight_g=weight,
        carton_type_id=box.id,
    )  # fmt: skip


def put_on_pallets(cartons: Sequence[PackedCarton], goods: Sequence[ItemPacking | None]) -> list[PackedCarton]:
    """The cartons with the pallet that each stands on, counted from 1; loose (0) where a rule does not say how they stack.

    `goods` says for each carton by which item it is stacked; None for a mixed one. Cartons that stack alike share
    pallets, in their order.
    """
    places: dict[tuple[int, int], int] = {}
    pallet, found = 0, []
    filled: dict[tuple[int, int], int] = defaultdict(int)
    for carton, each in zip(cartons, goods, strict=True):
        if each is None or not each.cartons_per_layer or not each.layers_per_pallet:
            found.append(carton)
            continue
        kind = (each.cartons_per_layer, each.layers_per_pallet)
        if filled[kind] % (kind[0] * kind[1]) == 0:
            pallet += 1
            places[kind] = pallet
        filled[kind] += 1
        found.append(replace(carton, pallet=places[kind]))
    return found
