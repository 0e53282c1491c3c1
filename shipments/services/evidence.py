"""Documents that prove something about a shipment. What was uploaded stays, and its hash says that it is still the same."""

import hashlib
from datetime import datetime
from typing import IO

from django.db import transaction

from acorn.accounts.rights import Right
from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.files.services import store_file
from shipments.models import Evidence, ShipmentEvent
from shipments.services.packing import lock_shipments, subject_of
from shipments.types import EvidenceKind


@transaction.atomic
def add_evidence(
    content: IO[bytes],
    *,
    shipment_public_id: str,
    kind: EvidenceKind,
    name: str,
    content_type: str,
    note: str = "",
    actor: Actor,
    now: datetime,
    exchange_id: str = "",
) -> Evidence:
    """Keep a document with a shipment. Safe to repeat: the same bytes of the same kind are kept once. Raises ShipmentNotFound."""
    (shipment,) = lock_shipments([shipment_public_id])
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # any binary file will do
    known = Evidence.objects.filter(shipment=shipment, kind=kind, sha256=sha256).select_related("file").first()
    if known is not None:
        return known
    content.seek(0)
    file = store_file(content, name=name, content_type=content_type, right=Right.SEE_SHIPMENTS, actor=actor, now=now)
    row = Evidence.objects.create(
        shipment=shipment, kind=kind, file=file, sha256=file.sha256, note=note[:300], exchange_id=exchange_id, at=now,
        actor_label=actor.label[:200],
    )  # fmt: skip
    params = {"kind": kind.value, "name": file.name, "sha256": file.sha256}
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code="shipments.evidence", params=params, exchange_id=exchange_id,
        actor_label=actor.label[:200],
    )  # fmt: skip
    audit.record("shipments.evidence", actor=actor, subject=subject_of(shipment), params=params)
    return row
