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
from vendors.services.kinds import get_kind, list_kinds, register_kind
from vendors.services.moves import POLL_TASK, SEND_TASK, SWEEP_TASK
from vendors.services.outbox import (
    cancel,
    flag_contradiction,
    hold,
    mark_verified,
    release,
    replay,
    retry,
    settle_by_person,
    settle_unknown,
    submit,
    sweep,
    wake,
)
from vendors.services.polling import poll
from vendors.services.pulling import PulledPage, pull
from vendors.services.resources import choose_resources, get_resource, list_resources, register_resource
from vendors.services.rulebook import change_rule, find_rule, list_rules
from vendors.services.sending import give_up as give_up_sending
from vendors.services.sending import send
from vendors.services.sync import give_up_step, start_sync
from vendors.services.testing import TestResult, test_connection
from vendors.services.waits import read_back_for
from vendors.types import Axis, FetchedPage, PageCounts, Resource, RowFinding, SubmissionKind

__all__ = [
    "POLL_TASK",
    "SEND_TASK",
    "SWEEP_TASK",
    "SYNC_TASK",
    "Axis",
    "FetchedPage",
    "PageCounts",
    "PulledPage",
    "Resource",
    "RowFinding",
    "Secrets",
    "SubmissionKind",
    "TestResult",
    "add_vendor_codes",
    "archive",
    "cancel",
    "change",
    "change_credentials",
    "change_rule",
    "choose_resources",
    "connect",
    "connect_simulator",
    "find_rule",
    "flag_contradiction",
    "follow_clock",
    "get_kind",
    "get_resource",
    "give_up_sending",
    "give_up_step",
    "hold",
    "keep_exchanges",
    "list_kinds",
    "list_resources",
    "list_rules",
    "mark_verified",
    "poll",
    "pull",
    "read_back_for",
    "record_health",
    "register_clock_follower",
    "register_kind",
    "register_resource",
    "release",
    "rename",
    "replay",
    "restore",
    "retry",
    "send",
    "settle_by_person",
    "settle_unknown",
    "start_sync",
    "subject_of",
    "submit",
    "sweep",
    "test_connection",
    "wake",
]
