"""Taking back what was packed: by a new step that makes the packing what it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from acorn.core.actor import Actor
from shipments.errors import NothingToUndo
from shipments.models import Shipment
from shipments.selectors import find_undoable, load_cartons
from shipments.services.packing import check, lock_open, prepare, store, tell
from shipments.types import Origin, PackedCarton


@transaction.atomic
def undo_last(shipment_public_id: str, *, actor: Actor, now: datetime, overpack_reason: str = "") -> Shipment:
    """Take back the last step of packing that was not taken back yet, by a step of its own; once more, the one before it.

    A carton that comes back has the number that it had, since its contents are the ones on its label. Not safe to
    repeat. Raises ShipmentNotFound, ShipmentClosed, NothingToUndo, PackingRefused where the earlier packing may not be
    shipped any more.
    """
    (shipment,) = lock_open([shipment_public_id])
    step = find_undoable(shipment)
    if step is None:
        raise NothingToUndo
    now_packed = load_cartons([shipment.pk])[shipment.pk]
    wanted = _restore([carton.packed for carton in now_packed], step.before or {})
    check(shipment, now_packed, wanted, now=now, reason=overpack_reason)
    known = {carton.row.sscc for carton in now_packed}
    undoing = prepare(shipment, now_packed, wanted, origin=Origin.PERSON, is_exact=True)
    returning = {carton.sscc for carton in wanted} - known
    store([undoing], origin=Origin.PERSON, actor=actor, now=now, returning=returning)
    params = {"event": step.pk, "cartons": shipment.carton_count, "eaches": shipment.eaches}
    tell(undoing, "shipments.undone", params, reason=overpack_reason.strip(), is_undoable=False, actor=actor, now=now)
    return shipment


def _restore(cartons: list[PackedCarton], before: Mapping[str, Any]) -> list[PackedCarton]:
    """The packing as it was before a step: cartons by their numbers, in the order that they had."""
    found = {carton.sscc: carton for carton in cartons}
    found |= {carton.sscc: carton for carton in map(PackedCarton.from_stored, before["cartons"])}
    order = before.get("order", [carton.sscc for carton in cartons])
    return [found[sscc] for sscc in order]
