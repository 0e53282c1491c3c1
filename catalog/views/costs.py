"""Pages of agreed costs."""

from typing import Any

from django.contrib import messages as notes
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.audit.selectors import list_for_subject
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.files.models import File
from acorn.files.services import store_file
from acorn.ui import exports, htmx
from acorn.ui.lists import Action, Selection
from acorn.ui.uploads import upload_page
from catalog import selectors, services
from catalog.filters.terms import COSTS
from catalog.forms.terms import CostChangeForm, CostForm, DecisionForm
from catalog.models import AgreedCost
from catalog.types import CostStatus

_LARGEST_DOCUMENT = 20_000_000
_LARGEST_BULK = 1_000
_CHANGEABLE = ("vendor_code", "currency", "cost", "valid_from", "valid_until", "deal_code", "note")
_CSV = [
    exports.CsvColumn(gettext_lazy("SKU"), lambda row: row.item.sku),
    exports.CsvColumn(pgettext_lazy("of a thing", "Status"), lambda row: row.get_status_display()),
    exports.CsvColumn(gettext_lazy("Vendor code"), lambda row: row.vendor_code),
    exports.CsvColumn(gettext_lazy("Cost"), lambda row: row.cost.normalize()),
    exports.CsvColumn(gettext_lazy("Currency"), lambda row: row.currency),
    exports.CsvColumn(gettext_lazy("First day"), lambda row: row.valid_from),
    exports.CsvColumn(gettext_lazy("Last day"), lambda row: row.valid_until),
    exports.CsvColumn(gettext_lazy("Deal"), lambda row: row.deal_code),
    exports.CsvColumn(gettext_lazy("Note"), lambda row: row.note),
    exports.CsvColumn(gettext_lazy("Entered by"), lambda row: row.author_label),
]


@page(Right.SEE_COSTS)
def cost_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_costs()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *COSTS.filtered(request, rows), _CSV, filename="costs.csv", right=Right.SEE_COSTS
        )
    may_manage = request.membership.may(Right.MANAGE_COSTS)
    actions = [
        Action(gettext_lazy("Agreed"), reverse("catalog:agree_costs"), icon="check"),
        Action(gettext_lazy("Refused"), reverse("catalog:refuse_costs"), icon="close"),
    ]
    listing = COSTS.load(request, rows, actions=actions if may_manage else (), export=True)
    overlaps = selectors.list_overlaps(listing.rows)
    for row in listing.rows:
        row.overlaps = overlaps.get(row.pk, [])
    return htmx.render(request, "catalog/costs.html", "rows", {"list": listing, "may_manage": may_manage})


@page(Right.SEE_COSTS)
def cost_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    cost = selectors.get_cost(public_id)
    overlaps = selectors.list_overlaps([cost]).get(cost.pk, [])
    context = {
        "cost": cost,
        "overlaps": overlaps,
        "others": [row for row in selectors.list_item_costs(cost.item_id) if row.pk != cost.pk],
        "events": list_for_subject(public_id, limit=20),
        "may_manage": request.membership.may(Right.MANAGE_COSTS),
    }
    return htmx.render(request, "catalog/cost.html", "rows", context)


