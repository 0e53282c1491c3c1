"""The pages of purchase orders."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.audit.selectors import list_for_subject
from acorn.core import clock
from acorn.core.errors import DomainError, NotFound
from acorn.core.money import Money
from acorn.files.selectors import read_raw
from acorn.jobs.queue import enqueue
from acorn.panels.registry import collect
from acorn.ui import exports, htmx
from acorn.ui.lists import Action, Selection
from orders import selectors, services
from orders.display import FIELDS, show_change, show_word
from orders.errors import ChangedAgain
from orders.filters import FINDINGS, ORDERS
from orders.models import PurchaseOrder, PurchaseOrderLine
from orders.papers import FORMS, PAPERS
from orders.rules import ENDS
from orders.types import OrderSnapshot, OrderState
from vendors.selectors import now_at

T = TypeVar("T")
CSV = [
    exports.CsvColumn(_("PO"), lambda order: order.number),
    exports.CsvColumn(_("State"), lambda order: order.get_state_display()),
    exports.CsvColumn(_("Amazon's state"), lambda order: order.amazon_state),
    exports.CsvColumn(_("Type"), lambda order: order.type),
    exports.CsvColumn(_("Environment"), lambda order: order.get_environment_display()),
    exports.CsvColumn(_("Marketplace"), lambda order: order.marketplace),
    exports.CsvColumn(_("Vendor code"), lambda order: order.vendor_code),
    exports.CsvColumn(_("FC"), lambda order: order.ship_to_party),
    exports.CsvColumn(_("Ordered"), lambda order: order.ordered_at),
    exports.CsvColumn(_("Changed"), lambda order: order.changed_at),
    exports.CsvColumn(_("Ship window begins"), lambda order: order.ship_window_start),
    exports.CsvColumn(_("Ship window ends"), lambda order: order.ship_window_end),
    exports.CsvColumn(_("Delivery window begins"), lambda order: order.delivery_window_start),
    exports.CsvColumn(_("Delivery window ends"), lambda order: order.delivery_window_end),
    exports.CsvColumn(_("Answer by"), lambda order: order.deadline_at),
    exports.CsvColumn(_("Lines"), lambda order: order.line_count),
    exports.CsvColumn(_("Eaches"), lambda order: order.total_eaches),
    exports.CsvColumn(_("Total"), lambda order: order.total_cost),
    exports.CsvColumn(_("Currency"), lambda order: order.currency),
    exports.CsvColumn(_("Changed by Amazon, not seen yet"), lambda order: order.has_unseen_change),
    exports.CsvColumn(_("History"), lambda order: order.is_history),
]
# more than this is work for a Job
_AT_ONCE = 500


@page(Right.SEE_ORDERS)
def order_list(request: PageRequest) -> HttpResponseBase:
    may_export = request.membership.may(Right.EXPORT_ORDERS)
    if request.GET.get("format") == "csv" and may_export:
        return exports.answer(
            request,
            *ORDERS.filtered(request, selectors.list_orders()),
            CSV,
            filename="orders.csv",
            right=Right.EXPORT_ORDERS,
        )
    actions = []
    if request.membership.may(Right.SETTLE_ORDERS):
        actions.append(Action(_("Mark changes as seen"), reverse("orders:mark_selected_seen"), icon="check"))
    if request.membership.may(Right.ANSWER_ORDERS) and request.GET.get("history") == "true":
        actions.append(Action(_("Take on history"), reverse("orders:adopt_selected"), icon="today"))
    if may_export:
        actions.append(Action(_("Export selection"), reverse("orders:export_selected"), icon="download"))
        for kind, label in PAPERS.items():
            for form in FORMS:
                url = f"{reverse('orders:selected_papers')}?paper={kind}.{form}"
                actions.append(Action(f"{label} {form.upper()}", url, icon="download"))
    listing = ORDERS.load(request, selectors.list_order_rows(), actions=actions, export=may_export)
    selectors.tell_real_time(listing.rows)
    shares = selectors.stage_shares([order.pk for order in listing.rows])
    for order in listing.rows:
        order.shares = shares.get(order.pk, [])
    context = {"list": listing, "may_answer": request.membership.may(Right.ANSWER_ORDERS)}
    return htmx.render(request, "orders/list.html", "rows", context)


@page(Right.EXPORT_ORDERS)
@require_POST
def export_selected(request: PageRequest) -> HttpResponseBase:
    chosen = Selection.read(request.POST).apply(ORDERS, selectors.list_orders())
    return exports.answer(request, chosen, ORDERS.sorts.default, CSV, filename="orders.csv", right=Right.EXPORT_ORDERS)


@page(Right.SETTLE_ORDERS)
@require_POST
def mark_selected_seen(request: PageRequest) -> HttpResponse:
    chosen = Selection.read(request.POST)
    actor = request.user.actor()
    if chosen.query is not None or len(chosen.ids) > _AT_ONCE:
        enqueue("orders.mark_seen", selection=chosen.stored(), actor_id=actor.id, actor_label=actor.label)
        text = str(_("Marking the changes of all these orders as seen; this takes a moment."))
    else:
        count = services.mark_many_seen(public_ids=chosen.ids, actor=actor, now=clock.now())
        text = ngettext("{count} order marked as seen.", "{count} orders marked as seen.", count).format(count=count)
    messages.success(request, text)
    back = QueryDict(request.POST.get("query", "")).urlencode()
    return htmx.redirect(request, f"{reverse('orders:list')}?{back}" if back else "orders:list")


@page(Right.SEE_ORDERS)
def order_detail(request: PageRequest, public_id: str) -> HttpResponse:
    order = _order(public_id)
    return render(request, "orders/detail.html", _detail_context(request, order))


@page(Right.SETTLE_ORDERS)
@require_POST
def mark_seen(request: PageRequest, public_id: str) -> HttpResponse:
    order = _order(public_id)
    version = request.POST.get("version", "")
    try:
        services.mark_seen(
            public_id=public_id,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
            actor=request.user.actor(),
            now=clock.now(),
        )
    except ChangedAgain as refusal:
        context = _detail_context(request, order) | {"refusal": refusal}
        return render(request, "orders/detail.html", context, status=422)
    return htmx.redirect(request, "orders:detail", public_id)


@page(Right.SEE_ORDERS)
def version_detail(request: PageRequest, public_id: str, number: int) -> HttpResponse:
    """How the order stood from one answer of Amazon until the next."""
    order = _order(public_id)
    version = _or_404(lambda: selectors.get_version(order, number))
    snapshot = OrderSnapshot.from_json(version.snapshot)
    lines = [
        {"line": line, "cost": None if line.net_cost is None else Money(line.net_cost, line.currency)}
        for line in snapshot.lines or ()
    ]
    context = {
        "order": order,
        "version": version,
        "snapshot": snapshot,
        "amazon_state": show_word("amazon_state", snapshot.amazon_state or ""),
        "type": show_word("type", snapshot.type or ""),
        "lines": lines,
    }
    return render(request, "orders/version.html", context | {"environment": order.environment})


@page(Right.SEE_ORDERS)
def version_raw(request: PageRequest, public_id: str, number: int) -> HttpResponse:
    """Amazon's answer as it came: this order's part on a page, or all of it as a file."""
    order = _order(public_id)
    version = _or_404(lambda: selectors.get_version(order, number))
    body = _or_404(lambda: read_raw(version.raw_document_id))
    if "download" in request.GET:
        return _file(body, f"{order.number}-{number}.json")
    context = {"order": order, "version": version, "row": _row_of(body, version.place)}
    return render(request, "orders/raw.html", context | {"environment": order.environment})


@page(Right.SEE_ORDERS)
def finding_list(request: PageRequest) -> HttpResponseBase:
    listing = FINDINGS.load(request, selectors.list_findings())
    return htmx.render(request, "orders/findings.html", "rows", {"list": listing})


@page(Right.SEE_ORDERS)
def finding_detail(request: PageRequest, public_id: str) -> HttpResponse:
    finding = _or_404(lambda: selectors.get_finding(public_id))
    try:
        body: bytes | None = read_raw(finding.raw_document_id)
    except NotFound:  # purged
        body = None
    if body is not None and "download" in request.GET:
        return _file(body, f"answer-{finding.raw_document_id}.json")
    context = {"finding": finding, "row": None if body is None else _row_of(body, finding.place)}
    return render(request, "orders/finding.html", context | {"environment": finding.connection.environment})


# the quantities of design, in the order in which they come about
_STAGES = (
    "accepted_eaches", "backordered_eaches", "rejected_eaches", "cancelled_eaches", "packed_eaches", "shipped_eaches",
    "received_eaches", "invoiced_eaches", "paid_eaches",
)  # fmt: skip


def _detail_context(request: PageRequest, order: PurchaseOrder) -> dict[str, Any]:
    lines = selectors.list_lines(order)
    selectors.tell_real_time([order])
    changes = list(selectors.list_changes(order)[:200])
    is_wide = request.GET.get("columns") == "all"
    # a column of zeros would only push the money off the screen
    stages = [name for name in _STAGES if is_wide or any(getattr(line, name) for line in lines)]
    return {
        "order": order,
        "there": now_at(order.connection, clock.now()) if order.connection.clock else "",
        "environment": order.environment,
        "total": Money(order.total_cost, order.currency) if order.currency else None,
        "lines": [
            {
                "line": line,
                "cost": None if line.net_cost is None else Money(line.net_cost, line.currency),
                "eaches": [getattr(line, name) for name in stages],
            }
            for line in lines
        ],
        "amazon_state": show_word("amazon_state", order.amazon_state),
        "type": show_word("type", order.type),
        "stages": [FIELDS[name] for name in stages],
        "hidden": len(stages) < len(_STAGES),
        "is_wide": is_wide,
        "unseen": [show_change(change, order.currency) for change in selectors.list_unseen_changes(order)],
        "changes": [show_change(change, order.currency) for change in changes],
        "versions": selectors.list_versions(order),
        "events": list_for_subject(order.public_id, limit=50),
        "findings": selectors.list_order_findings(order),
        "panels": collect("orders.order", order, request.membership.may),
        "may_settle": request.membership.may(Right.SETTLE_ORDERS),
        **_answer_context(request, order, lines),
    }


def _answer_context(request: PageRequest, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> dict[str, Any]:
    """What was answered, or else what is proposed; how far the order is; and what may be done about it."""
    record = selectors.find_record(order, lines)
    is_waiting = order.state == OrderState.NEW and not order.is_history
    is_open = order.state not in ENDS
    may_answer = request.membership.may(Right.ANSWER_ORDERS)
    sheets = (
        selectors.load_sheet([order], now=clock.now(), zone=timezone.get_current_timezone())
        if is_waiting and record is None
        else []
    )
    short = selectors.price_short_close(order, lines) if may_answer and is_open and not order.is_history else None
    return {
        "record": record,
        "sheet": next(iter(sheets), None),
        "shares": selectors.stage_shares([order.pk]).get(order.pk, []),
        "is_waiting": is_waiting,
        "may_answer": may_answer,
        "may_change": may_answer and record is not None and is_open,
        "may_export": request.membership.may(Right.EXPORT_ORDERS),
        "papers": [(kind, label, form) for kind, label in PAPERS.items() for form in FORMS],
        "short": short if short and short.eaches else None,
    }


@page(Right.ANSWER_ORDERS)
@require_POST
def close_short(request: PageRequest, public_id: str) -> HttpResponse:
    """End an order with open quantity; what is wrong with the reason comes back beside it."""
    order = _order(public_id)
    try:
        services.close_short(
            public_id=public_id, reason=request.POST.get("reason", ""), actor=request.user.actor(), now=clock.now()
        )
    except DomainError as refusal:
        context = _detail_context(request, order) | {"reason": request.POST.get("reason", "")}
        context |= {"reason_errors": refusal.fields.get("reason", [])} if refusal.fields else {"refusal": refusal}
        return render(request, "orders/detail.html", context, status=422)
    messages.success(request, _("{number} is closed short.").format(number=order.number))
    return htmx.redirect(request, "orders:detail", public_id)


@page(Right.ANSWER_ORDERS)
@require_POST
def adopt(request: PageRequest, public_id: str) -> HttpResponse:
    """Take on an order from before the connection."""
    order = _order(public_id)
    services.adopt(public_ids=[public_id], actor=request.user.actor(), now=clock.now())
    messages.success(request, _("{number} is work like any other from now on.").format(number=order.number))
    return htmx.redirect(request, "orders:detail", public_id)


@page(Right.ANSWER_ORDERS)
@require_POST
def adopt_selected(request: PageRequest) -> HttpResponse:
    """Take on the selected orders, as far as they are history."""
    chosen = Selection.read(request.POST)
    actor = request.user.actor()
    if chosen.query is not None or len(chosen.ids) > _AT_ONCE:
        enqueue("orders.adopt", selection=chosen.stored(), actor_id=actor.id, actor_label=actor.label)
        text = str(_("Taking on all these orders; this takes a moment."))
    else:
        count = services.adopt(public_ids=chosen.ids, actor=actor, now=clock.now())
        text = ngettext("{count} order taken on.", "{count} orders taken on.", count).format(count=count)
    messages.success(request, text)
    return htmx.redirect(request, "orders:list")


def _order(public_id: str) -> PurchaseOrder:
    return _or_404(lambda: selectors.get_order(public_id))


def _or_404(read: Callable[[], T]) -> T:
    """What a selector finds; what is not there, or another company's, is a page that says so."""
    try:
        return read()
    except NotFound as error:
        raise Http404 from error


def _row_of(body: bytes, place: int) -> Any:
    """One row of a stored answer; all of it where the row cannot be told apart."""
    try:
        payload = json.loads(body)["payload"]
        return (payload.get("orders") or payload.get("ordersStatus"))[place]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return body.decode("utf-8", "replace")


def _file(body: bytes, name: str) -> HttpResponse:
    safe = "".join(character if character.isalnum() or character in "-._" else "_" for character in name)
    response = HttpResponse(body, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{safe.encode("ascii", "replace").decode()}"'
    return response
