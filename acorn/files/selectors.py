import zlib
from datetime import datetime, timedelta

from acorn.core.errors import NotFound
from acorn.files.models import File, RawDocument

# from the beginning of a call until its answer is stored
_LONGEST_CALL = timedelta(hours=1)


def read_raw(document_id: int) -> bytes:
    """The bytes as they came. Raises NotFound."""
    try:
        return zlib.decompress(RawDocument.objects.values_list("body", flat=True).get(pk=document_id))
    except RawDocument.DoesNotExist:
        raise NotFound from None


def find_raw_of(exchange_id: str, *, connection_id: int, since: datetime) -> bytes | None:
    """What came in an exchange that began at `since`, or None where it was not kept apart, or is purged."""
    documents = RawDocument.objects.filter(
        connection_id=connection_id, received_at__gte=since, received_at__lt=since + _LONGEST_CALL, exchange_id=exchange_id
    )  # fmt: skip
    body = documents.values_list("body", flat=True).first()
    return None if body is None else zlib.decompress(body)


def get_file(public_id: str) -> File:
    """A file of the active tenant. Raises NotFound."""
    try:
        return File.objects.get(public_id=public_id)
    except File.DoesNotExist:
        raise NotFound from None
