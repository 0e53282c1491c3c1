"""Pages of the directory of Amazon's addresses, and of the company's own numbers for Amazon."""

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
from acorn.ui import exports, htmx
from catalog import selectors, services
from catalog.filters.terms import ADDRESSES, CUSTOMER_NUMBERS
from catalog.forms.terms import CustomerNumberForm, PartyAddressForm, address_initial
from catalog.models import CustomerNumber, PartyAddress
from catalog.views.warehouses import address_lines

_ADDRESS_CSV = [
    exports.CsvColumn(gettext_lazy("Party id"), lambda row: row.party_id),
    exports.CsvColumn(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
    exports.CsvColumn(gettext_lazy("Marketplace"), lambda row: row.marketplace),
    exports.CsvColumn(gettext_lazy("Address"), lambda row: ", ".join(address_lines(row.address))),
    exports.CsvColumn(gettext_lazy("From"), lambda row: row.valid_from),
    exports.CsvColumn(gettext_lazy("Tax number"), lambda row: row.tax_number),
    exports.CsvColumn(gettext_lazy("Source"), lambda row: row.source),
]
_NUMBER_CSV = [
    exports.CsvColumn(gettext_lazy("Vendor code"), lambda row: row.vendor_code),
    exports.CsvColumn(gettext_lazy("Fulfilment centre"), lambda row: row.ship_to_party),
    exports.CsvColumn(gettext_lazy("Customer number"), lambda row: row.number),
]
_ADDRESS_FIELDS = ("kind", "marketplace", "party_id", "valid_from", "time_zone", "tax_number", "source")


@page(Right.SEE_ITEMS)
def address_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_addresses()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *ADDRESSES.filtered(request, rows), _ADDRESS_CSV, filename="addresses.csv", right=Right.SEE_ITEMS
        )
    listing = ADDRESSES.load(request, rows, export=True)
    for row in listing.rows:
        row.lines = address_lines(row.address)
    context = {"list": listing, "may_manage": request.membership.may(Right.MANAGE_ITEMS)}
    return htmx.render(request, "catalog/directory.html", "rows", context)


@page(Right.SEE_ITEMS)
def address_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    address = selectors.get_address(public_id)
    history: list[Any] = selectors.list_history(address)
    for row in history:
        row.lines = address_lines(row.address)
    context = {
        "address": address,
        "lines": address_lines(address.address),
        "history": history,
        "events": list_for_subject(public_id, limit=20),
        "may_manage": request.membership.may(Right.MANAGE_ITEMS),
    }
    return htmx.render(request, "catalog/address.html", "rows", context)


@page(Right.MANAGE_ITEMS)
def create_address(request: PageRequest) -> HttpResponseBase:
    """A new party, or (with `?of=`) the next address of a known one."""
    of = request.GET.get("of", "").replace("\x00", "")
    known = selectors.get_address(of) if of else None
    initial: dict[str, Any] = {"valid_from": clock.now().date()}
    if known is not None:
        initial = _initial(known) | initial | {"source": ""}
    return _edit_address(request, None, initial)


@page(Right.MANAGE_ITEMS)
def edit_address(request: PageRequest, public_id: str) -> HttpResponseBase:
    address = selectors.get_address(public_id)
    return _edit_address(request, address, _initial(address))


@page(Right.MANAGE_ITEMS)
@require_POST
def remove_address(request: PageRequest, public_id: str) -> HttpResponseBase:
    services.remove_address(public_id=public_id, actor=request.user.actor())
    notes.success(request, _("Removed. The audit trail keeps what it said."))
    return htmx.redirect(request, "catalog:addresses")


def _edit_address(request: PageRequest, address: PartyAddress | None, initial: dict[str, Any]) -> HttpResponseBase:
    form = PartyAddressForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _ADDRESS_FIELDS} | {"address": form.address()}
        try:
            saved = services.save_address(
                public_id=address.public_id if address else "",
                values=values,
                actor=request.user.actor(),
                now=clock.now(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notes.success(request, _("Saved."))
            return htmx.redirect(request, "catalog:address", saved.public_id)
    context = {"form": form, "address": address, "path": request.get_full_path()}
    return htmx.render(request, "catalog/address_edit.html", "form", context, status=422 if form.errors else 200)


def _initial(row: PartyAddress) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _ADDRESS_FIELDS} | address_initial(row.address, has_name=False)


@page(Right.SEE_ITEMS)
def customer_number_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_customer_numbers()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request,
            *CUSTOMER_NUMBERS.filtered(request, rows),
            _NUMBER_CSV,
            filename="customer-numbers.csv",
            right=Right.SEE_ITEMS,
        )
    listing = CUSTOMER_NUMBERS.load(request, rows, export=True)
    context = {"list": listing, "may_manage": request.membership.may(Right.MANAGE_ITEMS)}
    return htmx.render(request, "catalog/customer_numbers.html", "rows", context)


@page(Right.MANAGE_ITEMS)
def create_customer_number(request: PageRequest) -> HttpResponseBase:
    return _edit_number(request, None)


@page(Right.MANAGE_ITEMS)
def edit_customer_number(request: PageRequest, public_id: str) -> HttpResponseBase:
    return _edit_number(request, selectors.get_customer_number(public_id))


@page(Right.MANAGE_ITEMS)
@require_POST
def remove_customer_number(request: PageRequest, public_id: str) -> HttpResponseBase:
    services.remove_customer_number(public_id=public_id, actor=request.user.actor())
    notes.success(request, _("Removed. The audit trail keeps what it said."))
    return htmx.redirect(request, "catalog:customer_numbers")


def _edit_number(request: PageRequest, row: CustomerNumber | None) -> HttpResponseBase:
    initial = {name: getattr(row, name) for name in ("vendor_code", "ship_to_party", "number")} if row else {}
    form = CustomerNumberForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_customer_number(
                public_id=row.public_id if row else "", **form.cleaned_data, actor=request.user.actor(), now=clock.now()
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notes.success(request, _("Saved."))
            return htmx.redirect(request, "catalog:customer_numbers")
    context = {"form": form, "row": row, "path": request.path}
    return htmx.render(
        request, "catalog/customer_number_edit.html", "form", context, status=422 if form.errors else 200
    )
