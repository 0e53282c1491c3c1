"""Whether an ASN may still be replaced, and what to do where it may not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shipments.rules.notices import Notice


class Obstacle(NamedTuple):
    """Why a replacement would be refused: a registered message, whose fix is the next right step."""

    code: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Replacing:
    """A replacement that is asked for at `now`, Amazon's time. `first_at` is when Amazon took the original.

    `period_days` is how long Amazon takes replacements.
    """

    before: Notice
    after: Notice
    now: datetime
    first_at: datetime | None
    arrived_at: datetime | None
    period_days: int
    is_settled: bool = True


def find_obstacles(asked: Replacing) -> list[Obstacle]:
    """Everything that stands against a replacement; none, and Amazon takes it (Vendor Shipments API guide, 2021).

    It has the same identifier and selling party, only reduces quantities, and comes within 7 days and before arrival.
    """
    return list(_obstacles(asked))


def _obstacles(asked: Replacing) -> Iterator[Obstacle]:
    before, after = asked.before, asked.after
    if after == before:
        yield Obstacle("shipments.replace.nothing_changed", {})
    if not after.boxes:
        yield Obstacle("shipments.replace.nothing_left", {})
    if (before.identifier, before.selling.party_id) != (after.identifier, after.selling.party_id):
        yield Obstacle("shipments.replace.other_identity", {"identifier": before.identifier})
    told = before.quantities
    more = [key for key, eaches in after.quantities.items() if eaches > told.get(key, 0)]
    if more:
        lines = ", ".join(f"{key.order} {key.sequence}" for key in more[:10])
        yield Obstacle("shipments.replace.adds", {"lines": lines})
    if not asked.is_settled:
        yield Obstacle("shipments.replace.on_its_way", {})
    if asked.arrived_at is not None:
        yield Obstacle("shipments.replace.arrived", {})
    elif asked.first_at is not None and asked.now - asked.first_at > timedelta(days=asked.period_days):
        yield Obstacle("shipments.replace.too_late", {"days": asked.period_days})
