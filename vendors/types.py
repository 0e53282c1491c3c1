from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.money import Money


class Environment(TextChoices):
    """Where a connection's calls go. It stands on every row that came through it, and the three never mix."""

    SIMULATOR = "SIMULATOR", _("simulator")
    SANDBOX = "SANDBOX", _("sandbox")
    PRODUCTION = "PRODUCTION", _("production")


class Region(TextChoices):
    NA = "NA", _("North America")
    EU = "EU", _("Europe, Middle East, India")
    FE = "FE", _("Far East")


class Health(TextChoices):
    UNKNOWN = "UNKNOWN", _("not tested yet")
    OK = "OK", _("working")
    DEGRADED = "DEGRADED", _("partly working")
    FAILING = "FAILING", _("failing")


class SyncState(TextChoices):
    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    SUCCEEDED = "SUCCEEDED", _("Done")
    PARTIAL = "PARTIAL", _("Done with findings")
    FAILED = "FAILED", _("Failed")


class CallError(TextChoices):
    """Why a call to Amazon gave no usable answer: the client's error classes, in words."""

    AUTH_REVOKED = "AuthRevoked", _("refresh token refused")
    AUTH_FAILED = "AuthFailed", _("application refused")
    PERMISSION_DENIED = "PermissionDenied", _("not allowed")
    THROTTLED = "Throttled", _("quota used up")
    REJECTED = "Rejected", _("refused")
    NOT_FOUND = "NotFound", _("unknown to Amazon")
    UNAVAILABLE = "Unavailable", _("Amazon not available")
    NETWORK_ERROR = "NetworkError", _("no answer")
    BAD_ANSWER = "BadAnswer", _("broken answer")
    WRONG_ENVIRONMENT = "WrongEnvironment", _("wrong environment, not sent")


class SubmissionState(TextChoices):
    """How far a document is. Sent is not done: VERIFIED is Amazon's own later word, and nothing waits for it.

    What may follow what is the table in `vendors.rules.SUBMISSION_MOVES`.
    """

    DRAFT = "DRAFT", _("Draft")
    HELD = "HELD", _("On hold")
    READY = "READY", _("Waiting to be sent")
    SENDING = "SENDING", _("Being sent")
    UNKNOWN = "UNKNOWN", _("Outcome unknown")
    SENT = "SENT", _("Sent")
    PROCESSING = "PROCESSING", _("Amazon is processing it")
    PRESUMED_ACCEPTED = "PRESUMED_ACCEPTED", _("Presumed accepted")
    VERIFIED = "VERIFIED", _("Verified")
    REJECTED = "REJECTED", pgettext_lazy("state of a document", "Refused by Amazon")
    FAILED = "FAILED", _("Not sent")
    CANCELLED = "CANCELLED", pgettext_lazy("state of a document", "Cancelled")
    SUPERSEDED = "SUPERSEDED", _("Replaced by a newer one")


class Severity(TextChoices):
    """What a finding does: BLOCK stops the document, CONFIRM stops it until a person says yes, WARN is told."""

    BLOCK = "BLOCK", _("Blocks")
    CONFIRM = "CONFIRM", _("Needs confirmation")
    WARN = "WARN", _("Warning")


# what a document may need a person for: kinds of work items
WORK_REJECTED = "submission_rejected"
WORK_FAILED = "submission_failed"
WORK_UNKNOWN = "submission_unknown"
WORK_CONTRADICTION = "submission_contradiction"
SUBMISSION_WORK = (WORK_REJECTED, WORK_FAILED, WORK_UNKNOWN, WORK_CONTRADICTION)


class UnknownPolicy(TextChoices):
    """What may be done about a document of which nobody knows whether Amazon has it: a fact of its kind.

    All begin by reading Amazon's own records for SUBMISSION_READBACK_SECONDS. RESEND_SAME: the same body replaces itself.
    READ_THEN_SAME_ID: Amazon knows the document by its id, so that the same body is sent once more. READ_THEN_REPLACE:
    the kind makes a document that replaces it. PERSON: only a person can tell.
    """

    RESEND_SAME = "RESEND_SAME", _("send the same again")
    READ_THEN_SAME_ID = "READ_THEN_SAME_ID", _("send the same once more")
    READ_THEN_REPLACE = "READ_THEN_REPLACE", _("send a replacement")
    PERSON = "PERSON", _("ask a person")


