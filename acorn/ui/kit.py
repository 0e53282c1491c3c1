"""The kit, shown: every piece on one page, a list and an object, at /ui-kit/ where DEBUG is on, and in the tests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.core.money import Money
from acorn.ui import exports, htmx, tones
from acorn.ui.filters import Between, Choices, ListFilters, Search, Toggle
from acorn.ui.lists import Action, Column, List, Selection, View
from acorn.ui.tones import Tone
from acorn.work.models import WorkItem, WorkState

tones.register(
    "work.state",
    WorkState,
    {WorkState.OPEN: Tone.AMBER, WorkState.SNOOZED: Tone.NEUTRAL, WorkState.DONE: Tone.GREEN},
)


class _Filters(ListFilters):
    search = Search(method="find", placeholder=_("Subject"))
    state = Choices(choices=WorkState.choices, label=_("State"))
    opened = Between(field_name="opened_at", label=_("Opened"))
    urgent = Toggle(field_name="deadline_at", lookup_expr="isnull", exclude=True, label=_("With a deadline"))

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(subject_label__startswith=value) | Q(kind=value))


ITEMS = List(
    name="kit",
    columns=[
        Column("subject", _("Subject")),
        Column("state", _("State")),
        Column("deadline", _("Due")),
        Column("amount", _("Amount"), numeric=True),
        Column("opened", _("Opened")),
    ],
    sorts=Sorts(
        {"subject": "subject_label", "deadline": "deadline_at", "amount": "tenant_amount", "opened": "opened_at"},
        default="-opened",
    ),
    filters=_Filters,
    views=[View(_("Open"), "state=OPEN"), View(_("Done"), "state=DONE")],
)
_CSV = [
    exports.CsvColumn(_("Subject"), lambda item: item.subject_label),
    exports.CsvColumn(_("Amount"), lambda item: item.amount),
    exports.CsvColumn(_("Opened"), lambda item: item.opened_at),
]


class _Form(forms.Form):
    name = forms.CharField(label=_("Name"), help_text=_("What your team calls it."), max_length=60)
    cases = forms.IntegerField(label=_("Case pack"), min_value=1, required=False)
    region = forms.ChoiceField(label=_("Region"), choices=[("NA", "NA"), ("EU", "EU"), ("FE", "FE")])
    loud = forms.BooleanField(label=_("Tell me by e-mail"), required=False)


@page(None)
def kit_list(request: Any) -> HttpResponseBase:
    rows = WorkItem.objects.all()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *ITEMS.filtered(request, rows), _CSV, filename="items.csv", right=Right.SEE_ITEMS
        )
    actions = [Action(_("Done"), "/ui-kit/done/", icon="check"), Action(_("Snooze"), "/ui-kit/done/", icon="clock")]
    listing = ITEMS.load(request, rows, actions=actions, export=True)
    return htmx.render(request, "ui/kit_list.html", "rows", {"list": listing, "environment": "SIMULATOR"})


@page(None)
def kit_done(request: Any) -> HttpResponseBase:
    count = Selection.read(request.POST).apply(ITEMS, WorkItem.objects.all()).update(state=WorkState.DONE)
    response = htmx.redirect(request, "/ui-kit/")
    return htmx.toast(response, str(count)) if request.htmx else response


@page(None)
def kit_pieces(request: Any) -> HttpResponseBase:
    now = clock.now()
    form = _Form(request.POST or None)
    form.is_valid()
    context = {
        "form": form,
        "tones": list(Tone),
        "moments": [now, now - timedelta(hours=5), now - timedelta(days=9), now + timedelta(minutes=40)],
        "clocks": [
            (now + timedelta(days=5), now), (now + timedelta(hours=20), now - timedelta(hours=80)),
            (now + timedelta(minutes=75), now - timedelta(hours=80)), (now - timedelta(hours=3), now - timedelta(hours=80)),
        ],
        "prices": [Money(Decimal("12480"), "USD"), Money(Decimal("3.4567"), "EUR"), Money(Decimal("980000"), "JPY")],
        "payload": {"purchaseOrderNumber": "4XK2P9QD", "items": [{"qty": 24, "isBackOrder": False, "note": "<b>"}]},
        "environment": "SANDBOX",
    }  # fmt: skip
    return htmx.render(request, "ui/kit.html", "form", context, status=422 if form.errors else 200)


urlpatterns = [
    path("ui-kit/", kit_list),
    path("ui-kit/done/", kit_done),
    path("ui-kit/pieces/", kit_pieces),
]
