"""Pages of stock: what is there, what is promised and coming, and an item's stock with its ledger."""

from collections.abc import Callable
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
from acorn.tenancy.days import local_day
from acorn.ui import exports, htmx
from acorn.ui.charts import Series, draw_steps
from acorn.ui.lists import Action, Selection
from catalog.filters.stock import COMMITMENTS, INBOUND, LEDGER, STOCK
from catalog.forms.stock import (
    AdjustForm,
    BufferForm,
    CountForm,
    ExpectationForm,
    HoldForm,
    InboundForm,
    MoveForm,
    ReceiptForm,
)
from catalog.models import StockBalance
from catalog.selectors import stock as selectors
from catalog.selectors.items import get_item
from catalog.services import stock
from catalog.types import COMING, PROMISABLE, CountRow, Place

_SHEET, _HOLDERS, _ENTRIES = 200, 100, 20
_PLACE_CSV = [
    exports.CsvColumn(gettext_lazy("SKU"), lambda row: row.item.sku),
    exports.CsvColumn(gettext_lazy("Title"), lambda row: row.item.title),
    exports.CsvColumn(gettext_lazy("Warehouse"), lambda row: row.warehouse.code),
    exports.CsvColumn(gettext_lazy("Pool"), lambda row: row.get_pool_display()),
]
_STOCK_CSV = [
    *_PLACE_CSV,
    exports.CsvColumn(gettext_lazy("On hand"), lambda row: row.on_hand),
    exports.CsvColumn(gettext_lazy("Committed"), lambda row: row.committed),
    exports.CsvColumn(gettext_lazy("Buffer"), lambda row: row.buffer),
    exports.CsvColumn(gettext_lazy("Available"), lambda row: row.available),
    exports.CsvColumn(gettext_lazy("Counted"), lambda row: row.counted_at),
]
_COMMITMENT_CSV = [
    exports.CsvColumn(gettext_lazy("SKU"), lambda row: row.balance.item.sku),
    exports.CsvColumn(gettext_lazy("Warehouse"), lambda row: row.balance.warehouse.code),
    exports.CsvColumn(gettext_lazy("Pool"), lambda row: row.balance.get_pool_display()),
    exports.CsvColumn(gettext_lazy("Quantity"), lambda row: row.quantity),
    exports.CsvColumn(gettext_lazy("For"), lambda row: row.get_purpose_display()),
    exports.CsvColumn(gettext_lazy("Held for"), lambda row: row.reference_label),
    exports.CsvColumn(gettext_lazy("Needed on"), lambda row: row.needed_on),
    exports.CsvColumn(gettext_lazy("State"), lambda row: row.get_state_display()),
    exports.CsvColumn(gettext_lazy("Since"), lambda row: row.created_at),
    exports.CsvColumn(gettext_lazy("By"), lambda row: row.actor_label),
]
_INBOUND_CSV = [
    exports.CsvColumn(gettext_lazy("Reference"), lambda row: row.reference),
    *_PLACE_CSV,
    exports.CsvColumn(gettext_lazy("Quantity"), lambda row: row.quantity),
    exports.CsvColumn(gettext_lazy("Expected on"), lambda row: row.expected_on),
    exports.CsvColumn(gettext_lazy("State"), lambda row: row.get_state_display()),
    exports.CsvColumn(gettext_lazy("Arrived quantity"), lambda row: row.arrived_quantity),
    exports.CsvColumn(gettext_lazy("Arrived"), lambda row: row.arrived_at),
]
_LEDGER_CSV = [
    exports.CsvColumn(gettext_lazy("Written"), lambda row: row.at),
    exports.CsvColumn(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
    exports.CsvColumn(gettext_lazy("Warehouse"), lambda row: row.balance.warehouse.code),
    exports.CsvColumn(gettext_lazy("Pool"), lambda row: row.balance.get_pool_display()),
    exports.CsvColumn(gettext_lazy("On hand"), lambda row: row.on_hand_change),
    exports.CsvColumn(gettext_lazy("Committed"), lambda row: row.committed_change),
    exports.CsvColumn(gettext_lazy("On hand after"), lambda row: row.on_hand_after),
    exports.CsvColumn(gettext_lazy("Committed after"), lambda row: row.committed_after),
    exports.CsvColumn(gettext_lazy("True as of"), lambda row: row.as_of),
    exports.CsvColumn(gettext_lazy("Cause"), lambda row: row.get_cause_display()),
    exports.CsvColumn(gettext_lazy("Reason"), lambda row: row.reason),
    exports.CsvColumn(gettext_lazy("Source"), lambda row: row.source),
    exports.CsvColumn(gettext_lazy("By"), lambda row: row.actor_label),
]


# --- What is there ---
@page(Right.SEE_STOCK)
def stock_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_balances()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *STOCK.filtered(request, rows), _STOCK_CSV, filename="stock.csv", right=Right.SEE_STOCK
        )
    may_manage = request.membership.may(Right.MANAGE_STOCK)
    actions = [Action(_("Count"), reverse("catalog:count_sheet"), icon="check")] if may_manage else []
    listing = STOCK.load(request, rows, actions=actions, export=True)
    _add_next_inbound(listing.rows)
    return htmx.render(request, "catalog/stock.html", "rows", {"list": listing, "may_manage": may_manage})


