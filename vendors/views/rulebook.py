"""Pages of the rulebook: what counts today in a marketplace, and since when; corrected with a day and a reason."""

import csv
import io

from django.contrib import messages as notes
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock, messages
from acorn.core.errors import DomainError, Forbidden
from acorn.ui import htmx
from vendors import gateway, selectors, services
from vendors.forms import RuleForm
from vendors.services import rulebook


@page(Right.SEE_SUBMISSIONS)
def rule_list(request: PageRequest) -> HttpResponse:
    marketplace = _marketplace(request)
    rules = rulebook.list_rules(marketplace, clock.now().date())
    search = request.GET.get("search", "").strip()
    shown = [
        (messages.word("vendors.rule", rule.id), rule)
        for rule in rules.values()
        if search.lower() in f"{rule.id} {messages.word('vendors.rule', rule.id)} {rule.source}".lower()
    ]
    if request.GET.get("format") == "csv":
        return _csv(marketplace, shown)
    context = {
        "rules": shown,
        "search": search,
        "marketplace": marketplace,
        "marketplaces": gateway.list_marketplaces(),
        "borrowed": sum(rule.is_borrowed for _name, rule in shown),
    }
    return htmx.render(request, "vendors/rules.html", "", context)


@page(Right.SEE_SUBMISSIONS)
def rule_detail(request: PageRequest) -> HttpResponse:
    """A rule in one marketplace: what counts, its history, and, for those who may, a form to correct it."""
    rule = request.GET.get("rule", "")
    if rule not in rulebook.rule_ids():
        raise Http404
    marketplace = _marketplace(request)
    now = clock.now()
    current = rulebook.list_rules(marketplace, now.date())[rule]
    may_manage = request.membership.may(Right.MANAGE_RULES)
    form = RuleForm(request.POST or None, initial=RuleForm.initial_of(current) | {"valid_from": now.date()})
    if request.method == "POST":
        if not may_manage:
            raise Forbidden
        if form.is_valid():
            try:
                services.change_rule(
                    rule=rule, marketplace=marketplace, actor=request.user.actor(), now=now, **form.cleaned_data
                )
            except DomainError as refusal:
                for name, texts in refusal.fields.items():
                    form.add_error(name if name in form.fields else None, [str(text) for text in texts])
            else:
                notes.success(request, _("The rule counts from its day on; its history is below."))
                return htmx.redirect(request, f"{request.path}?rule={rule}&marketplace={marketplace}")
    context = {
        "rule": current,
        "name": messages.word("vendors.rule", rule),
        "marketplace": marketplace,
        "own": selectors.list_own_rules(rule=rule, marketplace=marketplace),
        "delivered": [row for row in rulebook.delivered() if row.id == rule],
        "form": form if may_manage else None,
    }
    return htmx.render(request, "vendors/rule.html", "", context, **({"status": 422} if form.errors else {}))


def _marketplace(request: PageRequest) -> str:
    """The one that is asked for, else that of the first connection."""
    asked = request.GET.get("marketplace", "")
    if gateway.find_marketplace(asked) is not None:
        return asked
    connection = selectors.list_connections(is_archived=False).prefetch_related(None).first()
    return connection.marketplace if connection else "US"


def _csv(marketplace: str, rules: list[tuple[str, rulebook.Rule]]) -> HttpResponse:
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(
        [_("Rule"), _("Meaning"), _("Marketplace"), _("Effect"), _("Percent"), _("Amount"), _("Currency"), _("Hours"),
         _("From"), _("Borrowed"), _("Own"), _("Source")]
    )  # fmt: skip
    for name, rule in rules:
        amount = (rule.amount.amount, rule.amount.currency) if rule.amount else ("", "")
        writer.writerow(
            [rule.id, name, marketplace, rule.severity.label, rule.percent if rule.percent is not None else "", *amount,
             rule.hours if rule.hours is not None else "", rule.valid_from, rule.is_borrowed, rule.is_own,
             rule.source.lstrip("=+-@\t\r\n")]
        )  # fmt: skip
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="rules-{marketplace}.csv"'
    return response
