"""Stock: promises, counts, what is inbound, and the ledger that explains each balance."""

from catalog.services.stock.counts import record_count, record_counts
from catalog.services.stock.promises import consume, release, reserve, set_promises, split, transfer

__all__ = ["consume", "record_count", "record_counts", "release", "reserve", "set_promises", "split", "transfer"]
