"""`Idempotency-Key`: the same POST sent twice is done once, and answered twice.

The key is claimed by a committed row before the work begins, so that a twin on another server sees it and waits. A
refusal is an answer too and is kept; a failure of ours (5xx) is not, so that it can be tried again under the same key.
If the process dies in the middle, nobody knows whether the work was done: the key then says so for its 24 hours,
instead of doing it a second time.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from acorn.core import clock
from acorn.core.errors import Conflict, DomainError, Invalid
from acorn.jobs.queue import enqueue
from acorn.rest.models import IdempotencyRecord

KEEP = timedelta(hours=24)
_LEASE = timedelta(minutes=5)  # longer than any request may take
_POLL_SECONDS = 0.05


class KeyReused(DomainError):
    """The key was used for another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    message = _("This Idempotency-Key was used for a different request. Use a new key for new work.")


class StillRunning(Conflict):
    """The first request with this key has not been answered yet."""

    code = "IDEMPOTENCY_KEY_IN_USE"
    message = _("The first request with this Idempotency-Key is still being worked on. Repeat in a few seconds.")


class OutcomeUnknown(Conflict):
    """The process that worked on the first request died before it answered."""

    code = "IDEMPOTENCY_OUTCOME_UNKNOWN"
    message = _(
        "The first request with this Idempotency-Key was interrupted. Look whether its work was done; "
        "if not, send it again with a new key."
    )


def once(key: str, request: Request, work: Callable[[], Response]) -> Response:
    """Do the work unless this key's work was done in the last 24 hours, and answer what was answered then.

    Raises Invalid, KeyReused, StillRunning (after IDEMPOTENCY_WAIT_SECONDS) or OutcomeUnknown.
    """
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Invalid(fields={"Idempotency-Key": [_("Give 1 to 255 printable ASCII characters.")]})
    claim = secrets.token_hex(16)
    input_hash = _input_hash(request)
    deadline = time.monotonic() + settings.IDEMPOTENCY_WAIT_SECONDS
    while (record := _claim(key, input_hash, claim, clock.now())).claim != claim:
        if (finished := _wait_for(record, deadline)) is not None:
            return _replay(finished)
    try:
        response = work()
    except BaseException:
        _forget(claim)
        raise
    _keep(claim, response)
    return response


def _input_hash(request: Request) -> str:
    digest = hashlib.sha256()
    for part in (str(request.method).encode(), request.get_full_path().encode(), *_parts_of(request)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts_of(request: Request) -> Iterator[bytes]:
    """The body; of a form with files its fields and the hashes of its files, since each sending has its own boundary."""
    if not str(request.content_type).startswith("multipart/"):
        yield request._request.body
        return
    form: Any = request.data
    for name in sorted(form):
        yield name.encode()
        for value in form.getlist(name):
            if isinstance(value, UploadedFile):
                yield hashlib.file_digest(value, "sha256").digest()
                value.seek(0)
            else:
                yield value.encode()


def _claim(key: str, input_hash: str, claim: str, now: datetime) -> IdempotencyRecord:
    """The row of the key, whoever made it. Raises KeyReused."""
    IdempotencyRecord.objects.filter(key=key, created_at__lt=now - KEEP).delete()
    fresh = IdempotencyRecord(key=key, input_hash=input_hash, claim=claim, created_at=now, lease_until=now + _LEASE)
    while True:
        IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)
        record = IdempotencyRecord.objects.filter(key=key).first()
        if record is None:  # the first request failed and gave the key back just now
            continue
        if record.input_hash != input_hash:
            raise KeyReused
        return record


def _wait_for(record: IdempotencyRecord, deadline: float) -> IdempotencyRecord | None:
    """The finished record; None if its work failed and the key is free again. Raises StillRunning or OutcomeUnknown."""
    found: IdempotencyRecord | None = record
    while found is not None and found.status is None:
        if found.lease_until < clock.now():
            raise OutcomeUnknown
        if time.monotonic() > deadline:
            raise StillRunning
        time.sleep(_POLL_SECONDS)
        found = IdempotencyRecord.objects.filter(claim=record.claim).first()
    return found


def _replay(record: IdempotencyRecord) -> Response:
    content: Any = json.loads(record.body) if record.body else None
    return Response(content, status=record.status, headers={"Idempotent-Replayed": "true"})


def _keep(claim: str, response: Response) -> None:
    if response.status_code >= 500:
        _forget(claim)
        return
    body = json.dumps(response.data, cls=JSONEncoder) if response.data is not None else ""
    IdempotencyRecord.objects.filter(claim=claim).update(status=response.status_code, body=body)
    enqueue("rest.forget_keys", dedupe_key="forget", due_at=clock.now() + KEEP)


def _forget(claim: str) -> None:
    IdempotencyRecord.objects.filter(claim=claim).delete()
