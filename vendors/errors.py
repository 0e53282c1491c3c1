"""What a call to Amazon may raise, as one class per thing a caller would do differently. None carries a secret."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from acorn.core import messages
from acorn.core.errors import Conflict, DomainError, Invalid
from vendors.types import RuleFinding


class AmazonError(DomainError):
    """A call gave no usable answer. Its text is the registered message of its code.

    `needs_person`: it will not get better by itself. `is_local`: nothing was sent, since our own share of the quota is
    used up. `exchange_id` names the recorded call, and is empty if none was made. `cause` is the client's own error.
    """

    code = "vendors.failed"
    needs_person: ClassVar[bool] = False

    def __init__(
        self,
        *,
        cause: Any = None,
        exchange_id: str = "",
        retry_after: float | None = None,
        is_local: bool = False,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.cause = cause
        self.exchange_id = exchange_id
        self.retry_after = retry_after
        self.is_local = is_local

    def __str__(self) -> str:
        return messages.render(self.code, self.params)

    @property
    def maybe_processed(self) -> bool:
        """Amazon may have acted on the request: a document must be looked up before it is sent again."""
        return bool(getattr(self.cause, "maybe_processed", False))

    @property
    def issues(self) -> list[dict[str, str]]:
        """Amazon's own words, one entry per error it named."""
        told = getattr(self.cause, "issues", ())
        return [{"code": issue.code, "message": issue.message, "details": issue.details} for issue in told]


class AuthRevoked(AmazonError):
    """The refresh token is revoked, expired, or belongs to another application."""

    code = "vendors.auth_revoked"
    needs_person = True


class AuthFailed(AmazonError):
    """Login with Amazon refuses the application, or Amazon refuses a token that is brand new."""

    code = "vendors.auth_failed"
    needs_person = True


class PermissionDenied(AmazonError):
    """The token is good, but not for this."""

    code = "vendors.permission_denied"
    needs_person = True


class Rejected(AmazonError):
    """Amazon read the request and refuses its content."""

    code = "vendors.rejected"
    needs_person = True


class UnknownToAmazon(AmazonError):
    """Amazon does not know what was asked for."""

    code = "vendors.not_found"
    needs_person = True


class WrongEnvironment(AmazonError):
    """The call would have left for a host that does not belong to the connection's environment. Nothing was sent."""

    code = "vendors.wrong_environment"
    needs_person = True


class CredentialsUnreadable(AmazonError):
    """The key that sealed the credentials is not in ACORN_SECRET_KEYS any more."""

    code = "vendors.credentials_unreadable"
    needs_person = True


class Throttled(AmazonError):
    """No quota left, here or at Amazon."""

    code = "vendors.throttled"


class Unavailable(AmazonError):
    """Amazon, or our own store of tokens and quotas, is in trouble."""

    code = "vendors.unavailable"


class Unreachable(AmazonError):
    """No answer came: name not found, refused, reset, timed out."""

    code = "vendors.network"


class BadAnswer(AmazonError):
    """An answer came that is none: cut off, too large, not JSON."""

    code = "vendors.bad_answer"


class UnknownResource(Invalid):
    """A sync was asked for something that no app pulls."""

    message = _("There is nothing called {name} to sync. Known: {known}.")


class ConnectionArchived(Conflict):
    code = "CONNECTION_ARCHIVED"
    message = _("This connection is archived. Restore it first.")


class GroupAlreadyConnected(Conflict):
    code = "GROUP_ALREADY_CONNECTED"
    message = _(
        "The vendor group {code} already has an active connection ({name}). Archive that one first, or change its credentials instead."
    )


class DocumentBlocked(DomainError):
    """Amazon would refuse this document, or it would cost money: nothing was stored and nothing leaves. `findings` say why."""

    code = "DOCUMENT_BLOCKED"
    message = _("This cannot be sent as it is. Each finding says which line, what is wrong and what to do.")

    def __init__(self, findings: Sequence[RuleFinding]) -> None:
        super().__init__()
        self.findings = tuple(findings)

    def extra(self) -> dict[str, Any]:
        return {"findings": [told(finding) for finding in self.findings]}


def told(finding: RuleFinding) -> dict[str, Any]:
    """A finding as programs and people read it, in the reader's language."""
    risk = finding.at_risk
    return {
        "rule": finding.rule,
        "line": finding.line,
        "severity": finding.severity.value,
        "message": messages.render(finding.code, finding.params),
        "fix": messages.render_fix(finding.code, finding.params),
        "at_risk": None if risk is None else {"amount": format(risk.amount, "f"), "currency": risk.currency},
        "source": finding.source,
    }


class SubmissionMoved(Conflict):
    """Somebody else moved it, or its state does not allow this."""

    code = "SUBMISSION_MOVED"
    message = _("In the state that this document is in now, that is not possible. Look at it again.")


class NotASimulator(Invalid):
    code = "NOT_A_SIMULATOR"
    message = _("A document is replayed through a connection to a simulator only.")
