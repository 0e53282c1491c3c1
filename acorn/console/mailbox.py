"""Reads the folder in which mail is kept while EMAIL_URL is unset, so that invitations and alerts can be read at all."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from acorn.accounts.filebox import SUFFIX
from acorn.accounts.mail import AUDIENCE_HEADER, COMPANY_HEADER, OWNERS

_NEWEST = 200
FILE_BACKEND = "acorn.accounts.filebox.EmailBackend"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as the page shows it."""

    sent_at: datetime | None
    to: str
    subject: str
    text: str


def is_in_use() -> bool:
    """Whether mail is written to files instead of being sent."""
    return bool(settings.EMAIL_BACKEND == FILE_BACKEND)


def list_mail(*, company: str, is_owner: bool) -> list[Mail]:
    """The newest mails that ACORN wrote for this company, newest first.

    Mail about a person's own sign-in (password reset, new address) bears no company and is never shown: whoever reads
    it could become that person. An invitation as owner is shown to owners only, for the same reason.
    """
    found = []
    for message in _messages():
        is_visible = is_owner or message[AUDIENCE_HEADER] != OWNERS
        if message[COMPANY_HEADER] == company and is_visible:
            found.append(_read(message))
            if len(found) == _NEWEST:
                break
    return found


def _messages() -> Iterator[EmailMessage]:
    folder = Path(settings.EMAIL_FILE_PATH)
    paths = sorted(folder.glob(f"*{SUFFIX}"), reverse=True) if folder.is_dir() else []
    for path in paths:
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _aware(at: datetime) -> datetime:
    """Django writes the Date in UTC as `-0000`, which the e-mail standard reads as "no zone told"."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _read(message: EmailMessage) -> Mail:
    date = message["Date"]
    body = message.get_body(("plain",))
    return Mail(
        sent_at=_aware(date.datetime) if date is not None else None,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content() if body is not None else "",
    )
