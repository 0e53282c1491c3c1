"""Every address, and the kit's own pages, which are otherwise there only where DEBUG is on."""

from django.http import HttpRequest
from django.urls import include, path

from acorn import urls
from acorn.accounts.pages import page


@page(None)
def broken(request: HttpRequest) -> None:
    raise RuntimeError("on purpose")


urlpatterns = [*urls.urlpatterns, path("", include("acorn.ui.kit")), path("broken/", broken)]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
