"""Files that people uploaded or ACORN made."""

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.files.selectors import get_file


@page(None)
def download(request: PageRequest, public_id: str) -> HttpResponseBase:
    """A file, for those who have the right that was named when it was stored. Never shown inside the page's origin."""
    file = get_file(public_id)
    if not request.membership.may(Right(file.right)):
        raise PermissionDenied
    if file.expires_at is not None and file.expires_at <= clock.now():
        raise Http404
    response = FileResponse(
        default_storage.open(file.storage_path), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response.headers["Cache-Control"] = "no-store"
    return response
