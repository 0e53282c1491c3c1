"""Stock: promises, counts, what is inbound, and the ledger that explains each balance."""

from catalog.services.stock.counts import lock_places, record_count, record_counts
from catalog.services.stock.holds import hold, release_holds, set_buffer
from catalog.services.stock.inbound import (
    Announcement,
    cancel_inbound,
    check_inbound,
    expect_inbound,
    expect_many,
    receive_inbound,
)
from catalog.services.stock.leaving import let_leave
from catalog.services.stock.movements import adjust, move
from catalog.services.stock.promises import consume, release, reserve, set_promises, split, transfer

__all__ = [
    "Announcement",
    "adjust",
    "cancel_inbound",
    "check_inbound",
    "consume",
    "expect_inbound",
    "expect_many",
    "hold",
    "let_leave",
    "lock_places",
    "move",
    "receive_inbound",
    "record_count",
    "record_counts",
    "release",
    "release_holds",
    "reserve",
    "set_buffer",
    "set_promises",
    "split",
    "transfer",
]