@page(Right.MANAGE_STOCK)
@require_POST
def count_sheet(request: PageRequest) -> HttpResponseBase:
    """The selected places to be counted on one page; what is left empty is not counted."""
    chosen = Selection.read(request.POST)
    chosen = Selection(tuple(filter(_is_key, chosen.ids)), chosen.query)
    found = chosen.apply(STOCK, selectors.list_balances())
    rows = list(found.order_by("item__sku", "warehouse__code", "pool")[: _SHEET + 1])
    if not rows:
        return htmx.redirect(request, "catalog:stock")
    context = {"rows": rows[:_SHEET], "is_cut": len(rows) > _SHEET, "limit": _SHEET}
    return htmx.render(request, "catalog/stock_sheet.html", "form", context)


@page(Right.MANAGE_STOCK)
@require_POST
def save_count_sheet(request: PageRequest) -> HttpResponseBase:
    """All figures of the sheet, or none: a figure that is no number is shown again, with all the others."""
    now = clock.now()
    typed = {key.removeprefix("counted-"): str(request.POST[key]).strip() for key in request.POST if "counted-" in key}
    balances = list(
        selectors.list_balances().filter(pk__in=filter(_is_key, typed)).order_by("item__sku", "warehouse__code", "pool")
    )
    counts, bad = [], 0
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    for row in balances:
        text = typed[str(row.pk)]
        row.typed = text  # type: ignore[attr-defined]
        if not text:
            continue
        if text.isascii() and text.isdigit() and len(text) <= 12:
            counts.append(CountRow(Place(row.item_id, row.warehouse_id, row.pool), int(text), now, reason))
        else:
            row.error = _("A whole number of eaches, please.")  # type: ignore[attr-defined]
            bad += 1
    if bad or not counts or not reason:
        context = {"rows": balances, "reason": reason, "lacks_reason": not reason, "is_empty": not counts and not bad}
        return htmx.render(request, "catalog/stock_sheet.html", "form", context, status=422)
    results = stock.record_counts(counts, source="PAGE", actor=request.user.actor(), now=now)
    _say_counted(request, results)
    return htmx.redirect(request, "catalog:stock")


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _say_counted(request: PageRequest, results: list[Any]) -> None:
    done = sum(result.is_applied for result in results)
    if done:
        notes.success(
            request, ngettext("{count} count was taken.", "{count} counts were taken.", done).format(count=done)
        )
    if late := len(results) - done:
        text = ngettext(
            "{count} count changed nothing: a newer one is known.",
            "{count} counts changed nothing: newer ones are known.",
            late,
        )
        notes.warning(request, text.format(count=late))


