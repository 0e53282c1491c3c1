"""Pages that take files: large ones go to the disk, but only of people who may, and never more than a limit."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from acorn.accounts.pages import View, page
from acorn.accounts.rights import Right


class BoundedUpload(TemporaryFileUploadHandler):
    """Stops writing at the limit; the request then says `too_large` and the file is not there."""

    def __init__(self, request: Any, limit: int) -> None:
        super().__init__(request)
        self.limit = limit

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > self.limit:
            self.request.too_large = True  # type: ignore[union-attr]
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


def upload_page(right: Right | None, *, limit: int) -> Callable[[View], View]:
    """As `@page`, for a page with a file of at most `limit` bytes: `request.too_large` says that there was a larger one.

    Who sends it is known before a byte is read: a form's secret is checked only after that, inside.
    """

    def decorate(view: View) -> View:
        guarded = page(right)(csrf_protect(view))

        @csrf_exempt
        @wraps(guarded)
        def taking(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.too_large = False
            request.upload_handlers = [BoundedUpload(request, limit)]
            return guarded(request, *args, **kwargs)

        return taking

    return decorate
