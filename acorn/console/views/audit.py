from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.audit import selectors
from acorn.audit.models import AuditEvent
from acorn.console.filters import AuditFilters
from acorn.core import messages, subjects
from acorn.core.keyset import Sorts
from acorn.ui import exports, htmx
from acorn.ui.lists import Column, List, View

EVENTS = List(
    columns=[
        Column("at", _("When")),
        Column("actor", _("Who")),
        Column("what", _("What happened")),
        Column("subject", _("To what")),
    ],
    sorts=Sorts({"at": "at"}, default="-at"),
    filters=AuditFilters,
    first_tab=_("Without routine"),
    views=[View(_("All"), "everything=true")],
)


def _text(event: AuditEvent) -> str:
    return messages.render(event.code, event.params)


_CSV = [
    exports.CsvColumn(_("When"), lambda event: event.at),
    exports.CsvColumn(_("Who"), lambda event: event.actor_label),
    exports.CsvColumn(_("Id of who"), lambda event: event.actor_id),
    exports.CsvColumn(_("Code"), lambda event: event.code),
    exports.CsvColumn(_("What happened"), _text),
    exports.CsvColumn(_("Kind"), lambda event: subjects.label_of(event.subject_kind) if event.subject_kind else ""),
    exports.CsvColumn(_("To what"), lambda event: event.subject_label),
    exports.CsvColumn(_("Id of what"), lambda event: event.subject_id),
    exports.CsvColumn(_("Reason"), lambda event: event.reason),
    exports.CsvColumn(_("Id"), lambda event: event.public_id),
]


@page(Right.SEE_AUDIT)
def audit(request: PageRequest) -> HttpResponseBase:
    """Who did what, to what, when and why."""
    rows = selectors.list_events()
    if request.GET.get("format") == "csv":
        return exports.answer(
            request, *EVENTS.filtered(request, rows), _CSV, filename="audit.csv", right=Right.SEE_AUDIT
        )
    listing = EVENTS.load(request, rows, export=True)
    return htmx.render(request, "console/audit.html", "rows", {"list": listing})