# --- An item ---
@page(Right.SEE_STOCK)
def item_stock(request: PageRequest, public_id: str) -> HttpResponseBase:
    """Balances, what is to come, who holds what, and the newest of the ledger."""
    item = get_item(public_id)
    balances = selectors.get_balances(item)
    _add_next_inbound(balances)
    # what stands at Amazon is shown below, and is nobody's to promise
    own = [row for row in balances if row.pool in PROMISABLE]
    today = local_day(clock.now())
    days = selectors.project_item(item, today)
    holders = list(selectors.list_held(item)[: _HOLDERS + 1])
    inbound = list(selectors.list_all_inbound().filter(item=item, state__in=COMING).order_by("expected_on", "id"))
    context = {
        "item": item, "balances": balances, "holders": holders[:_HOLDERS], "has_more_holders": len(holders) > _HOLDERS,
        "inbound": inbound, "today": today,
        "entries": list(selectors.list_entries(item).order_by("-id")[:_ENTRIES]),
        "chart": draw_steps(
            [day.on for day in days],
            [
                Series(_("On hand"), "blue", [day.on_hand for day in days]),
                Series(_("Available to promise"), "green", [day.available for day in days]),
            ],
            _("On hand and available to promise, day by day"),
        ),
        "days": [day for n, day in enumerate(days) if not n or day.arrives or day.leaves or day.available != days[n - 1].available],
        "totals": {name: sum(getattr(row, name) for row in own) for name in ("on_hand", "committed", "buffer", "available")},
        "events": list_for_subject(public_id, limit=20),
        "may_manage": request.membership.may(Right.MANAGE_STOCK),
    }  # fmt: skip
    return htmx.render(request, "catalog/item_stock.html", "body", context)


@page(Right.SEE_STOCK)
def item_ledger(request: PageRequest, public_id: str) -> HttpResponseBase:
    item = get_item(public_id)
    rows = selectors.list_entries(item)
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *LEDGER.filtered(request, rows), _LEDGER_CSV, filename="ledger.csv", right=Right.SEE_STOCK
        )
    listing = LEDGER.load(request, rows, export=True)
    return htmx.render(request, "catalog/ledger.html", "rows", {"list": listing, "item": item})


@page(Right.MANAGE_STOCK)
def count_item(request: PageRequest, public_id: str) -> HttpResponseBase:
    def save(given: dict[str, Any]) -> None:
        place = Place(item.pk, given["warehouse"].pk, given["pool"])
        now = clock.now()
        row = CountRow(place, given["on_hand"], given["as_of"] or now, given["reason"])
        _say_counted(request, [stock.record_count(row, source="PAGE", actor=request.user.actor(), now=now)])

    item = get_item(public_id)
    return _edit(request, item, CountForm, save, _("Count"))


@page(Right.MANAGE_STOCK)
def adjust_item(request: PageRequest, public_id: str) -> HttpResponseBase:
    def save(given: dict[str, Any]) -> None:
        entry = stock.adjust(item=item, **given, source="PAGE", actor=request.user.actor(), now=clock.now())
        if entry.on_hand_change:
            notes.success(request, _("On hand is {on_hand} now.").format(on_hand=entry.on_hand_after))
        else:
            notes.warning(request, _("Nothing was changed: the place was counted since."))

    item = get_item(public_id)
    return _edit(request, item, AdjustForm, save, _("Adjust stock"))


@page(Right.MANAGE_STOCK)
def move_item(request: PageRequest, public_id: str) -> HttpResponseBase:
    def save(given: dict[str, Any]) -> None:
        taken, brought = stock.move(item=item, **given, source="PAGE", actor=request.user.actor(), now=clock.now())
        text = _("{source} has {left} now, {target} has {there}.")
        notes.success(
            request,
            text.format(
                source=taken.balance.warehouse.code, left=taken.on_hand_after, target=brought.balance.warehouse.code,
                there=brought.on_hand_after,
            ),
        )  # fmt: skip

    item = get_item(public_id)
    return _edit(request, item, MoveForm, save, _("Move stock"))


