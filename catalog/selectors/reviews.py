from datetime import datetime
from typing import NamedTuple

from acorn.accounts.models import Membership
from acorn.accounts.selectors import list_members
from catalog.models import TableReview
from catalog.reviews import MasterTable, list_tables


class Review(NamedTuple):
    """A master table and who answers for it; `is_gone`: the owner is no member any more."""

    table: MasterTable
    review: TableReview | None
    is_due: bool
    is_gone: bool


def list_reviews(*, now: datetime) -> tuple[list[Review], list[Membership]]:
    """Every master table in the order of registration, and the members who may answer for one; two statements."""
    members = list(list_members())
    known = {member.user.public_id for member in members}
    stored = {review.table: review for review in TableReview.objects.all()}
    rows = []
    for table in list_tables():
        review = stored.get(table.name)
        is_due = review is not None and review.due_at <= now
        rows.append(Review(table, review, is_due, review is not None and review.owner_id not in known))
    return rows, members


def find_member_id(name: str) -> str:
    """The id of a member, by id or e-mail address; what nobody has is answered as it is."""
    member = list_members().filter(user__email__iexact=name).first() if "@" in name else None
    return member.user.public_id if member else name
