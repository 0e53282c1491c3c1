"""Who answers for a master table, and whether they have looked it through in time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.accounts.selectors import get_member
from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Forbidden, Invalid, NotFound
from acorn.jobs.queue import ensure_repeating
from acorn.work import services as work
from catalog.models import TableReview
from catalog.reviews import find_table
from catalog.types import REVIEW_DUE, TABLE_REVIEW

CHECK_SECONDS = 3_600
_LONGEST = 1_000


@transaction.atomic
def assign_review(*, table: str, owner_id: str, period_days: int, actor: Actor, now: datetime) -> TableReview:
    """Name the member who answers for a table, and how often they look it through; the clock begins now, or went on.

    Audited where something changed; safe to repeat. Raises NotFound for an unknown table, Invalid for what is wrong.
    """
    known = find_table(table)
    if known is None:
        raise NotFound
    if not 1 <= period_days <= _LONGEST:
        raise Invalid(fields={"period_days": [_("Give a whole number of days from 1 to 1,000.")]})
    try:
        member = get_member(owner_id)
    except NotFound:
        raise Invalid(fields={"owner": [_("Choose a member of your company.")]}) from None
    review = TableReview.objects.select_for_update().filter(table=table).first()
    before = (review.owner_label, review.period_days) if review else ("", 0)
    if review is None:
        review = TableReview(table=table, begins_at=now)
    review.owner_id, review.owner_label, review.owner_role = owner_id, str(member.user)[:200], member.role
    review.period_days = period_days
    review.due_at = (review.reviewed_at or review.begins_at) + timedelta(days=period_days)
    review.save()
    if before != (review.owner_label, period_days):
        audit.record(
            "catalog.review_assigned", actor=actor, subject=_subject(table, known.label),
            params={"table": table, "owner": review.owner_label, "days": period_days},
        )  # fmt: skip
    ensure_repeating("catalog.check_reviews", every_seconds=CHECK_SECONDS, dedupe_key="reviews")
    _tell(review, now)
    return review


@transaction.atomic
def finish_review(
    *, table: str, reason: str = "", actor: Actor, person: str, may_assign: bool, now: datetime
) -> TableReview:
    """Say that a table was looked through: the next review is due a period from now, and Today forgets this one.

    By its owner (`person` is who stands behind the actor), or by whoever may name one. Raises Forbidden for others, and
    NotFound where nobody answers for the table yet.
    """
    review = TableReview.objects.select_for_update().filter(table=table).first()
    known = find_table(table)
    if review is None or known is None:
        raise NotFound
    if review.owner_id != person and not may_assign:
        raise Forbidden
    review.reviewed_at, review.reviewed_by = now, actor.label[:200]
    review.due_at = now + timedelta(days=review.period_days)
    review.save(update_fields=["reviewed_at", "reviewed_by", "due_at"])
    audit.record(
        "catalog.review_done", actor=actor, subject=_subject(table, known.label), params={"table": table}, reason=reason
    )
    _tell(review, now, actor)
    return review


def check_reviews(*, now: datetime) -> int:
    """Put each table on Today whose review is due and not done; how many there are. Safe to repeat."""
    due = list(TableReview.objects.filter(due_at__lte=now))
    for review in due:
        _tell(review, now)
    return len(due)


def _tell(review: TableReview, now: datetime, actor: Actor | None = None) -> None:
    """On Today while it is due, and not a moment longer."""
    if review.due_at > now:
        who = actor or Actor.system("catalog.check_reviews")
        work.close_item(REVIEW_DUE, dedupe_key=review.table, actor=who, now=now)
        return
    work.open_item(
        REVIEW_DUE, subject=Subject(TABLE_REVIEW, "", ""), dedupe_key=review.table, now=now, role=review.owner_role,
        params={"table": review.table, "owner": review.owner_label}, deadline_at=review.due_at,
    )  # fmt: skip


def _subject(table: str, label: object) -> Subject:
    return Subject(TABLE_REVIEW, "", str(label) or table)
