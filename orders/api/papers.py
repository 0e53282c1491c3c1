"""The papers of an order, as files."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.rest.files import FileNegotiation
from acorn.rest.views import TenantAPIView
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id
from acorn.ui.papers import PDF, XLSX
from orders import selectors, services
from orders.papers import FORMS, PICK_LIST, PRODUCTION, print_paper

_FORM = OpenApiParameter("form", str, enum=list(FORMS), description="PDF by default.")
_FILES = {(200, PDF): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY}


class OrderPickList(TenantAPIView):
    rights = {"GET": Right.EXPORT_ORDERS}
    content_negotiation_class = FileNegotiation

    @extend_schema(operation_id="purchase_order_pick_list", parameters=[_FORM], responses=_FILES)
    def get(self, request: Request, public_id: str) -> HttpResponse:
        """What to take from where for what was accepted. That it was made is kept in the order's record."""
        return _send(self, request, public_id, PICK_LIST)


class OrderProductionRequest(TenantAPIView):
    rights = {"GET": Right.EXPORT_ORDERS}
    content_negotiation_class = FileNegotiation

    @extend_schema(operation_id="purchase_order_production_request", parameters=[_FORM], responses=_FILES)
    def get(self, request: Request, public_id: str) -> HttpResponse:
        """What is promised and lies in no warehouse yet, by day. That it was made is kept in the order's record."""
        return _send(self, request, public_id, PRODUCTION)


def _send(view: TenantAPIView, request: Request, public_id: str, kind: str) -> HttpResponse:
    form = request.query_params.get("form", "pdf")
    if form not in FORMS:
        raise Invalid(fields={"form": [", ".join(FORMS)]})
    orders = [selectors.get_order(public_id)]
    actor, company = view.token.actor(), Tenant.objects.get(pk=current_tenant_id()).name
    printed = print_paper(kind, form, orders, company=company, printed_by=actor.label, now=clock.now())
    services.note_paper(orders, kind=kind, form=form, actor=actor)
    response = HttpResponse(printed.body, content_type=printed.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{printed.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
