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


class Stage(StrEnum):
    """How far an answer is with Amazon. ON_ITS_WAY: it may take effect yet. OVERDUE: its time is over, and it never showed.

    JUST_SHOWN: Amazon has shown it, no longer ago than its words may be old. SHOWN: before that, or it was Amazon's word
    from the first.
    """

    ON_ITS_WAY = "ON_ITS_WAY"
    OVERDUE = "OVERDUE"
    JUST_SHOWN = "JUST_SHOWN"
    SHOWN = "SHOWN"


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


def judge(said: Said, earlier: Sequence[Said], heard: Heard, *, stage: Stage, settling: timedelta) -> Verdict:
    """What a status says about the last answer to a line; `settling` is the time that an answer needs. First row that fits:

    | Amazon's numbers                                                        | stage             | verdict      |
    |-------------------------------------------------------------------------|-------------------|--------------|
    | nothing is ordered any more, or nothing was said                        | any               | PROVED       |
    | this answer's, and no earlier answer said the same                      | any               | PROVED       |
    | this answer's, dated after it, and the earlier one took effect long ago | any               | PROVED       |
    | this answer's                                                           | ON_ITS_WAY        | WAITING      |
    | this answer's                                                           | any other         | PROVED       |
    | others                                                                  | ON_ITS_WAY        | WAITING      |
    | none                                                                    | SHOWN, JUST_SHOWN | WAITING      |
    | an earlier answer's, or undated, or dated before this answer            | JUST_SHOWN        | WAITING      |
    | others                                                                  | SHOWN, JUST_SHOWN | OTHER        |
    | others, dated before this answer by more than the clocks may differ     | OVERDUE           | NOT_FOLLOWED |
    | none, or those of an earlier answer                                     | OVERDUE           | NOT_FOLLOWED |
    | others                                                                  | OVERDUE           | OTHER        |

    What Amazon has shown once and does not show any more was said anew since, be it in the words of an earlier answer of
    ours that took effect late: Amazon's word counts, however long ago the answers were.
    """
    is_dated_after = heard.at is not None and heard.at >= said.at.replace(microsecond=0) - SKEW
    twins = [one for one in earlier if explains(one, heard)]
    if heard.ordered <= 0 or not (said.confirmed or said.rejected):
        return Verdict.PROVED
    if explains(said, heard):
        is_alone = not twins or (is_dated_after and all(one.at < said.at - settling for one in twins))
        return Verdict.WAITING if stage == Stage.ON_ITS_WAY and not is_alone else Verdict.PROVED
    if stage == Stage.ON_ITS_WAY:
        return Verdict.WAITING
    if stage in (Stage.SHOWN, Stage.JUST_SHOWN):
        may_be_old = stage == Stage.JUST_SHOWN and (bool(twins) or heard.at is None or heard.at <= said.at)
        return Verdict.WAITING if heard.is_silent or may_be_old else Verdict.OTHER
    is_dated_before = heard.at is not None and not is_dated_after
    return Verdict.NOT_FOLLOWED if is_dated_before or heard.is_silent or twins else Verdict.OTHER
