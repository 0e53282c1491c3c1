"""What of an order line may be packed: pure arithmetic over absolute eaches."""

from orders.types import CASES


def confirmed_eaches(ordered: int, accepted: int, backordered: int) -> tuple[int, int]:
    """What of an answer Amazon still wants, as (accepted, back-ordered).

    `ordered` is net of what Amazon cancelled. A cancellation is off the back-ordered part first, which comes last.
    """
    wanted = min(max(0, accepted) + max(0, backordered), max(0, ordered))
    first = min(max(0, accepted), wanted)
    return first, wanted - first


def shippable_eaches(confirmed: int, shipped: int, in_shipments: int) -> int:
    """What is left of the confirmed eaches after what has departed and what is in other shipments that have not."""
    return max(0, confirmed - max(0, shipped) - max(0, in_shipments))


def whole_units(eaches: int, unit: str, unit_size: int) -> int:
    """The eaches that make whole units of the order: a line ordered in cases is shipped in cases."""
    size = size_of_unit(unit, unit_size)
    return eaches // size * size


def size_of_unit(unit: str, unit_size: int) -> int:
    """How many eaches the smallest quantity of a line has that Amazon counts: a case, or one."""
    return max(1, unit_size) if unit == CASES else 1
