"""Products without an item and costs that are not the agreed ones: what open orders ask people."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import DomainError, NotFound
from acorn.core.money import Money
from acorn.ui import exports, htmx
from acorn.ui.lists import Action, Selection
from orders import letters, selectors, services
from orders.filters.questions import DIFFERENCES, UNMAPPED
from orders.models import CostDifference, UnmappedProduct
from orders.types import CostChoice

# more than this is not decided at one stroke
_AT_ONCE = 500
UNMAPPED_CSV = [
    exports.CsvColumn("ASIN", lambda row: row.asin),
    exports.CsvColumn(gettext_lazy("Vendor SKU"), lambda row: row.vendor_sku),
    exports.CsvColumn(gettext_lazy("Marketplace"), lambda row: row.marketplace),
    exports.CsvColumn(gettext_lazy("Why"), lambda row: row.get_problem_display()),
    exports.CsvColumn(gettext_lazy("Answer by"), lambda row: row.deadline_at),
    exports.CsvColumn(gettext_lazy("Lines"), lambda row: row.line_count),
    exports.CsvColumn(gettext_lazy("Eaches"), lambda row: row.total_eaches),
    exports.CsvColumn(gettext_lazy("Amount"), lambda row: row.amount),
    exports.CsvColumn(gettext_lazy("Currency"), lambda row: row.currency),
]
DIFFERENCES_CSV = [
    exports.CsvColumn(gettext_lazy("PO"), lambda row: row.order.number),
    exports.CsvColumn(gettext_lazy("Line"), lambda row: row.sequence),
    exports.CsvColumn(gettext_lazy("SKU"), lambda row: row.item.sku),
    exports.CsvColumn(gettext_lazy("Vendor code"), lambda row: row.vendor_code),
    exports.CsvColumn(gettext_lazy("Answer by"), lambda row: row.deadline_at),
    exports.CsvColumn(gettext_lazy("Eaches"), lambda row: row.eaches),
    exports.CsvColumn(gettext_lazy("Order's cost"), lambda row: row.po_cost),
    exports.CsvColumn(gettext_lazy("Agreed cost"), lambda row: row.agreed_cost),
    exports.CsvColumn(gettext_lazy("Difference"), lambda row: row.amount),
    exports.CsvColumn(gettext_lazy("Currency"), lambda row: row.currency),
    exports.CsvColumn(gettext_lazy("Decision"), lambda row: row.get_choice_display()),
    exports.CsvColumn(gettext_lazy("Decided by"), lambda row: row.chosen_by),
    exports.CsvColumn(gettext_lazy("Decided"), lambda row: row.chosen_at),
]


# --- products without an item -----------------------------------------------------------------------------------------


@page(Right.SEE_ORDERS)
def unmapped_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_unmapped_products()
    may_export = request.membership.may(Right.EXPORT_ORDERS)
    if request.GET.get("format") == "csv" and may_export:
        return exports.answer(
            request, *UNMAPPED.filtered(request, rows), UNMAPPED_CSV, filename="unmapped.csv", right=Right.EXPORT_ORDERS
        )
    actions = []
    if request.membership.may(Right.MANAGE_ITEMS):
        ask = _("Gives each selected product that has exactly one sure suggestion to that item.")
        actions.append(Action(_("Take the sure suggestion"), reverse("orders:map_best"), icon="check", confirm=ask))
    listing = UNMAPPED.load(request, rows, actions=actions, export=may_export)
    found = selectors.suggest_for(listing.rows)
    for row in listing.rows:
        row.best = found[row.pk][0] if found[row.pk] else None
    return htmx.render(request, "orders/unmapped_list.html", "rows", {"list": listing})


@page(Right.MANAGE_ITEMS)
@require_POST
def map_best(request: PageRequest) -> HttpResponse:
    chosen = Selection.read(request.POST).apply(UNMAPPED, selectors.list_unmapped_products())
    count = services.choose_best(
        public_ids=list(chosen.order_by("pk").values_list("public_id", flat=True)[:_AT_ONCE]),
        reason=_("Sure suggestion in the mapping queue"),
        actor=request.user.actor(), person=request.user.public_id, now=clock.now(),
    )  # fmt: skip
    text = ngettext("{count} product has its item now, or waits for a second person.",
                    "{count} products have their items now, or wait for a second person.", count)  # fmt: skip
    messages.success(request, text.format(count=count))
    return _back(request, "orders:unmapped_list")


class NewItemForm(forms.Form):
    """A new item for a product that no item is."""

    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=60)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    case_pack = forms.IntegerField(label=gettext_lazy("Case pack"), min_value=1, max_value=1_000_000)


@page(Right.SEE_ORDERS)
def unmapped_detail(request: PageRequest, public_id: str) -> HttpResponse:
    """A product without an item: what waits for it, which items it may be, and what to do."""
    product = selectors.get_unmapped_product(public_id)
    return _show_product(request, product)


@page(Right.MANAGE_ITEMS)
@require_POST
def map_product(request: PageRequest, public_id: str) -> HttpResponse:
    product = selectors.get_unmapped_product(public_id)
    try:
        counts = services.choose_item(
            product=product, item_public_id=request.POST.get("item", "").replace("\x00", ""),
            reason=_("Chosen in the mapping queue"), actor=request.user.actor(), person=request.user.public_id,
            now=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _show_product(request, product, refusal=refusal)
    return _mapped(request, counts)


@page(Right.MANAGE_ITEMS)
@require_POST
def create_mapped(request: PageRequest, public_id: str) -> HttpResponse:
    product = selectors.get_unmapped_product(public_id)
    form = NewItemForm(request.POST)
    if not form.is_valid():
        return _show_product(request, product, form=form)
    try:
        counts = services.create_for(
            product=product,
            **form.cleaned_data,
            actor=request.user.actor(),
            person=request.user.public_id,
            now=clock.now(),
        )
    except DomainError as refusal:
        for name, texts in refusal.fields.items():
            form.add_error(name if name in form.fields else None, [str(text) for text in texts])
        if not refusal.fields:
            form.add_error(None, str(refusal))
        return _show_product(request, product, form=form)
    return _mapped(request, counts)


def _mapped(request: PageRequest, counts: bool) -> HttpResponse:
    if counts:
        messages.success(request, _("It counts: the lines get their item in a moment."))
    else:
        messages.success(request, _("Proposed. The lines get their item once another person has approved it."))
    return htmx.redirect(request, "orders:unmapped_list")


def _show_product(
    request: PageRequest,
    product: UnmappedProduct,
    *,
    form: NewItemForm | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    text = request.GET.get("search", "").replace("\x00", "")[:100]
    lines = selectors.list_waiting_lines(product)
    packs = [line.unit_size for line in lines if line.unit_size > 1]
    context = {
        "product": product,
        "lines": [
            {"line": line, "cost": None if line.net_cost is None else Money(line.net_cost, line.currency)}
            for line in lines
        ],
        "suggestions": selectors.suggest_items(product),
        "search": text,
        "found": selectors.find_choices(text),
        "form": form or NewItemForm(initial={"sku": product.vendor_sku, "case_pack": packs[0] if packs else 1}),
        "refusal": refusal,
        "may_manage": request.membership.may(Right.MANAGE_ITEMS),
    }
    is_refused = refusal is not None or (form is not None and bool(form.errors))
    return render(request, "orders/unmapped.html", context, status=422 if is_refused else 200)


# --- costs that differ ------------------------------------------------------------------------------------------------


@page(Right.SEE_COSTS)
def difference_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_cost_differences()
    may_export = request.membership.may(Right.EXPORT_ORDERS)
    if request.GET.get("format") == "csv" and may_export:
        return exports.answer(
            request,
            *DIFFERENCES.filtered(request, rows),
            DIFFERENCES_CSV,
            filename="cost-differences.csv",
            right=Right.EXPORT_ORDERS,
        )
    actions = []
    if request.membership.may(Right.ANSWER_ORDERS):
        address = reverse("orders:choose_costs")
        actions = [
            Action(label, f"{address}?choice={choice.value}", icon=icon)
            for choice, label, icon in (
                (CostChoice.ACCEPT, _("Accept the order's cost"), "check"),
                (CostChoice.WRITE, _("Mark as written to the buyer"), "mail"),
                (CostChoice.REJECT, _("Reject the lines"), "close"),
            )
        ]
    listing = DIFFERENCES.load(request, rows, actions=actions, export=may_export)
    totals = selectors.total_differences(DIFFERENCES.filtered(request, rows)[0])
    context = {"list": listing, "totals": [Money(total, currency).rounded() for currency, total in totals]}
    return htmx.render(request, "orders/differences.html", "rows", context)


@page(Right.ANSWER_ORDERS)
@require_POST
def choose_costs(request: PageRequest) -> HttpResponse:
    choice = request.GET.get("choice", "")
    if choice not in CostChoice.values:
        raise NotFound
    chosen = Selection.read(request.POST).apply(DIFFERENCES, selectors.list_cost_differences())
    ids = list(chosen.order_by("pk").values_list("public_id", flat=True)[:_AT_ONCE])
    count = services.choose_costs(
        public_ids=ids, choice=CostChoice(choice), actor=request.user.actor(), now=clock.now()
    )
    messages.success(request, ngettext("{count} line decided.", "{count} lines decided.", count).format(count=count))
    return _back(request, "orders:differences")


@page(Right.SEE_COSTS)
def difference_detail(request: PageRequest, public_id: str) -> HttpResponse:
    """One difference, and the letter to the buyer: to be copied, or downloaded as a text file."""
    row = selectors.get_cost_difference(public_id)
    spoken = (translation.get_language() or "en")[:2]
    language = request.GET.get("language", spoken if spoken in letters.LANGUAGES else "en")
    letter = letters.write_letter(_letter_facts(row), language)
    if "download" in request.GET:
        response = HttpResponse(letter, content_type="text/plain; charset=utf-8")
        name = "".join(character for character in row.order.number if character.isalnum() and character.isascii())
        response.headers["Content-Disposition"] = f'attachment; filename="cost-{name}.txt"'
        return response
    context = {
        "row": row,
        "po_cost": Money(row.po_cost, row.currency),
        "agreed_cost": Money(row.agreed_cost, row.currency),
        "amount": row.difference,
        "letter": letter,
        "language": language,
        "languages": letters.LANGUAGES.items(),
        "choices": CostChoice.choices,
        "may_choose": row.is_open and request.membership.may(Right.ANSWER_ORDERS),
        "environment": row.order.environment,
    }
    return render(request, "orders/difference.html", context)


@page(Right.ANSWER_ORDERS)
@require_POST
def choose_cost(request: PageRequest, public_id: str) -> HttpResponse:
    row = selectors.get_cost_difference(public_id)
    choice = request.POST.get("choice", "")
    if choice not in CostChoice.values:
        raise NotFound
    services.choose_costs(
        public_ids=[row.public_id], choice=CostChoice(choice), actor=request.user.actor(), now=clock.now()
    )
    return htmx.redirect(request, "orders:difference", public_id)


def _letter_facts(row: CostDifference) -> letters.LetterFacts:
    line: Any = selectors.find_line(row.order, row.sequence)
    return letters.LetterFacts(
        number=row.order.number, line=row.sequence, vendor_code=row.vendor_code,
        product=(line.asin or line.vendor_sku) if line else row.item.sku, sku=row.item.sku,
        ordered_on=row.order.ordered_at.date(), deadline=row.deadline_at.date() if row.deadline_at else None,
        po_cost=row.po_cost, agreed_cost=row.agreed_cost, eaches=row.eaches, amount=row.difference.amount, currency=row.currency,
    )  # fmt: skip


def _back(request: PageRequest, name: str) -> HttpResponse:
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return htmx.redirect(request, f"{reverse(name)}?{query}" if query else name)