@page(Right.MANAGE_STOCK)
def hold_item(request: PageRequest, public_id: str) -> HttpResponseBase:
    def save(given: dict[str, Any]) -> None:
        held = stock.hold(item=item, **given, actor=request.user.actor(), now=clock.now())
        notes.success(
            request, _("{quantity} are held for {name}.").format(quantity=held.quantity, name=held.reference_label)
        )

    item = get_item(public_id)
    return _edit(request, item, HoldForm, save, _("Hold stock"))


@page(Right.MANAGE_STOCK)
def buffer_item(request: PageRequest, public_id: str) -> HttpResponseBase:
    def save(given: dict[str, Any]) -> None:
        stock.set_buffer(item=item, **given, actor=request.user.actor(), now=clock.now())
        notes.success(request, _("The safety buffer is changed."))

    item = get_item(public_id)
    return _edit(request, item, BufferForm, save, _("Safety buffer"))


def _edit(
    request: PageRequest, item: Any, form_class: Any, save: Callable[[dict[str, Any]], None], title: str
) -> HttpResponseBase:
    initial = {name: request.GET[name] for name in ("warehouse", "pool", "buffer") if name in request.GET}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return htmx.redirect(request, "catalog:item_stock", item.public_id)
    context = {"form": form, "item": item, "title": title, "path": request.path}
    return htmx.render(request, "catalog/stock_edit.html", "form", context, status=422 if form.errors else 200)


# --- Who holds what ---
@page(Right.SEE_STOCK)
def commitment_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_commitments()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request,
            *COMMITMENTS.filtered(request, rows),
            _COMMITMENT_CSV,
            filename="commitments.csv",
            right=Right.SEE_STOCK,
        )
    may_manage = request.membership.may(Right.MANAGE_STOCK)
    question = _("Gives what is held by hand back to everybody.")
    actions = (
        [Action(pgettext_lazy("stock", "Release"), reverse("catalog:release"), icon="undo", confirm=question)]
        if may_manage
        else []
    )
    return htmx.render(
        request,
        "catalog/commitments.html",
        "rows",
        {"list": COMMITMENTS.load(request, rows, actions=actions, export=True)},
    )


@page(Right.MANAGE_STOCK)
@require_POST
def release(request: PageRequest) -> HttpResponseBase:
    """Give back what is held by hand, of the selected; all of them or none."""
    chosen = Selection.read(request.POST).apply(COMMITMENTS, selectors.list_commitments())
    ids = list(chosen.order_by("id").values_list("public_id", flat=True)[: _SHEET + 1])
    try:
        if len(ids) > _SHEET:
            notes.error(request, _("Release at most {limit} at once: select fewer.").format(limit=_SHEET))
        elif ids:
            stock.release_holds(ids, actor=request.user.actor(), now=clock.now(), reason=request.POST.get("reason", ""))
            notes.success(
                request, ngettext("{count} is released.", "{count} are released.", len(ids)).format(count=len(ids))
            )
    except DomainError as refusal:
        notes.error(request, str(refusal))
    item = request.POST.get("item", "")
    return htmx.redirect(request, "catalog:item_stock", item) if item else htmx.redirect(request, "catalog:commitments")


# --- What is on its way ---
@page(Right.SEE_STOCK)
def inbound_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_all_inbound()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *INBOUND.filtered(request, rows), _INBOUND_CSV, filename="inbound.csv", right=Right.SEE_STOCK
        )
    may_manage = request.membership.may(Right.MANAGE_STOCK)
    question = _("Adds what was announced to what is on hand.")
    actions = (
        [Action(_("Arrived"), reverse("catalog:receive_many"), icon="check", confirm=question)] if may_manage else []
    )
    context = {
        "list": INBOUND.load(request, rows, actions=actions, export=True),
        "today": local_day(clock.now()), "may_manage": may_manage,
    }  # fmt: skip
    return htmx.render(request, "catalog/inbound.html", "rows", context)


