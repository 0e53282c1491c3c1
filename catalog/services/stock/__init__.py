"""Stock: promises, counts, what is inbound, and the ledger that explains each balance."""

from catalog.services.stock.counts import record_count, record_counts
from catalog.services.stock.holds import hold, release_holds, set_buffer
from catalog.services.stock.inbound import cancel_inbound, expect_inbound, receive_inbound
from catalog.services.stock.leaving import let_leave
from catalog.services.stock.movements import adjust, move
from catalog.services.stock.promises import consume, release, reserve, set_promises, split, transfer

__all__ = [
    "adjust",
    "cancel_inbound",
    "consume",
    "expect_inbound",
    "hold",
    "let_leave",
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
