"""What a scanned code is: a carton as planned, a void label, another shipment's, or nothing that anybody knows."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from acorn.core.actor import Actor
from shipments.models import Carton, LabelPrint, Pallet, Scan, Shipment
from shipments.rules.sscc import normalise_sscc
from shipments.selectors.scans import find_label_state
from shipments.selectors.shipments import get_shipment
from shipments.selectors.shippable import OPEN
from shipments.services.packing import mark_packed
from shipments.types import LabelState, ScanResult

# what some scanners put for the FNC1 of a GS1 barcode
_FNC1 = "\x1d"


class Scanned(NamedTuple):
    """What a code turned out to be. A pallet's code has no carton; an unknown one has neither."""

    scan: Scan
    result: ScanResult
    carton: Carton | None = None
    pallet: Pallet | None = None
    shipment: Shipment | None = None


@transaction.atomic
def scan(code: str, *, expected_shipment_id: str = "", packs: bool = False, actor: Actor, now: datetime) -> Scanned:
    """Say what a code is, and keep that it was scanned. With `packs` a carton as planned counts as packed from now on.

    A code is an SSCC in any form in which scanners give it, or a tracking number. Raises ShipmentNotFound where the
    expected shipment does not exist.
    """
    expected = get_shipment(expected_shipment_id) if expected_shipment_id else None
    number = normalise_sscc(code.replace(_FNC1, ""))
    carton = Carton.objects.select_related("shipment", "pallet").filter(sscc=number).order_by("-id").first()
    carton = carton or _by_tracking(code)
    pallet = None if carton else Pallet.objects.select_related("shipment").filter(sscc=number).order_by("-id").first()
    shipment = carton.shipment if carton else pallet.shipment if pallet else None
    result = _judge(number, carton or pallet, shipment, expected)
    if packs and carton is not None and result == ScanResult.MATCH and carton.packed_at is None:
        mark_packed([carton.public_id], actor=actor, now=now)
        carton = Carton.objects.select_related("shipment", "pallet").get(pk=carton.pk)
        shipment = carton.shipment
    row = Scan.objects.create(
        code=code.strip()[:100], result=result, shipment=shipment or expected, carton_id=carton.pk if carton else None,
        at=now, actor_label=actor.label[:200],
    )  # fmt: skip
    return Scanned(row, result, carton, pallet, shipment)


def _by_tracking(code: str) -> Carton | None:
    text = code.strip()[:60]
    rows = Carton.objects.select_related("shipment", "pallet").filter(tracking_number=text).order_by("-id")
    return rows.first() if text else None


def _judge(
    number: str, unit: Carton | Pallet | None, shipment: Shipment | None, expected: Shipment | None
) -> ScanResult:
    """First row that fits:

    | code                                              | result         |
    |---------------------------------------------------|----------------|
    | no carton or pallet, but a label was printed once | VOID_LABEL     |
    | no carton or pallet                               | UNKNOWN        |
    | the shipment has left, or was cancelled           | GONE           |
    | another shipment than the expected one            | OTHER_SHIPMENT |
    | the newest label is for other contents            | VOID_LABEL     |
    | otherwise                                         | MATCH          |
    """
    if unit is None or shipment is None:
        return ScanResult.VOID_LABEL if LabelPrint.objects.filter(sscc=number).exists() else ScanResult.UNKNOWN
    if shipment.state not in OPEN:
        return ScanResult.GONE
    if expected is not None and shipment.pk != expected.pk:
        return ScanResult.OTHER_SHIPMENT
    return ScanResult.VOID_LABEL if find_label_state(unit) == LabelState.VOID else ScanResult.MATCH
