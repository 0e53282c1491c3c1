"""What has to be done next for shipments: kept on the row for lists, and as work on Today."""

from collections.abc import Sequence
from datetime import datetime

from acorn.core.actor import Actor
from acorn.tenancy.bulk import update_many
from acorn.work.services import Opening, close_items, open_items
from shipments import rules
from shipments.models import Shipment
from shipments.selectors.shippable import OPEN
from shipments.selectors.transit import load_deadline_facts
from shipments.services.subjects import subject_of
from shipments.types import DEADLINE_WORK, ShipmentDeadline, ShipmentState
from vendors.selectors import read_clocks

_WATCHED = (*OPEN, ShipmentState.DEPARTED, ShipmentState.ARRIVED)
ACTOR = Actor.system("shipments.deadlines")


def settle_deadlines(shipments: Sequence[Shipment], *, actor: Actor, now: datetime) -> int:
    """Bring the deadlines of shipments up to date, and the work that they are; how many differed. Safe to repeat.

    Deadlines on rows are by the clock of their world, on Today by the real one. In the caller's transaction; the number
    of statements grows with marketplaces only.
    """
    if not shipments:
        return 0
    facts = load_deadline_facts(shipments, now=now)
    clocks = read_clocks(shipments)
    differing, over = [], []
    openings: dict[ShipmentDeadline, list[Opening]] = {}
    for shipment in shipments:
        due = rules.next_deadline(facts[shipment.pk])
        kind, at = (due.kind, due.at) if due else (None, None)
        if (shipment.deadline_kind, shipment.deadline_at) != (kind or "", at):
            shipment.deadline_kind, shipment.deadline_at = kind or "", at
            differing.append(shipment)
        if kind is None:
            over.append(shipment.public_id)
        else:
            openings.setdefault(kind, []).append(
                Opening(
                    subject_of(shipment), deadline_at=clocks.real_at(shipment.connection_id, at),
                    params={"ship_to": shipment.ship_to_party, "eaches": shipment.eaches},
                )
            )  # fmt: skip
    update_many(differing, ["deadline_at", "deadline_kind"])
    for kind in ShipmentDeadline:
        due_now = openings.get(kind, [])
        keys = {opening.subject.id for opening in due_now}
        open_items(work_kind(kind), due_now, now=now)
        others = [shipment.public_id for shipment in shipments if shipment.public_id not in keys]
        close_items(work_kind(kind), dedupe_keys=others, actor=actor, now=now)
    return len(differing)


def settle_all_deadlines(*, now: datetime) -> int:
    """`settle_deadlines` for every shipment that is not received: windows move, clocks of worlds are set. Safe to repeat."""
    done = 0
    rows = Shipment.objects.filter(state__in=_WATCHED).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:500]):
        done += settle_deadlines(batch, actor=ACTOR, now=now)
        last = batch[-1].pk
    return done


def work_kind(kind: ShipmentDeadline) -> str:
    """The kind of work item that a deadline is."""
    return f"{DEADLINE_WORK}.{kind.lower()}"
