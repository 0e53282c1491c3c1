from vendors.models.accounts import Connection, VendorCode, VendorGroup
from vendors.models.exchanges import Exchange
from vendors.models.rules import OwnRule
from vendors.models.submissions import Submission, SubmissionEvent
from vendors.models.syncing import SyncCursor, SyncRun, SyncStep, SyncWindow

__all__ = [
    "Connection",
    "Exchange",
    "OwnRule",
    "Submission",
    "SubmissionEvent",
    "SyncCursor",
    "SyncRun",
    "SyncStep",
    "SyncWindow",
    "VendorCode",
    "VendorGroup",
]