@page(Right.MANAGE_STOCK)
def expect_inbound(request: PageRequest) -> HttpResponseBase:
    form = InboundForm(request.POST or None, initial={"sku": request.GET.get("sku", "")})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        item = given.pop("sku")
        try:
            stock.expect_inbound(item=item, **given, actor=request.user.actor(), now=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notes.success(request, _("Announced. It can be promised for the days after it arrives."))
            return htmx.redirect(request, "catalog:item_stock", item.public_id)
    context = {"form": form, "item": None, "title": _("Announce inbound"), "path": request.path}
    return htmx.render(request, "catalog/stock_edit.html", "form", context, status=422 if form.errors else 200)


@page(Right.SEE_STOCK)
def inbound_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    """One arrival: it came, comes on another day or in another quantity, or never comes."""
    inbound = selectors.get_inbound(public_id)
    may_manage = request.membership.may(Right.MANAGE_STOCK) and inbound.state in COMING
    form = ExpectationForm(
        request.POST or None, initial={"quantity": inbound.quantity, "expected_on": inbound.expected_on}
    )
    if request.method == "POST" and may_manage and form.is_valid():
        try:
            stock.expect_inbound(
                item=inbound.item, warehouse=inbound.warehouse, pool=inbound.pool, reference=inbound.reference,
                **form.cleaned_data, actor=request.user.actor(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            notes.success(request, _("Saved."))
            return htmx.redirect(request, "catalog:inbound_detail", public_id)
    context = {"inbound": inbound, "form": form, "may_manage": may_manage, "today": local_day(clock.now())}
    return htmx.render(request, "catalog/inbound_detail.html", "body", context, status=422 if form.errors else 200)


@page(Right.MANAGE_STOCK)
@require_POST
def receive_many(request: PageRequest) -> HttpResponseBase:
    """What was announced of the selected has arrived."""
    chosen = Selection.read(request.POST).apply(INBOUND, selectors.list_all_inbound()).filter(state__in=COMING)
    ids = list(chosen.order_by("id").values_list("public_id", flat=True)[:_SHEET])
    for public_id in ids:
        stock.receive_inbound(public_id, actor=request.user.actor(), now=clock.now())
    notes.success(request, ngettext("{count} arrived.", "{count} arrived.", len(ids)).format(count=len(ids)))
    return htmx.redirect(request, "catalog:inbound")


@page(Right.MANAGE_STOCK)
@require_POST
def receive_inbound(request: PageRequest, public_id: str) -> HttpResponseBase:
    inbound = selectors.get_inbound(public_id)
    form = ReceiptForm(request.POST)
    if form.is_valid():
        return _settle(
            request, inbound,
            lambda: stock.receive_inbound(
                public_id, quantity=form.cleaned_data["quantity"], actor=request.user.actor(), now=clock.now()
            ),
        )  # fmt: skip
    notes.error(request, _("A whole number of eaches, please."))
    return htmx.redirect(request, "catalog:item_stock", inbound.item.public_id)


@page(Right.MANAGE_STOCK)
@require_POST
def cancel_inbound(request: PageRequest, public_id: str) -> HttpResponseBase:
    inbound = selectors.get_inbound(public_id)
    return _settle(
        request, inbound, lambda: stock.cancel_inbound(public_id, actor=request.user.actor(), now=clock.now())
    )


def _settle(request: PageRequest, inbound: Any, act: Callable[[], Any]) -> HttpResponseBase:
    try:
        act()
    except DomainError as refusal:
        notes.error(request, str(refusal))
    return htmx.redirect(request, "catalog:item_stock", inbound.item.public_id)


def _add_next_inbound(balances: list[StockBalance]) -> None:
    """What comes next to each place, as `next_inbound`: (day, eaches), or None."""
    inbound = selectors.list_inbound({balance.item_id for balance in balances}) if balances else {}
    for row in balances:
        days = inbound.get(Place(row.item_id, row.warehouse_id, row.pool), ())
        row.next_inbound = days[0] if days else None  # type: ignore[attr-defined]
