"""The answering screen: orders that wait for their answer, all lines of them, and batches of answers."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.ui import htmx
from acorn.ui.tones import Tone
from orders import selectors, services
from orders.display import show_change
from orders.errors import BatchMoved
from orders.filters import SHEET
from orders.forms.sheet import TypedAnswers, read_answers
from orders.models import AnswerBatchOrder, PurchaseOrder
from orders.rules import set_day
from orders.selectors.sheet import SheetOrder, Totals
from orders.services import Collected
from orders.types import AnswerOrigin, BatchState, LineAnswer, Outcome, RejectionReason
from vendors.errors import DocumentBlocked
from vendors.types import RuleFinding, Severity

_MOST_COLLECTED = 200


@page(Right.SEE_ORDERS)
def sheet(request: PageRequest) -> HttpResponse:
    """Orders that wait for their answer, each line with what is proposed. Who may not answer can read it."""
    return _render(request)


@page(Right.SEE_ORDERS)
def board(request: PageRequest) -> HttpResponse:
    """Current orders by stage, each with its fractions."""
    stages = selectors.load_board(PurchaseOrder.objects.all())
    selectors.tell_real_time([card.order for stage in stages for card in stage.cards])
    return render(request, "orders/board.html", {"stages": stages, "total": sum(stage.orders for stage in stages)})


@page(Right.ANSWER_ORDERS)
@require_POST
def answer_order(request: PageRequest, public_id: str) -> HttpResponse:
    """Answer one order as it was typed. What is refused comes back beside the line, with everything that was typed."""
    order = selectors.get_order(public_id)
    (found,) = _load([order])
    typed = read_answers(request.POST, [entry.line for entry in found.lines], found.window, found.shown)
    if request.POST.get("version") != str(order.version):
        found.conflict = _changes_since(order, request.POST.get("version", ""))
        return _refused(request, found, typed)
    if typed.unreadable:
        return _refused(request, found, typed)
    if found.is_answered and "warned" not in request.POST:
        # a change is looked at once with what it may cost, before it leaves
        found_out = services.check_answer(order_public_id=public_id, answers=typed.answers, now=clock.now())
        if found_out:
            _place(found, found_out)
            return _refused(request, found, typed)
    try:
        acknowledgement = services.acknowledge(
            order_public_id=public_id,
            answers=typed.answers,
            origin=AnswerOrigin.PERSON,
            confirmed=frozenset(request.POST.getlist("confirmed")),
            actor=request.user.actor(),
            now=clock.now(),
        )
    except DocumentBlocked as refusal:
        _place(found, refusal.findings)
        return _refused(request, found, typed)
    except DomainError as refusal:
        return _refused(request, found, typed, str(refusal))
    text = _("The answer to {number} is on its way.").format(number=order.number)
    if not htmx.wants_part(request):
        messages.success(request, text)
        return htmx.redirect(request, "orders:answer")
    context = {"order": order, "acknowledgement": acknowledgement, "wide": _is_wide(request)}
    return htmx.toast(render(request, "orders/partials/_sent.html", context), text)


@page(Right.ANSWER_ORDERS)
@require_POST
def collect(request: PageRequest) -> HttpResponse:
    """Collect answers to the selected orders, as they are shown or were edited, for one look before they leave."""
    now, actor = clock.now(), request.user.actor()
    wanted = request.POST.get("do", "answer")
    if wanted == "filter":
        selection = {
            "query": request.POST.get("query", "").replace("\x00", ""),
            "zone": str(timezone.get_current_timezone()),
        }
        batch = services.collect_filtered(selection, actor=actor, now=now)
        return htmx.redirect(request, "orders:batch", batch.public_id)
    versions = _selected(request.POST)
    if wanted == "clean" and not versions:
        orders: Sequence[PurchaseOrder] = SHEET.load(
            _as_get(request), selectors.list_answerable(_chosen(request.POST))
        ).rows
    else:
        orders = list(selectors.list_answerable(list(versions) or [""]))
    sheets = _load(orders)
    if wanted == "clean":
        sheets = [found for found in sheets if found.is_clean]
    edits = _edits(request.POST)
    change = _Change(wanted, request.POST)
    collected = [
        change.collect(
            found, versions.get(found.order.public_id, found.order.version), edits.get(found.order.public_id)
        )
        for found in sheets
    ]
    if not collected:
        messages.warning(request, _("No order was selected that could be answered this way."))
        return htmx.redirect(request, "orders:answer")
    batch = services.collect(collected, actor=actor, now=now)
    return htmx.redirect(request, "orders:batch", batch.public_id)


@page(Right.SEE_ORDERS)
def batch_detail(request: PageRequest, public_id: str) -> HttpResponse:
    """What a batch sends, before it leaves; then how far it is, and what became of each order."""
    return _render_batch(request, public_id)


@page(Right.ANSWER_ORDERS)
@require_POST
def send_batch(request: PageRequest, public_id: str) -> HttpResponse:
    try:
        services.send_batch(
            public_id, confirmed=request.POST.getlist("confirmed"), actor=request.user.actor(), now=clock.now()
        )
    except BatchMoved as refusal:
        return _render_batch(request, public_id, refusal=str(refusal))
    return htmx.redirect(request, "orders:batch", public_id)


@page(Right.ANSWER_ORDERS)
@require_POST
def discard_batch(request: PageRequest, public_id: str) -> HttpResponse:
    try:
        services.discard_batch(public_id, actor=request.user.actor(), now=clock.now())
    except BatchMoved as refusal:
        return _render_batch(request, public_id, refusal=str(refusal))
    messages.success(request, _("Discarded. Nothing was sent."))
    return htmx.redirect(request, "orders:answer")


# --- pieces -----------------------------------------------------------------------------------------------------------


def _render(
    request: PageRequest, *, sheets: Sequence[SheetOrder] | None = None, refusals: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    """The page; with `sheets` given, these orders instead of those that the address asks for."""
    if sheets is None:
        listing = SHEET.load(request, selectors.list_answerable(_chosen(request.GET)))
        sheets = _load(listing.rows)
        _apply_option(sheets, request.GET.get("option", ""))
    else:
        chosen = [found.order.public_id for found in sheets]
        listing = SHEET.load(_with_params(request, order=chosen), selectors.list_answerable(chosen))
    selectors.tell_real_time([found.order for found in sheets])
    by_currency: dict[str, list[SheetOrder]] = {}
    for found in sheets:
        by_currency.setdefault(found.order.currency, []).append(found)
    params = QueryDict(request.GET.urlencode(), mutable=True)
    params.pop("columns", None)
    context = {
        "list": listing,
        "sheets": sheets,
        "totals": [Totals.sum(currency, found) for currency, found in by_currency.items()],
        "clean": sum(found.is_clean for found in sheets),
        "may": request.membership.may(Right.ANSWER_ORDERS),
        "wide": _is_wide(request),
        "narrow_url": f"?{params.urlencode()}",
        "wide_url": f"?{params.urlencode()}&columns=all" if params else "?columns=all",
        "is_chosen": bool(_chosen(request.GET)),
        "reasons": RejectionReason.choices,
        "refusals": refusals,
        "is_part": htmx.wants_part(request),
    }
    return htmx.render(request, "orders/answer.html", "rows", context, status=status)


def _refused(request: PageRequest, found: SheetOrder, typed: TypedAnswers, refusal: str = "") -> HttpResponse:
    """The order again, with what was typed and what is wrong with it."""
    said = {answer.sequence: answer for answer in typed.answers}
    for entry in found.lines:
        sequence = entry.line.sequence
        entry.answer = said.get(sequence, entry.answer)
        entry.typed = typed.typed.get(sequence, {})
        entry.unreadable = typed.unreadable.get(sequence, ())
    if not htmx.wants_part(request):
        return _render(request, sheets=[found], refusals=[refusal] if refusal else [], status=422)
    selectors.tell_real_time([found.order])
    context = {"sheet": found, "may": True, "wide": _is_wide(request)}
    response = render(request, "orders/partials/_sheet.html", context, status=422)
    return htmx.toast(response, refusal, Tone.RED) if refusal else response


def _place(found: SheetOrder, findings: Sequence[RuleFinding]) -> None:
    """Put each finding beside its line; what is about the whole order, or about a line that is gone, on top."""
    entries = {entry.line.sequence: entry for entry in found.lines}
    for finding in findings:
        (entries[finding.line].findings if finding.line in entries else found.findings).append(finding)


def _changes_since(order: PurchaseOrder, version: str) -> list[Any]:
    """What Amazon changed since the version that the person saw."""
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    changes = selectors.list_changes(order).filter(version__gt=seen)[:50]
    return [show_change(change, order.currency) for change in changes]


def _load(orders: Sequence[PurchaseOrder]) -> list[SheetOrder]:
    return selectors.load_sheet(orders, now=clock.now(), zone=timezone.get_current_timezone())


def _is_wide(request: PageRequest) -> bool:
    return "all" in (request.GET.get("columns"), request.POST.get("columns"))


def _chosen(params: QueryDict) -> list[str]:
    return [value for value in params.getlist("order") if "\x00" not in value][:_MOST_COLLECTED]


def _selected(data: QueryDict) -> dict[str, int]:
    """The selected orders with the versions that the person saw: `po_…:3`."""
    found = {}
    for value in data.getlist("order")[:_MOST_COLLECTED]:
        public_id, _separator, version = value.partition(":")
        if "\x00" not in public_id and version.isascii() and version.isdigit() and len(version) < 9:
            found[public_id] = int(version)
    return found


def _edits(data: QueryDict) -> dict[str, Mapping[str, str]]:
    """What the browser says was edited: {order: {"accepted.1": "5", …}}; anything else counts as nothing."""
    try:
        edits = json.loads(data.get("edits") or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(edits, dict):
        return {}
    return {
        order: {str(name): str(value) for name, value in fields.items()}
        for order, fields in edits.items()
        if isinstance(fields, dict)
    }


def _apply_option(sheets: Sequence[SheetOrder], option: str) -> None:
    """Show a line as one of its options has it: `?order=po_…&option=1:0`."""
    sequence, _separator, place = option.rpartition(":")
    for entry in (entry for found in sheets for entry in found.lines if sequence and entry.line.sequence == sequence):
        options = entry.proposed.options if entry.proposed else ()
        if place.isascii() and place.isdigit() and int(place[:4]) < len(options):
            entry.answer = options[int(place[:4])].answer


def _as_get(request: PageRequest) -> PageRequest:
    """The request as if the page were read with the filters that the form carries."""
    request.GET = QueryDict(request.POST.get("query", "").replace("\x00", ""))
    return request


def _with_params(request: PageRequest, **params: list[str]) -> PageRequest:
    query = QueryDict(mutable=True)
    for name, values in params.items():
        query.setlist(name, values)
    request.GET = query  # type: ignore[assignment]
    return request


class _Change:
    """What a button of the bar does to each selected order."""

    def __init__(self, wanted: str, data: QueryDict) -> None:
        self.wanted = wanted
        self.reason = data.get("reason", "")
        self.day: date | None = None
        with suppress(ValueError):
            self.day = date.fromisoformat(data.get("day", ""))

    def collect(self, found: SheetOrder, version: int, edits: Mapping[str, str] | None) -> Collected:
        answers = found.shown
        if self.wanted == "reject":
            answers = {
                entry.line.sequence: LineAnswer(
                    entry.line.sequence, rejected=max(entry.line.ordered_eaches, 0),
                    rejection_reason=self.reason if self.reason in RejectionReason.values else "",
                )
                for entry in found.lines
            }  # fmt: skip
        elif edits:
            typed = read_answers(edits, [entry.line for entry in found.lines], found.window, found.shown)
            if typed.unreadable:
                return Collected(found, version, (), {"code": "orders.batch.unreadable", "params": {}})
            answers |= {answer.sequence: answer for answer in typed.answers}
        if self.wanted == "day" and self.day:
            answers = {
                sequence: set_day(
                    answer, found.window, accepted=self.day if answer.accepted else None, backordered=None
                )
                for sequence, answer in answers.items()
            }
        return Collected(found, version, tuple(answers.values()))


def _render_batch(request: PageRequest, public_id: str, *, refusal: str = "") -> HttpResponse:
    batch = selectors.get_batch(public_id)
    rows = list(selectors.list_batch_orders(batch)[:2_000])
    totals = selectors.sum_batch(batch)
    context = {
        "batch": batch,
        "rows": [(row, [RuleFinding.from_stored(finding) for finding in row.findings]) for row in rows],
        "totals": totals,
        "confirmable": _confirmable(rows),
        "may": request.membership.may(Right.ANSWER_ORDERS),
        "refusal": refusal,
        "poll_url": reverse("orders:batch", args=[public_id])
        if batch.state in (BatchState.PREPARING, BatchState.SENDING)
        else "",
        "environment": next(
            (place.environment for place in totals.destinations if place.environment != "PRODUCTION"), ""
        ),
    }
    return htmx.render(request, "orders/batch.html", "progress", context, status=422 if refusal else 200)


def _confirmable(rows: Sequence[AnswerBatchOrder]) -> list[tuple[RuleFinding, int]]:
    """What somebody has to say yes to before the batch can go out: one finding of each rule, and in how many orders."""
    found: dict[str, list[RuleFinding]] = {}
    for row in rows:
        if row.outcome == Outcome.WAITING:
            asked = (RuleFinding.from_stored(finding) for finding in row.findings)
            for finding in {one.rule: one for one in asked if one.severity == Severity.CONFIRM}.values():
                found.setdefault(finding.rule, []).append(finding)
    return [(findings[0], len(findings)) for findings in found.values()]
