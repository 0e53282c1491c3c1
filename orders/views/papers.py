"""Pick lists and production requests: for one order, or for the selected ones."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.ui import htmx, papers
from acorn.ui.lists import Selection
from orders import selectors, services
from orders.filters import ORDERS
from orders.models import PurchaseOrder
from orders.papers import FORMS, PICK_LIST, PRODUCTION, make_paper

_MOST = 500


@page(Right.EXPORT_ORDERS)
@require_POST
def order_paper(request: PageRequest, public_id: str) -> HttpResponse:
    """The paper of one order, as a file. Who made it when is part of the order's record."""
    return _file(request, [selectors.get_order(public_id)])


@page(Right.EXPORT_ORDERS)
@require_POST
def selected_papers(request: PageRequest) -> HttpResponse:
    """One paper over all selected orders."""
    rows = Selection.read(request.POST).apply(ORDERS, selectors.list_orders())
    found = list(rows.order_by("due_at", "id")[: _MOST + 1])
    if not found or len(found) > _MOST:
        text = _("Select at least one order, and at most {count}.").format(count=_MOST)
        messages.warning(request, text)
        return htmx.redirect(request, "orders:list")
    return _file(request, found)


def _file(request: PageRequest, orders: Sequence[PurchaseOrder]) -> HttpResponse:
    """`?paper=pick-list.pdf`"""
    kind, _separator, form = request.GET.get("paper", "").partition(".")
    if kind not in (PICK_LIST, PRODUCTION) or form not in FORMS:
        raise Http404
    now, actor = clock.now(), request.user.actor()
    found = selectors.load_preparation(orders)
    paper = make_paper(kind, found, company=request.tenant.name, printed_by=actor.label, now=now)
    body, content_type = papers.draw(paper, form)
    services.note_paper(orders, kind=kind, form=form, actor=actor)
    response = HttpResponse(body, content_type=content_type)
    name = orders[0].number if len(orders) == 1 else now.strftime("%Y%m%d-%H%M")
    safe = "".join(character if character.isascii() and character.isalnum() else "-" for character in name)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-{safe}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response
