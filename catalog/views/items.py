"""The pages of items: the list, one item, what is typed about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.audit.selectors import list_for_subject
from acorn.core import clock
from acorn.core.errors import DomainError, NotFound
from acorn.core.ids import new_public_id
from acorn.jobs.queue import enqueue
from acorn.panels.registry import collect
from acorn.tenancy.choices import chosen
from acorn.tenancy.days import local_day
from acorn.ui import exports, htmx
from acorn.ui.lists import Action, Selection
from catalog import services
from catalog.display import describe_size, describe_weight, name_of_country
from catalog.filters.items import ITEMS
from catalog.forms.items import IdentifierForm, ItemForm, NewItemForm, initial_of, put_on
from catalog.models import Identifier, Item
from catalog.selectors import items as selectors
from catalog.types import GTIN_KINDS, TWO_PERSON_REVIEW, IdentifierKind, ItemStatus, NewIdentifier, ProposalState

# more than this is work for a Job
_AT_ONCE = 500
_UNDO = "items_undo"
# seconds: long enough to see the mistake in the list
_UNDO_OFFERED = 600


def _values(item: Any, kinds: Any) -> list[str]:
    return sorted({each["value"] for each in item.known if each["kind"] in kinds})


def _joined(*kinds: str) -> Any:
    return lambda item: " ".join(_values(item, kinds))


CSV = [
    exports.CsvColumn(gettext_lazy("SKU"), lambda item: item.sku),
    exports.CsvColumn(gettext_lazy("Title"), lambda item: item.title),
    exports.CsvColumn(pgettext_lazy("of an item", "Status"), lambda item: item.get_status_display()),
    exports.CsvColumn("ASIN", _joined(IdentifierKind.ASIN)),
    exports.CsvColumn(gettext_lazy("Vendor SKU"), _joined(IdentifierKind.VENDOR_SKU)),
    exports.CsvColumn("EAN / UPC / GTIN", _joined(*GTIN_KINDS)),
    exports.CsvColumn(gettext_lazy("Shop SKU"), _joined(IdentifierKind.SHOP_SKU)),
    exports.CsvColumn(gettext_lazy("Case pack"), lambda item: item.case_pack),
    exports.CsvColumn(gettext_lazy("Length (mm)"), lambda item: item.length_mm),
    exports.CsvColumn(gettext_lazy("Width (mm)"), lambda item: item.width_mm),
    exports.CsvColumn(gettext_lazy("Height (mm)"), lambda item: item.height_mm),
    exports.CsvColumn(gettext_lazy("Weight (g)"), lambda item: item.weight_g),
    exports.CsvColumn(gettext_lazy("Country of origin"), lambda item: item.origin_country),
    exports.CsvColumn(gettext_lazy("Shelf life (days)"), lambda item: item.shelf_life_days),
    exports.CsvColumn(gettext_lazy("Kept by lot"), lambda item: item.tracks_lots),
    exports.CsvColumn(gettext_lazy("Kept by expiry date"), lambda item: item.tracks_expiry),
    exports.CsvColumn(gettext_lazy("Last changed"), lambda item: item.changed_at),
]


@page(Right.SEE_ITEMS)
def item_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_item_rows()
    if request.GET.get("format") == "csv":
        return exports.answer(request, *ITEMS.filtered(request, rows), CSV, filename="items.csv", right=Right.SEE_ITEMS)
    may_manage = request.membership.may(Right.MANAGE_ITEMS)
    actions = [Action(_("Export selection"), reverse("catalog:export_items"), icon="download")]
    if may_manage:
        statuses = (
            (ItemStatus.ACTIVE, _("Make active")),
            (ItemStatus.PAUSED, _("Pause")),
            (ItemStatus.OBSOLETE, _("Make obsolete")),
        )
        address = reverse("catalog:change_statuses")
        actions += [Action(label, f"{address}?status={status}") for status, label in statuses]
    listing = ITEMS.load(request, rows, actions=actions, export=True)
    for row in listing.rows:
        row.asins = _values(row, [IdentifierKind.ASIN])
        row.vendor_skus = _values(row, [IdentifierKind.VENDOR_SKU])
        row.gtins = _values(row, GTIN_KINDS)
    context = {"list": listing, "may_manage": may_manage, "undo": _find_undo(request)}
    return htmx.render(request, "catalog/items.html", "rows", context)


@page(Right.SEE_ITEMS)
@require_POST
def export_items(request: PageRequest) -> HttpResponseBase:
    chosen_rows = Selection.read(request.POST).apply(ITEMS, selectors.list_item_rows())
    return exports.answer(request, chosen_rows, ITEMS.sorts.default, CSV, filename="items.csv", right=Right.SEE_ITEMS)


@page(Right.MANAGE_ITEMS)
@require_POST
def change_statuses(request: PageRequest) -> HttpResponse:
    """Give the selected items a status; the list offers to undo it for a while."""
    wanted, status = Selection.read(request.POST), request.GET.get("status", "")
    if status not in ItemStatus.values:
        raise NotFound
    actor, operation = request.user.actor(), new_public_id("op")
    count: int | None = None
    if wanted.query is not None or len(wanted.ids) > _AT_ONCE:
        enqueue(
            "catalog.change_statuses", selection=wanted.stored(), status=status, operation=operation,
            actor_id=actor.id, actor_label=actor.label,
        )  # fmt: skip
    else:
        found = wanted.apply(ITEMS, Item.objects.all())
        count = services.change_statuses(found, status=status, operation=operation, actor=actor, now=clock.now())
    if count != 0:
        request.session[_UNDO] = {
            "operation": operation, "count": count, "company": request.tenant.pk,
            "until": clock.now().timestamp() + _UNDO_OFFERED,
        }  # fmt: skip
    back = QueryDict(request.POST.get("query", "")).urlencode()
    return htmx.redirect(request, f"{reverse('catalog:items')}?{back}" if back else "catalog:items")


def _find_undo(request: PageRequest) -> dict[str, Any] | None:
    """What was done to many items a moment ago, as long as that is offered to be undone."""
    undo: dict[str, Any] | None = request.session.get(_UNDO)
    if undo is None or undo["company"] != request.tenant.pk or undo["until"] < clock.now().timestamp():
        return None
    return undo


@page(Right.MANAGE_ITEMS)
@require_POST
def undo_statuses(request: PageRequest) -> HttpResponse:
    operation = request.POST.get("operation", "").replace("\x00", "")
    request.session.pop(_UNDO, None)
    count = services.undo_statuses(operation=operation, actor=request.user.actor(), now=clock.now())
    messages.success(
        request,
        ngettext("{count} item is as it was.", "{count} items are as they were.", count).format(count=count),
    )
    return htmx.redirect(request, "catalog:items")


@page(Right.SEE_ITEMS)
def item_detail(request: PageRequest, public_id: str) -> HttpResponse:
    item = selectors.get_item(public_id)
    identifiers = selectors.show_identifiers([item], today=local_day(clock.now()))[item.pk]
    context = {
        "item": item,
        "identifiers": identifiers,
        "has_end": any(row.effective_until for row in identifiers),
        "has_clash": any(row.clashes for row in identifiers),
        "proposals": list(selectors.list_proposals().filter(item=item).order_by("-id")[:50]),
        "size": describe_size(item),
        "weight": describe_weight(item),
        "country": name_of_country(item.origin_country),
        "panels": collect("catalog.item", item, request.membership.may),
        "events": list_for_subject(item.public_id, limit=50),
        "may_manage": request.membership.may(Right.MANAGE_ITEMS),
    }
    return render(request, "catalog/item.html", context)


@page(Right.MANAGE_ITEMS)
def item_new(request: PageRequest) -> HttpResponse:
    form = NewItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed, wishes = form.wishes()
        places = {f"identifiers.{place}.value": name for place, name in enumerate(typed)}
        places |= {f"{side}_mm": side for side in ("length", "width", "height")} | {"weight_g": "weight"}
        actor = request.user.actor()
        try:
            item, outcomes = services.create_item(
                identifiers=wishes, actor=actor, person=request.user.public_id, now=clock.now(), **form.facts()
            )
        except DomainError as refusal:
            put_on(form, refusal, places)
        else:
            waiting = sum(outcome.proposal is not None for outcome in outcomes)
            text = _("{sku} is there.").format(sku=item.sku)
            if waiting:
                text = _("{sku} is there. Its identifiers wait for a second person.").format(sku=item.sku)
            messages.success(request, text)
            return htmx.redirect(request, "catalog:item", item.public_id)
    context = {"form": form, "needs_second": chosen(TWO_PERSON_REVIEW)}
    return htmx.render(request, "catalog/item_new.html", "form", context, status=422 if form.errors else 200)


@page(Right.MANAGE_ITEMS)
def item_edit(request: PageRequest, public_id: str) -> HttpResponse:
    item = selectors.get_item(public_id)
    form = ItemForm(request.POST or None, initial=initial_of(item))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_item(public_id=public_id, actor=request.user.actor(), now=clock.now(), **form.facts())
        except DomainError as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, "catalog:item", public_id)
    context = {"form": form, "item": item}
    return htmx.render(request, "catalog/item_edit.html", "form", context, status=422 if form.errors else 200)


@page(Right.MANAGE_ITEMS)
def propose(request: PageRequest, public_id: str) -> HttpResponse:
    """Add an identifier; with `?replaces=` or `?ends=` and its id, put another in its place or end it."""
    item: Any = selectors.get_item(public_id)
    replaces, ends = request.GET.get("replaces", ""), request.GET.get("ends", "")
    old: Identifier | None = None
    if replaces or ends:
        old = next((row for row in item.loaded_identifiers if row.public_id == (ends or replaces)), None)
        if old is None:
            raise NotFound
    form = IdentifierForm(request.POST or None, old=old, ends=bool(ends))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = NewIdentifier(
            given.get("kind", ""), given.get("value", ""), given.get("marketplace", ""), given["effective_from"]
        )
        try:
            outcome = services.propose_identifier(
                item_public_id=public_id, wanted=None if ends else wanted, replaces="" if ends else replaces, ends=ends,
                effective_from=given["effective_from"], reason=given["reason"], actor=request.user.actor(),
                person=request.user.public_id, now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            put_on(form, refusal)
        else:
            if outcome.proposal is None:
                messages.success(request, _("It counts already: your company needs no second person."))
                return htmx.redirect(request, "catalog:item", public_id)
            messages.success(request, _("Proposed. It counts once another person has approved it."))
            return htmx.redirect(request, "catalog:proposal", outcome.proposal.public_id)
    context = {
        "form": form, "item": item, "old": old, "ends": bool(ends), "needs_second": chosen(TWO_PERSON_REVIEW),
        "query": request.GET.urlencode(), "waiting": ProposalState.PROPOSED,
    }  # fmt: skip
    return htmx.render(request, "catalog/propose.html", "form", context, status=422 if form.errors else 200)
