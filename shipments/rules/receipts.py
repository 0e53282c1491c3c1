"""How what Amazon received of an order line is shared among the shipments that carried it."""

from collections.abc import Sequence


def share_received(received: int, shipped: Sequence[int]) -> list[int]:
    """Eaches received of each shipment, in the order of their departures: the earlier ones first.

    What is received beyond all of them is the last one's: it was found there. Less than nothing is nothing.
    """
    left = max(0, received)
    shares = []
    for eaches in shipped:
        part = min(left, max(0, eaches))
        shares.append(part)
        left -= part
    if shares:
        shares[-1] += left
    return shares
