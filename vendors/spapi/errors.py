"""What can go wrong between us and Amazon, as one class per thing a caller would do differently.

No error ever carries a token or a secret: messages are our own words, and what Amazon wrote passes the redactor first.
All arguments but the message have defaults, so that an error survives pickling between processes.
"""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Issue:
    """One entry of Amazon's `errors` list."""

    code: str
    message: str
    details: str = ""


class SpApiError(Exception):
    """A call that gave no usable answer.

    `retryable` (class fact): the same call may succeed later without anybody doing anything.
    `maybe_processed`: Amazon may have acted on the request, so a POST must be looked up before it is sent again.
    `code` is Amazon's word where there is one, else ours. `exchange` is what the recorder returned for this call.
    """

    kind: ClassVar[str] = "failed"
    retryable: ClassVar[bool] = False
    maybe_processed: bool = False

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        status: int | None = None,
        request_id: str = "",
        retry_after: float | None = None,
        issues: tuple[Issue, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        self.issues = issues
        self.exchange: Any = None

    def __str__(self) -> str:
        facts = [f"status {self.status}" if self.status else "", self.code]
        facts.append(f"request {self.request_id}" if self.request_id else "")
        known = ", ".join(fact for fact in facts if fact)
        return f"{self.message} ({known})" if known else self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class AuthRevoked(SpApiError):
    """The refresh token is revoked, expired, or belongs to another application: a person must authorise again."""

    kind = "auth_revoked"


class AuthFailed(SpApiError):
    """Login with Amazon refuses the application (client id, secret, scope), or Amazon refuses a token that is brand new."""

    kind = "auth_failed"


class PermissionDenied(SpApiError):
    """403: the token is good, but not for this. Amazon does not say which of the four causes it is."""

    kind = "permission_denied"
    causes: ClassVar[tuple[str, ...]] = ("role_missing", "wrong_region", "grant_expired", "roles_changed")


class Throttled(SpApiError):
    """No quota left. `source` is "local" (our bucket was empty, nothing was sent) or "amazon" (a 429 was earned).

    `retry_after` is always set, in seconds.
    """

    kind = "throttled"
    retryable = True

    def __init__(self, message: str = "", *, source: str = "amazon", retry_after: float = 1.0, **facts: Any) -> None:
        super().__init__(message, retry_after=retry_after, **facts)
        self.source = source


class Rejected(SpApiError):
    """Amazon read the request and refuses its content (400 and the other 4xx); `issues` says why."""

    kind = "rejected"


class NotFound(SpApiError):
    """404. A transaction id may be unknown for some minutes after it was given out: that caller tries again."""

    kind = "not_found"


class Unavailable(SpApiError):
    """5xx, Login with Amazon in trouble, or our own token and quota store out of reach."""

    kind = "unavailable"
    retryable = True

    def __init__(self, message: str = "", *, maybe_processed: bool = False, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.maybe_processed = maybe_processed


class NetworkError(SpApiError):
    """No answer: name not found, refused, reset, timed out. `maybe_processed` is False only if nothing can have been sent."""

    kind = "network"
    retryable = True

    def __init__(self, message: str = "", *, maybe_processed: bool = True, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.maybe_processed = maybe_processed


class BadAnswer(SpApiError):
    """An answer arrived that is none: cut off, too large, not JSON, not an object, a redirect."""

    kind = "bad_answer"
    retryable = True
    maybe_processed = True


class WrongEnvironment(SpApiError):
    """A call would leave for a host that does not belong to the connection's environment. Nothing was sent."""

    kind = "wrong_environment"


class InvalidCall(ValueError):
    """A programming error on our side: an unknown parameter or a value of the wrong type. Nothing was sent."""
