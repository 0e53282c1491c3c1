"""The mail backend without a mail server: each mail is one file, which the page «Sent mail» reads.

Django's own file backend appends several mails to one file, with a line between them that a text may hold as well.
"""

import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SUFFIX = ".eml"


class EmailBackend(BaseEmailBackend):
    """Writes to EMAIL_FILE_PATH. Names sort by time; a file appears whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            self._write(folder, message.message())
        return len(email_messages)

    def _write(self, folder: Path, message: Any) -> None:
        path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}{SUFFIX}"
        partial = path.with_suffix(".part")
        partial.touch(mode=0o600)
        partial.write_bytes(message.as_bytes())
        partial.rename(path)
