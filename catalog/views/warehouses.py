"""Pages of warehouses."""

from typing import Any

from django.contrib import messages as notes
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.audit.selectors import list_for_subject
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.panels import registry as panels
from acorn.ui import exports, htmx
from catalog import selectors, services
from catalog.errors import WarehouseInUse
from catalog.filters.terms import WAREHOUSES
from catalog.forms.terms import WarehouseForm, address_initial
from catalog.models import Warehouse
from catalog.types import ADDRESS_FIELDS

_CSV = [
    exports.CsvColumn(gettext_lazy("Warehouse"), lambda row: row.code),
    exports.CsvColumn(gettext_lazy("Name"), lambda row: row.name),
    exports.CsvColumn(gettext_lazy("Pool"), lambda row: row.get_pool_display()),
    exports.CsvColumn(gettext_lazy("Ship-from party id"), lambda row: row.ship_from_party_id),
    exports.CsvColumn(gettext_lazy("Address"), lambda row: ", ".join(address_lines(row.address))),
    exports.CsvColumn(gettext_lazy("Time zone"), lambda row: row.time_zone),
]


def address_lines(address: dict[str, str]) -> list[str]:
    """An address as it is read: the parts that are there, in the order of ADDRESS_FIELDS."""
    return [address[name] for name in ADDRESS_FIELDS if address.get(name)]


@page(Right.SEE_ITEMS)
def warehouse_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_warehouses(is_archived=None if request.GET.get("archived") else False)
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *WAREHOUSES.filtered(request, rows), _CSV, filename="warehouses.csv", right=Right.SEE_ITEMS
        )
    listing = WAREHOUSES.load(request, rows, export=True)
    context = {"list": listing, "may_manage": request.membership.may(Right.MANAGE_ITEMS)}
    return htmx.render(request, "catalog/warehouses.html", "rows", context)


@page(Right.SEE_ITEMS)
def warehouse_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    warehouse = selectors.get_warehouse(public_id)
    context = {
        "warehouse": warehouse,
        "lines": address_lines(warehouse.address),
        "events": list_for_subject(public_id, limit=20),
        "panels": panels.collect("catalog.warehouse", warehouse, request.membership.may),
        "may_manage": request.membership.may(Right.MANAGE_ITEMS),
    }
    return htmx.render(request, "catalog/warehouse.html", "rows", context)


@page(Right.MANAGE_ITEMS)
def create_warehouse(request: PageRequest) -> HttpResponseBase:
    return _edit(request, None)


@page(Right.MANAGE_ITEMS)
def edit_warehouse(request: PageRequest, public_id: str) -> HttpResponseBase:
    return _edit(request, selectors.get_warehouse(public_id))


@page(Right.MANAGE_ITEMS)
@require_POST
def archive_warehouse(request: PageRequest, public_id: str) -> HttpResponseBase:
    try:
        services.archive_warehouse(public_id=public_id, actor=request.user.actor(), now=clock.now())
    except WarehouseInUse as refusal:
        notes.error(request, str(refusal))
    else:
        notes.success(request, _("Archived. Nothing new is planned there; everything that happened stays."))
    return htmx.redirect(request, "catalog:warehouse", public_id)


@page(Right.MANAGE_ITEMS)
@require_POST
def restore_warehouse(request: PageRequest, public_id: str) -> HttpResponseBase:
    services.restore_warehouse(public_id=public_id, actor=request.user.actor(), now=clock.now())
    notes.success(request, _("In use again."))
    return htmx.redirect(request, "catalog:warehouse", public_id)


def _edit(request: PageRequest, warehouse: Warehouse | None) -> HttpResponseBase:
    form = WarehouseForm(request.POST or None, initial=_initial(warehouse) if warehouse else {})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values: dict[str, Any] = {
            name: given[name] for name in ("code", "name", "pool", "ship_from_party_id", "time_zone")
        } | {"address": form.address()}
        who: dict[str, Any] = {"actor": request.user.actor(), "now": clock.now()}
        try:
            if warehouse is None:
                warehouse = services.create_warehouse(**values, **who)
            else:
                services.change_warehouse(public_id=warehouse.public_id, changes=values, **who)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notes.success(request, _("Saved."))
            return htmx.redirect(request, "catalog:warehouse", warehouse.public_id)
    context = {"form": form, "warehouse": warehouse}
    return htmx.render(request, "catalog/warehouse_edit.html", "form", context, status=422 if form.errors else 200)


def _initial(warehouse: Warehouse) -> dict[str, Any]:
    names = ("code", "name", "pool", "ship_from_party_id", "time_zone")
    return {name: getattr(warehouse, name) for name in names} | address_initial(warehouse.address, has_name=True)
