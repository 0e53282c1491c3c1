"""The door to Amazon: a client for a connection, whose credentials are opened at the last moment and go nowhere else.

What the client raises leaves here as `vendors.errors`; what it sent and got is stored as an Exchange, in a transaction
of its own that refuses to be inside another one: nothing talks to Amazon while it holds rows.
"""

from vendors.gateway.calls import client_for, retry_delay
from vendors.gateway.clocks import register_clock_follower
from vendors.gateway.documents import Outlet, Posted, TransactionStatus, open_outlet, read_transaction
from vendors.gateway.places import Marketplace, find_marketplace, list_marketplaces, sends_to
from vendors.gateway.probe import forget_token, list_usage, probe
from vendors.spapi.client import SpApiClient

__all__ = [
    "Marketplace",
    "Outlet",
    "Posted",
    "SpApiClient",
    "TransactionStatus",
    "client_for",
    "find_marketplace",
    "forget_token",
    "list_marketplaces",
    "list_usage",
    "open_outlet",
    "probe",
    "read_transaction",
    "register_clock_follower",
    "retry_delay",
    "sends_to",
]
