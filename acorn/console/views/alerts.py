from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.alerts import selectors, services
from acorn.console.filters import AlertFilters
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.core.messages import render_fix
from acorn.ui import htmx
from acorn.ui.lists import Action, Column, List, Selection, View

ALERTS = List(
    columns=[
        Column("severity", _("Severity")),
        Column("what", _("What happened, and what to do")),
        Column("subject", _("About")),
        Column("times", _("Times"), numeric=True),
        Column("last", _("Last")),
        Column("state", _("State")),
    ],
    sorts=Sorts({"last": "last_at", "times": "times"}, default="-last"),
    filters=AlertFilters,
    views=[View(_("Open"), "is_open=true"), View(_("Not acknowledged"), "is_open=true&unseen=true")],
)


@page(Right.SEE_ALERTS)
def alerts(request: PageRequest) -> HttpResponse:
    """What went wrong, what to do about it, and who has seen it."""
    may_manage = request.membership.may(Right.MANAGE_ALERTS)
    actions = [Action(_("Acknowledge"), reverse("console:acknowledge_alerts"), icon="check")] if may_manage else []
    listing = ALERTS.load(request, selectors.list_alerts(), actions=actions)
    for alert in listing.rows:
        alert.fix = render_fix(alert.code, alert.params)
    return htmx.render(request, "console/alerts.html", "rows", {"list": listing})


@page(Right.MANAGE_ALERTS)
@require_POST
def acknowledge_alerts(request: PageRequest) -> HttpResponse:
    chosen = Selection.read(request.POST).apply(ALERTS, selectors.list_alerts())
    actor, now = request.user.actor(), clock.now()
    ids = list(chosen.filter(acknowledged_at=None).values_list("public_id", flat=True)[:1_000])
    count = sum(services.acknowledge(public_id=public_id, actor=actor, now=now) for public_id in ids)
    text = ngettext("{count} alert is acknowledged.", "{count} alerts are acknowledged.", count)
    messages.success(request, text.format(count=count))
    return htmx.redirect(request, "console:alerts")