UNFINISHED = (SyncState.QUEUED, SyncState.RUNNING)
# what a sync counts, in the order in which it is shown
COUNTS = ("seen", "new", "changed", "flagged")


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """What a check found in a document before it leaves: a rule of the rulebook, where, what, and what it would cost.

    `code` is a registered message (text and fix) with `params`; `line` names the place, or is empty for the document.
    `at_risk` is money, or None where nobody can say. `source` says where the rule is written; a rule that `is_borrowed` is
    known of another marketplace only.
    """

    rule: str
    severity: Severity
    code: str
    line: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    at_risk: Money | None = None
    source: str = ""
    is_borrowed: bool = False

    def stored(self) -> dict[str, Any]:
        """As JSON, for a row; read back with `from_stored`."""
        risk = self.at_risk
        return {
            "rule": self.rule, "severity": self.severity.value, "code": self.code, "line": self.line,
            "params": dict(self.params), "source": self.source, "is_borrowed": self.is_borrowed,
            "at_risk": None if risk is None else {"amount": format(risk.amount, "f"), "currency": risk.currency},
        }  # fmt: skip

    @classmethod
    def from_stored(cls, row: Mapping[str, Any]) -> "RuleFinding":
        risk = row["at_risk"]
        return cls(
            row["rule"], Severity(row["severity"]), row["code"], row["line"], row["params"],
            None if risk is None else Money(Decimal(risk["amount"]), risk["currency"]), row["source"],
            row.get("is_borrowed", False),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SubmissionKind:
    """A sort of document that leaves through the outbox.

    `operation` is Amazon's name of the call. Tasks take `submission_id`: `on_change` runs after a change of state,
    `read_back` looks at Amazon's records while the outcome is unknown and may call `settle_unknown`, `replace` submits
    the replacement that READ_THEN_REPLACE asks for. In `success_is_proof` are the regions where a transaction's Success
    is documented to prove the document; elsewhere it is only presumed.
    """

    name: str
    label: str | Promise
    operation: str
    subject_kind: str
    unknown: UnknownPolicy
    on_change: str = ""
    read_back: str = ""
    replace: str = ""
    success_is_proof: frozenset[Region] = frozenset()


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that a sync pulls. `task` takes `sync_step_id` and calls `vendors.services.pull`.

    In a run that pulls both, it waits for the resource named by `after`, and reads no further than that one did: what
    it says is about rows that the other brings.
    """

    name: str
    task: str
    label: str | Promise
    after: str = ""


class RawAnswer(Protocol):
    """What the pull loop needs of a client's answer: the bytes as they came, and the id of the recorded exchange."""

    @property
    def raw(self) -> bytes: ...
    @property
    def exchange(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Something odd about a page, or about one of its rows (counted from 0): stored as code and params."""

    row: int | None
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """One page as an adapter read it. An empty page with a token is not the end; no token is.

    `vendor_codes` are those that its rows name: the pull loop notes the ones that nobody has entered.
    """

    answer: RawAnswer
    payload: dict[str, Any]
    next_token: str | None
    findings: tuple[RowFinding, ...] = ()
    vendor_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Axis:
    """One way through a resource by time: `fetch(client, since, until, token)` reads one page of a window.

    Each window begins `overlap` before the proven ground, because Amazon may show a row later than it dates it.
    """

    name: str
    fetch: Callable[[Any, datetime, datetime, str | None], FetchedPage]
    overlap: timedelta


@dataclass(frozen=True, slots=True)
class PageCounts:
    """What storing one page did. `seen` counts the rows on it, `flagged` those kept with a finding."""

    seen: int
    new: int
    changed: int
    flagged: int
