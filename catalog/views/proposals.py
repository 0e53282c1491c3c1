"""The pages of proposals: what waits for a second person, and what approving one would touch."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.tenancy.choices import chosen
from acorn.ui import exports, htmx
from acorn.ui.lists import Action, Selection
from catalog import services
from catalog.filters.items import PROPOSALS
from catalog.impact import measure
from catalog.models import IdentifierProposal
from catalog.selectors import items as selectors
from catalog.types import TWO_PERSON_REVIEW, ProposalState

_AT_ONCE = 200
CSV = [
    exports.CsvColumn(gettext_lazy("Item"), lambda row: row.item.sku),
    exports.CsvColumn(gettext_lazy("Title"), lambda row: row.item.title),
    exports.CsvColumn(gettext_lazy("Change"), lambda row: row.get_action_display()),
    exports.CsvColumn(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
    exports.CsvColumn(gettext_lazy("Value"), lambda row: row.value),
    exports.CsvColumn(gettext_lazy("Instead of"), lambda row: row.identifier.value if row.action == "REPLACE" else ""),
    exports.CsvColumn(gettext_lazy("Marketplace"), lambda row: row.marketplace),
    exports.CsvColumn(gettext_lazy("From"), lambda row: row.effective_from),
    exports.CsvColumn(gettext_lazy("Reason"), lambda row: row.reason),
    exports.CsvColumn(gettext_lazy("Author"), lambda row: row.author_label),
    exports.CsvColumn(gettext_lazy("Proposed"), lambda row: row.created_at),
    exports.CsvColumn(gettext_lazy("State"), lambda row: row.get_state_display()),
    exports.CsvColumn(gettext_lazy("Decided by"), lambda row: row.decider_label),
    exports.CsvColumn(gettext_lazy("Decided"), lambda row: row.decided_at),
    exports.CsvColumn(gettext_lazy("Reason of the decision"), lambda row: row.decision_reason),
]


@page(Right.SEE_ITEMS)
def proposal_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_proposals()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *PROPOSALS.filtered(request, rows), CSV, filename="identifier-proposals.csv", right=Right.SEE_ITEMS
        )
    actions = [Action(_("Export selection"), reverse("catalog:export_proposals"), icon="download")]
    if request.membership.may(Right.APPROVE_MAPPINGS):
        actions += [
            Action(
                _("Approve"), reverse("catalog:approve_proposals"), icon="check",
                confirm=_("The identifiers count from now on, and orders that wait for them are looked at again."),
            ),
            Action(_("Refuse"), reverse("catalog:refuse_proposals"), icon="close", confirm=_("They never count then.")),
        ]  # fmt: skip
    listing = PROPOSALS.load(request, rows, actions=actions, export=True)
    clashes = selectors.find_proposal_clashes(listing.rows)
    for row in listing.rows:
        row.clashes = clashes.get(row.pk, ())
        row.is_mine = row.author_person == request.user.public_id
    return htmx.render(request, "catalog/proposals.html", "rows", {"list": listing})


@page(Right.SEE_ITEMS)
@require_POST
def export_proposals(request: PageRequest) -> HttpResponseBase:
    return exports.answer(
        request,
        _selected(request),
        PROPOSALS.sorts.default,
        CSV,
        filename="identifier-proposals.csv",
        right=Right.SEE_ITEMS,
    )


@page(Right.APPROVE_MAPPINGS)
@require_POST
def approve_proposals(request: PageRequest) -> HttpResponse:
    return _settle_many(request, services.approve_proposal, "approved")


@page(Right.APPROVE_MAPPINGS)
@require_POST
def refuse_proposals(request: PageRequest) -> HttpResponse:
    return _settle_many(request, services.refuse_proposal, "refused")


@page(Right.SEE_ITEMS)
def proposal_detail(request: PageRequest, public_id: str) -> HttpResponse:
    return _show(request, public_id)


@page(Right.APPROVE_MAPPINGS)
@require_POST
def approve(request: PageRequest, public_id: str) -> HttpResponse:
    return _settle(request, public_id, services.approve_proposal, _("Approved: it counts."))


@page(Right.APPROVE_MAPPINGS)
@require_POST
def refuse(request: PageRequest, public_id: str) -> HttpResponse:
    return _settle(request, public_id, services.refuse_proposal, _("Refused: it never counts."))


@page(Right.MANAGE_ITEMS)
@require_POST
def withdraw(request: PageRequest, public_id: str) -> HttpResponse:
    return _settle(request, public_id, services.withdraw_proposal, _("Withdrawn."))


def _show(request: PageRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponse:
    proposal = selectors.get_proposal(public_id)
    is_waiting = proposal.state == ProposalState.PROPOSED
    is_mine = proposal.author_person == request.user.public_id
    may_approve = request.membership.may(Right.APPROVE_MAPPINGS) and is_waiting
    sees_orders = request.membership.may(Right.SEE_ORDERS)
    context = {
        "proposal": proposal,
        "refusal": refusal,
        "clashes": selectors.find_proposal_clashes([proposal]).get(proposal.pk, ()),
        "impact": measure(selectors.touched_values(proposal), proposal.marketplace) if sees_orders else [],
        "is_waiting": is_waiting,
        "is_mine": is_mine,
        "may_approve": may_approve and not (is_mine and chosen(TWO_PERSON_REVIEW)),
        "may_refuse": may_approve and not is_mine,
        "may_withdraw": is_waiting and is_mine and request.membership.may(Right.MANAGE_ITEMS),
    }
    return htmx.render(request, "catalog/proposal.html", "body", context, status=422 if refusal else 200)


def _settle(request: PageRequest, public_id: str, service: Callable[..., Any], said: str) -> HttpResponse:
    selectors.get_proposal(public_id)
    try:
        service(
            public_id,
            reason=_reason(request),
            actor=request.user.actor(),
            person=request.user.public_id,
            now=clock.now(),
        )
    except DomainError as refusal:
        return _show(request, public_id, refusal)
    messages.success(request, said)
    return htmx.redirect(request, "catalog:proposal", public_id)


def _settle_many(request: PageRequest, service: Callable[..., Any], word: str) -> HttpResponse:
    """Each in a transaction of its own: what is refused is said, and does not hold up the others."""
    done, refused = 0, []
    for proposal in _selected(request).filter(state=ProposalState.PROPOSED).order_by("pk")[:_AT_ONCE]:
        try:
            service(
                proposal.public_id, reason=_reason(request), actor=request.user.actor(),
                person=request.user.public_id, now=clock.now(),
            )  # fmt: skip
            done += 1
        except DomainError as refusal:
            refused.append(f"{proposal.item.sku} {proposal.value}: {refusal}")
    said = (
        ngettext("{count} proposal approved.", "{count} proposals approved.", done) if word == "approved"
        else ngettext("{count} proposal refused.", "{count} proposals refused.", done)
    )  # fmt: skip
    if done or not refused:
        messages.success(request, said.format(count=done))
    if refused:
        left = ngettext(
            "{count} was left as it is: {first}", "{count} were left as they are, the first: {first}", len(refused)
        )
        messages.warning(request, left.format(count=len(refused), first=refused[0]))
    back = QueryDict(request.POST.get("query", "")).urlencode()
    return htmx.redirect(request, f"{reverse('catalog:proposals')}?{back}" if back else "catalog:proposals")


def _selected(request: PageRequest) -> Any:
    rows = selectors.list_proposals()
    return Selection.read(request.POST).apply(PROPOSALS, rows) if request.POST else IdentifierProposal.objects.none()


def _reason(request: PageRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "").strip()[:2_000]
