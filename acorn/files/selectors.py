import zlib

from acorn.core.errors import NotFound
from acorn.files.models import File, RawDocument


def read_raw(document_id: int) -> bytes:
    """The bytes as they came. Raises NotFound."""
    try:
        return zlib.decompress(RawDocument.objects.values_list("body", flat=True).get(pk=document_id))
    except RawDocument.DoesNotExist:
        raise NotFound from None


def get_file(public_id: str) -> File:
    """A file of the active tenant. Raises NotFound."""
    try:
        return File.objects.get(public_id=public_id)
    except File.DoesNotExist:
        raise NotFound from None