@upload_page(Right.MANAGE_COSTS, limit=_LARGEST_DOCUMENT)
def create_cost(request: PageRequest) -> HttpResponseBase:
    form = CostForm(
        request.POST or None, request.FILES or None,
        initial={"sku": request.GET.get("sku", ""), "valid_from": clock.now().date(), "status": CostStatus.REQUESTED},
    )  # fmt: skip
    if _is_good(request, form):
        given = dict(form.cleaned_data)
        given["document"] = _store(request, given["document"])
        try:
            cost = services.create_cost(**given, actor=request.user.actor(), now=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            _say_overlaps(request, cost)
            return htmx.redirect(request, "catalog:cost", cost.public_id)
    context = {"form": form, "path": reverse("catalog:create_cost")}
    return htmx.render(request, "catalog/cost_edit.html", "form", context, status=422 if form.errors else 200)


@upload_page(Right.MANAGE_COSTS, limit=_LARGEST_DOCUMENT)
def edit_cost(request: PageRequest, public_id: str) -> HttpResponseBase:
    cost = selectors.get_cost(public_id)
    form = CostChangeForm(
        request.POST or None, request.FILES or None, is_active=cost.status != CostStatus.REQUESTED,
        initial={name: getattr(cost, name) for name in _CHANGEABLE} | {"cost": cost.cost.normalize()},
    )  # fmt: skip
    if _is_good(request, form):
        changes = dict(form.cleaned_data)
        uploaded = changes.pop("document")
        if uploaded:
            changes["document"] = _store(request, uploaded)
        try:
            cost = services.change_cost(
                public_id=public_id, changes=changes, actor=request.user.actor(), now=clock.now()
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            _say_overlaps(request, cost)
            return htmx.redirect(request, "catalog:cost", public_id)
    context = {"form": form, "cost": cost, "path": reverse("catalog:edit_cost", args=[public_id])}
    return htmx.render(request, "catalog/cost_edit.html", "form", context, status=422 if form.errors else 200)


@page(Right.MANAGE_COSTS)
@require_POST
def decide_cost(request: PageRequest, public_id: str) -> HttpResponseBase:
    selectors.get_cost(public_id)
    form = DecisionForm(request.POST)
    try:
        if form.is_valid():
            cost = services.decide_cost(
                public_id=public_id, **form.cleaned_data, actor=request.user.actor(), now=clock.now()
            )
            _say_overlaps(request, cost)
        else:
            notes.error(request, _("Decide active or refused."))
    except DomainError as refusal:
        notes.error(request, str(refusal))
    return htmx.redirect(request, "catalog:cost", public_id)


@page(Right.MANAGE_COSTS)
@require_POST
def agree_costs(request: PageRequest) -> HttpResponseBase:
    """Amazon agreed to the selected ones that still wait."""
    return _decide_many(request, CostStatus.ACTIVE)


@page(Right.MANAGE_COSTS)
@require_POST
def refuse_costs(request: PageRequest) -> HttpResponseBase:
    """Amazon refused the selected ones that still wait."""
    return _decide_many(request, CostStatus.REFUSED)


def _decide_many(request: PageRequest, status: CostStatus) -> HttpResponseBase:
    chosen = Selection.read(request.POST).apply(COSTS, selectors.list_costs()).filter(status=CostStatus.REQUESTED)
    decided = services.decide_costs(
        public_ids=list(chosen.values_list("public_id", flat=True)[:_LARGEST_BULK]),
        status=status,
        actor=request.user.actor(),
        now=clock.now(),
    )
    notes.success(
        request, ngettext("{count} cost was decided.", "{count} costs were decided.", decided).format(count=decided)
    )
    return htmx.redirect(request, "catalog:costs")


def _is_good(request: PageRequest, form: CostForm) -> bool:
    if request.method != "POST":
        return False
    good = form.is_valid()
    if request.too_large:  # type: ignore[attr-defined]
        form.add_error("document", _("This file is too large: 20 MB at most."))
        return False
    return good


def _store(request: PageRequest, uploaded: Any) -> File | None:
    if not uploaded:
        return None
    return store_file(
        uploaded, name=uploaded.name[:200], content_type="application/octet-stream", right=Right.SEE_COSTS,
        actor=request.user.actor(), now=clock.now(),
    )  # fmt: skip


def _say_overlaps(request: PageRequest, cost: AgreedCost) -> None:
    overlaps = selectors.list_overlaps([cost]).get(cost.pk, [])
    if overlaps:
        notes.warning(request, _("Saved. Another cost holds on some of the same days: look at both."))
    else:
        notes.success(request, _("Saved."))
