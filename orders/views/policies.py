"""How vendor codes are answered: the list, one vendor code, trials on past orders, and the company's switch."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.accounts.services import tenants
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.core.messages import render as render_message
from acorn.tenancy.choices import chosen
from acorn.ui import exports, htmx
from orders import selectors, services
from orders.filters.questions import TRIAL
from orders.forms.policies import PolicyForm, initial_of
from orders.models import PolicyTrialRow
from orders.selectors import AnsweredCode
from orders.types import POLICIES_SEND, AnswerMode, Policy, TrialState

_TRIAL_DAYS = 90


def _reasons(row: PolicyTrialRow) -> str:
    return "; ".join(f"{each['line']} {render_message(each['code'], each['params'])}".strip() for each in row.reasons)


TRIAL_CSV = [
    exports.CsvColumn(gettext_lazy("PO"), lambda row: row.number),
    exports.CsvColumn(gettext_lazy("Ordered"), lambda row: row.ordered_at),
    exports.CsvColumn(gettext_lazy("Would have sent"), lambda row: row.is_clean),
    exports.CsvColumn(gettext_lazy("Ordered"), lambda row: row.ordered_eaches),
    exports.CsvColumn(gettext_lazy("Would have accepted"), lambda row: row.accepted_eaches),
    exports.CsvColumn(gettext_lazy("Would have back-ordered"), lambda row: row.backordered_eaches),
    exports.CsvColumn(gettext_lazy("Would have rejected"), lambda row: row.rejected_eaches),
    exports.CsvColumn(gettext_lazy("Was confirmed"), lambda row: row.did_accept_eaches),
    exports.CsvColumn(gettext_lazy("Was rejected"), lambda row: row.did_reject_eaches),
    exports.CsvColumn(gettext_lazy("Why it would have asked"), _reasons),
]


@page(Right.SEE_POLICIES)
def policy_list(request: PageRequest) -> HttpResponse:
    """Every vendor code with how it is answered, and the switch that stops all policies."""
    codes = selectors.list_answered_codes()
    decided = {row.vendor_code: row for row in selectors.list_policies()}
    context = {
        "codes": [{"code": each, "row": decided.get(each.code), "default": Policy(each.code)} for each in codes],
        "may_send": chosen(POLICIES_SEND),
        "may_manage": request.membership.may(Right.MANAGE_POLICIES),
    }
    return render(request, "orders/policies.html", context)


@page(Right.MANAGE_POLICIES)
@require_POST
def switch_policies(request: PageRequest) -> HttpResponse:
    is_on = request.POST.get("on") == "true"
    tenants.choose(key=POLICIES_SEND, value=is_on, actor=request.user.actor())
    messages.success(request, _("Policies may send again.") if is_on else _("No policy sends anything any more."))
    return htmx.redirect(request, "orders:policies")


@page(Right.SEE_POLICIES)
def policy_detail(request: PageRequest, public_id: str) -> HttpResponse:
    """How the orders under one vendor code are answered. It is addressed by the vendor code's id."""
    return _show(request, selectors.get_answered_code(public_id))


@page(Right.MANAGE_POLICIES)
@require_POST
def set_policy(request: PageRequest, public_id: str) -> HttpResponse:
    """Decide, or try the terms on past orders first, as the button says."""
    answered = selectors.get_answered_code(public_id)
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _show(request, answered, form=form)
    actor, now = request.user.actor(), clock.now()
    if "try" in request.POST:
        trial = services.start_trial(
            vendor_code=answered.code, terms=form.terms(), days=_TRIAL_DAYS, actor=actor, now=now
        )
        return htmx.redirect(request, "orders:trial", trial.public_id)
    try:
        services.set_policy(
            vendor_code=answered.code, mode=AnswerMode(form.cleaned_data["mode"]), terms=form.terms(),
            reason=form.cleaned_data["reason"], actor=actor, now=now,
        )  # fmt: skip
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, answered, form=form)
    messages.success(request, _("Orders under {code} are answered this way from now on.").format(code=answered.code))
    return htmx.redirect(request, "orders:policy", public_id)


def _show(request: PageRequest, answered: AnsweredCode, *, form: PolicyForm | None = None) -> HttpResponse:
    vendor_code = answered.code
    row = selectors.find_policy(vendor_code)
    policy = selectors.to_policy(row) if row else Policy(vendor_code)
    context = {
        "answered": answered,
        "vendor_code": vendor_code,
        "row": row,
        "mode": policy.mode,
        "form": form or PolicyForm(initial=dict(initial_of(policy.mode, policy.terms))),
        "history": selectors.list_policy_history(vendor_code),
        "decisions": selectors.list_policy_decisions(vendor_code),
        "trials": selectors.list_trials(vendor_code),
        "may_send": chosen(POLICIES_SEND),
        "may_manage": request.membership.may(Right.MANAGE_POLICIES),
    }
    return render(request, "orders/policy.html", context, status=422 if form is not None and form.errors else 200)


@page(Right.SEE_POLICIES)
def trial_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    """What a policy would have done with past orders, beside what was done."""
    trial = selectors.get_trial(public_id)
    rows = selectors.list_trial_rows(trial)
    if request.GET.get("format") == "csv" and request.membership.may(Right.EXPORT_ORDERS):
        return exports.answer(
            request, *TRIAL.filtered(request, rows), TRIAL_CSV, filename="policy-trial.csv", right=Right.EXPORT_ORDERS
        )
    context: dict[str, Any] = {
        "trial": trial,
        "policy_id": selectors.find_code_id(trial.vendor_code),
        "list": TRIAL.load(request, rows, export=request.membership.may(Right.EXPORT_ORDERS)),
        "is_running": trial.state == TrialState.RUNNING,
        "asked_count": trial.order_count - trial.clean_count,
    }
    return htmx.render(request, "orders/trial.html", "rows", context)
