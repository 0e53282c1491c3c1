"""How far a shipment is."""

from typing import NamedTuple

from shipments.types import ShipmentState


class Progress(NamedTuple):
    """What the state of a shipment follows from: cartons in all, and how many are packed; eaches that left and arrived.

    `has_arrived` says that the fulfilment centre has the truck; `is_settled` that nobody will receive any more of it.
    """

    cartons: int = 0
    packed: int = 0
    shipped: int = 0
    received: int = 0
    is_cancelled: bool = False
    has_departed: bool = False
    has_arrived: bool = False
    is_settled: bool = False


def derive_state(progress: Progress) -> ShipmentState:
    """How far a shipment is. First row that fits:

    | what is known                                                | state     |
    |--------------------------------------------------------------|-----------|
    | cancelled                                                    | CANCELLED |
    | departed, all that left was received, or no more will be     | RECEIVED  |
    | departed, something received, or the truck is at the centre  | ARRIVED   |
    | departed                                                     | DEPARTED  |
    | cartons, all of them packed                                  | PACKED    |
    | some carton packed                                           | PACKING   |
    | otherwise                                                    | PLANNED   |
    """
    if progress.is_cancelled:
        return ShipmentState.CANCELLED
    if progress.has_departed:
        if progress.is_settled or 0 < progress.shipped <= progress.received:
            return ShipmentState.RECEIVED
        return ShipmentState.ARRIVED if progress.has_arrived or progress.received > 0 else ShipmentState.DEPARTED
    if 0 < progress.cartons <= progress.packed:
        return ShipmentState.PACKED
    return ShipmentState.PACKING if progress.packed > 0 else ShipmentState.PLANNED
