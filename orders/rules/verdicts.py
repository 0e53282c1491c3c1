"""Whether Amazon's status of an order proves our answer, knows only an older one, or knows another.

Amazon shows what it holds now, and not whose answer that was. Answers take effect late (up to 30 minutes), back-ordered
quantity reads back as accepted, and what Amazon cancelled since is off the confirmed quantity: numbers that agree may be
an older answer's, and numbers that differ may be ours that is still on its way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

UNCONFIRMED = "UNCONFIRMED"
# Two clocks that both are right differ by less. An older answer of the same numbers is told apart by its own time.
SKEW = timedelta(minutes=5)


class Verdict(StrEnum):
    """WAITING: nothing can be said yet. NOT_FOLLOWED: time is over, and Amazon holds what was said before, or nothing.

    OTHER: Amazon holds something that nobody here has said.
    """

    PROVED = "PROVED"
    WAITING = "WAITING"
    NOT_FOLLOWED = "NOT_FOLLOWED"
    OTHER = "OTHER"


class Said(NamedTuple):
    """What one answer said about a line, and when by Amazon's clock."""

    confirmed: int
    rejected: int
    at: datetime


class Heard(NamedTuple):
    """What Amazon's status holds about a line: `ordered` is net, `at` when Amazon took its newest answer, if it says so."""

    ordered: int
    confirmed: int
    rejected: int
    word: str
    at: datetime | None

    @property
    def is_silent(self) -> bool:
        """Amazon has no answer to this line."""
        return not self.confirmed and not self.rejected and self.word in ("", UNCONFIRMED)


def explains(said: Said, heard: Heard) -> bool:
    """Whether Amazon would show this for that answer: cancellations since are off the confirmed, then the rejected."""
    ordered = max(0, heard.ordered)
    confirmed = min(said.confirmed, ordered)
    return heard.confirmed in (said.confirmed, confirmed) and heard.rejected in (
        said.rejected, min(said.rejected, max(0, ordered - confirmed)),
    )  # fmt: skip


def judge(said: Said, earlier: Sequence[Said], heard: Heard, *, is_settled: bool, settling: timedelta) -> Verdict:
    """What a status says about the last answer to a line. First row that fits:

    | Amazon's numbers                                                          | verdict      |
    |---------------------------------------------------------------------------|--------------|
    | nothing is ordered any more, or nothing was said                          | PROVED       |
    | this answer's, and no earlier answer said the same                        | PROVED       |
    | this answer's, dated after it, and the earlier one took effect long ago   | PROVED       |
    | this answer's, and its time to take effect is over                        | PROVED       |
    | this answer's                                                             | WAITING      |
    | others, and this answer's time is not over                                | WAITING      |
    | others, dated before this answer by more than the clocks may differ       | NOT_FOLLOWED |
    | none, or those of an earlier answer                                       | NOT_FOLLOWED |
    | others                                                                    | OTHER        |
    """
    is_dated_after = heard.at is not None and heard.at >= said.at.replace(microsecond=0) - SKEW
    if heard.ordered <= 0 or not (said.confirmed or said.rejected):
        return Verdict.PROVED
    if explains(said, heard):
        twins = [one for one in earlier if explains(one, heard)]
        is_alone = not twins or (is_dated_after and all(one.at < said.at - settling for one in twins))
        return Verdict.PROVED if is_alone or is_settled else Verdict.WAITING
    if not is_settled:
        return Verdict.WAITING
    if heard.at is not None and not is_dated_after:
        return Verdict.NOT_FOLLOWED
    if heard.is_silent or any(explains(one, heard) for one in earlier):
        return Verdict.NOT_FOLLOWED
    return Verdict.OTHER
