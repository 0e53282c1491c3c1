"""Pages of the outbox: what waits, what was sent, what became of it, and what can be done about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as notes
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.audit.selectors import list_for_subject
from acorn.core import clock, messages
from acorn.core.errors import DomainError
from acorn.core.keyset import Sorts
from acorn.ui import exports, htmx
from acorn.ui.lists import Action, Column, List, Selection, View
from vendors import selectors, services
from vendors.errors import told
from vendors.forms import SubmissionFilters
from vendors.models import Submission
from vendors.types import Environment, RuleFinding, SubmissionState

_NEEDS_PERSON = "&".join(
    f"state={state}" for state in (SubmissionState.REJECTED, SubmissionState.FAILED, SubmissionState.UNKNOWN)
)
_UNDER_WAY = "&".join(
    f"state={state}"
    for state in (
        SubmissionState.HELD, SubmissionState.READY, SubmissionState.SENDING, SubmissionState.SENT,
        SubmissionState.PROCESSING,
    )
)  # fmt: skip
SUBMISSIONS = List(
    name="submissions",
    columns=[
        Column("subject", gettext_lazy("About")),
        Column("kind", gettext_lazy("Kind")),
        Column("state", gettext_lazy("State")),
        Column("connection", gettext_lazy("Connection")),
        Column("created", gettext_lazy("Decided")),
        Column("next", gettext_lazy("Next step"), hint=gettext_lazy("When the outbox looks at it again.")),
        Column("news", gettext_lazy("What became of it")),
    ],
    sorts=Sorts({"created": "created_at"}, default="-created"),
    filters=SubmissionFilters,
    views=[
        View(gettext_lazy("Needs a person"), _NEEDS_PERSON),
        View(gettext_lazy("Under way"), _UNDER_WAY),
        View(gettext_lazy("Contradicted"), "contradicted=true"),
    ],
)
CSV = [
    exports.CsvColumn(gettext_lazy("Submission id"), lambda row: row.public_id),
    exports.CsvColumn(gettext_lazy("Kind"), lambda row: messages.word("vendors.submission_kind", row.kind)),
    exports.CsvColumn(gettext_lazy("About"), lambda row: row.subject_label),
    exports.CsvColumn(gettext_lazy("State"), lambda row: row.get_state_display()),
    exports.CsvColumn(gettext_lazy("Since"), lambda row: row.state_at),
    exports.CsvColumn(gettext_lazy("Connection"), lambda row: row.connection.name),
    exports.CsvColumn(gettext_lazy("Environment"), lambda row: row.get_environment_display()),
    exports.CsvColumn(gettext_lazy("Transaction id"), lambda row: row.transaction_id),
    exports.CsvColumn(gettext_lazy("Attempts"), lambda row: row.attempts),
    exports.CsvColumn(gettext_lazy("Decided"), lambda row: row.created_at),
    exports.CsvColumn(gettext_lazy("By"), lambda row: row.actor_label),
    exports.CsvColumn(gettext_lazy("Sent"), lambda row: row.sent_at),
    exports.CsvColumn(gettext_lazy("Verified"), lambda row: row.verified_at),
    exports.CsvColumn(gettext_lazy("What became of it"), lambda row: messages.render(row.code, row.params)),
    exports.CsvColumn(
        gettext_lazy("Contradiction"), lambda row: messages.render(row.contradiction_code, row.contradiction)
    ),
]
_ACTIONS: dict[str, Callable[..., Submission]] = {
    "retry": services.retry,
    "cancel": services.cancel,
    "hold": services.hold,
    "release": services.release,
    "settle": services.settle_by_person,
}
# more than this at once is a slip of the hand
_MOST = 1000


@page(Right.SEE_SUBMISSIONS)
def submission_list(request: PageRequest) -> HttpResponseBase:
    if request.GET.get("format") == "csv":
        rows = SUBMISSIONS.filtered(request, selectors.list_submissions())
        return exports.answer(request, *rows, CSV, filename="submissions.csv", right=Right.SEE_SUBMISSIONS)
    actions = []
    if request.membership.may(Right.MANAGE_SUBMISSIONS):
        actions = [
            Action(
                _("Send again"), reverse("vendors:submissions_retry"), icon="refresh",
                confirm=_("Sends the selected documents to Amazon once more, as they are, through their connections."),
            ),
            Action(_("Hold"), reverse("vendors:submissions_hold"), icon="lock"),
            Action(_("Release"), reverse("vendors:submissions_release"), icon="play"),
            Action(
                _("Cancel"), reverse("vendors:submissions_cancel"), icon="trash",
                confirm=_("The selected documents that have not left will never be sent."),
            ),
        ]  # fmt: skip
    listing = SUBMISSIONS.load(request, selectors.list_submissions(), actions=actions, export=True)
    for row in listing.rows:
        row.kind_word = messages.word("vendors.submission_kind", row.kind)
        row.news = _news(row)
    return htmx.render(request, "vendors/submissions.html", "rows", {"list": listing})


@page(Right.MANAGE_SUBMISSIONS)
@require_POST
def retry_selected(request: PageRequest) -> HttpResponse:
    return _act_on_selected(request, services.retry)


@page(Right.MANAGE_SUBMISSIONS)
@require_POST
def hold_selected(request: PageRequest) -> HttpResponse:
    return _act_on_selected(request, services.hold)


@page(Right.MANAGE_SUBMISSIONS)
@require_POST
def release_selected(request: PageRequest) -> HttpResponse:
    return _act_on_selected(request, services.release)


@page(Right.MANAGE_SUBMISSIONS)
@require_POST
def cancel_selected(request: PageRequest) -> HttpResponse:
    return _act_on_selected(request, services.cancel)


def _act_on_selected(request: PageRequest, action: Callable[..., Submission]) -> HttpResponse:
    """Each by itself: one whose state does not allow it keeps no other from being done."""
    chosen = Selection.read(request.POST).apply(SUBMISSIONS, selectors.list_submissions())
    done = refused = 0
    for public_id in list(chosen.values_list("public_id", flat=True)[:_MOST]):
        try:
            action(public_id=public_id, actor=request.user.actor(), now=clock.now())
            done += 1
        except DomainError:
            refused += 1
    if done:
        notes.success(request, ngettext("{n} document: done.", "{n} documents: done.", done).format(n=done))
    if refused:
        text = ngettext(
            "{n} document is in a state that does not allow this; it was left alone.",
            "{n} documents are in a state that does not allow this; they were left alone.",
            refused,
        )
        notes.warning(request, text.format(n=refused))
    back = QueryDict(request.POST.get("query", "")).urlencode()
    return htmx.redirect(request, f"{reverse('vendors:submissions')}?{back}" if back else "vendors:submissions")


@page(Right.SEE_SUBMISSIONS)
def submission_detail(request: PageRequest, public_id: str) -> HttpResponse:
    return _show(request, public_id)


@page(Right.MANAGE_SUBMISSIONS)
@require_POST
def act(request: PageRequest, public_id: str, action: str) -> HttpResponse:
    if action not in _ACTIONS:
        raise Http404
    try:
        _ACTIONS[action](public_id=public_id, actor=request.user.actor(), now=clock.now())
    except DomainError as refusal:
        if refusal.code == "NOT_FOUND":
            raise
        return _show(request, public_id, refusal)
    return htmx.redirect(request, "vendors:submission", public_id)


@page(Right.MANAGE_SUBMISSIONS)
@require_POST
def replay(request: PageRequest, public_id: str) -> HttpResponse:
    try:
        connection_id = request.POST.get("connection", "").replace("\x00", "")
        copy = services.replay(
            public_id=public_id, connection_id=connection_id, actor=request.user.actor(), now=clock.now()
        )
    except DomainError as refusal:
        if refusal.code == "NOT_FOUND":
            raise
        return _show(request, public_id, refusal)
    return htmx.redirect(request, "vendors:submission", copy.public_id)


def _show(request: PageRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponse:
    row = selectors.get_submission(public_id)
    steps = selectors.list_steps(row)
    may_manage = request.membership.may(Right.MANAGE_SUBMISSIONS)
    may_see_exchanges = request.membership.may(Right.SEE_EXCHANGES)
    findings = [RuleFinding.from_stored(stored) for stored in row.findings]
    context: dict[str, Any] = {
        "row": row,
        "refusal": refusal,
        "environment": "" if row.environment == Environment.PRODUCTION else row.environment,
        "kind": messages.word("vendors.submission_kind", row.kind),
        "proof": messages.word("vendors.proof", row.verified_by),
        "steps": steps,
        "exchanges": selectors.list_submission_exchanges(row, steps) if may_see_exchanges else [],
        "findings": [told(finding) | {"money": finding.at_risk} for finding in findings],
        "events": list_for_subject(row.public_id, limit=50),
        "replays": selectors.list_replays(row),
        "simulators": selectors.list_simulators() if may_manage else [],
        "may_see_exchanges": may_see_exchanges,
        "is_unfinished": row.next_attempt_at is not None,
        "leaves": _what_leaves(row),
        "tone": _tone(row),
    } | {f"may_{action}": may_manage and row.state in states for action, states in _ALLOWED.items()}
    return htmx.render(request, "vendors/submission.html", "progress", context, **({"status": 422} if refusal else {}))


_ALLOWED = {
    "retry": (SubmissionState.FAILED, SubmissionState.REJECTED, SubmissionState.UNKNOWN),
    "settle": (SubmissionState.UNKNOWN,),
    "hold": (SubmissionState.READY,),
    "release": (SubmissionState.HELD, SubmissionState.DRAFT),
    "cancel": (SubmissionState.DRAFT, SubmissionState.HELD, SubmissionState.READY, SubmissionState.FAILED),
}


def _news(row: Submission) -> str:
    """What became of it, or what Amazon says against it, in one line."""
    if row.contradiction_code:
        return messages.render(row.contradiction_code, row.contradiction)
    return messages.render(row.code, row.params) if row.code else "–"


def _tone(row: Submission) -> str:
    if row.state in (SubmissionState.REJECTED, SubmissionState.FAILED):
        return "red"
    return "amber" if row.state in (SubmissionState.UNKNOWN, SubmissionState.READY) else "blue"


def _what_leaves(row: Submission) -> str:
    """What pressing the button sends out of the house."""
    text = _("Sends 1 document ({kind} {subject}) to Amazon {marketplace}, {environment}, the same bytes as before.")
    if row.state == SubmissionState.UNKNOWN:
        text += " " + _("Amazon may have it already.")
    return text.format(
        kind=messages.word("vendors.submission_kind", row.kind), subject=row.subject_label,
        marketplace=row.connection.marketplace, environment=row.environment,
    )  # fmt: skip
