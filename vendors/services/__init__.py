from vendors.gateway import register_clock_follower
from vendors.services.connections import (
    SYNC_TASK,
    Secrets,
    add_vendor_codes,
    archive,
    change,
    change_credentials,
    connect,
    connect_simulator,
    follow_clock,
    rename,
    restore,
)
from vendors.services.exchanges import keep_exchanges
from vendors.services.health import record_health, subject_of
from vendors.services.pulling import PulledPage, pull
from vendors.services.resources import choose_resources, get_resource, list_resources, register_resource
from vendors.services.sync import give_up_step, start_sync
from vendors.services.testing import TestResult, test_connection
from vendors.types import Axis, FetchedPage, PageCounts, Resource, RowFinding

__all__ = [
    "SYNC_TASK",
    "Axis",
    "FetchedPage",
    "PageCounts",
    "PulledPage",
    "Resource",
    "RowFinding",
    "Secrets",
    "TestResult",
    "add_vendor_codes",
    "archive",
    "change",
    "change_credentials",
    "choose_resources",
    "connect",
    "connect_simulator",
    "follow_clock",
    "get_resource",
    "give_up_step",
    "keep_exchanges",
    "list_resources",
    "pull",
    "record_health",
    "register_clock_follower",
    "register_resource",
    "rename",
    "restore",
    "start_sync",
    "subject_of",
    "test_connection",
]
