"""Handing out labels: each is bound to what was in its carton at that moment."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from acorn.audit import services as audit
from acorn.core.actor import Actor
from shipments.errors import NoLabels
from shipments.labels import draw_pdf, draw_zpl
from shipments.models import LabelPrint, Shipment, ShipmentEvent
from shipments.selectors.labels import Label, load_labels
from shipments.services.packing import lock_shipments, subject_of
from shipments.types import LabelFormat, ShipmentState
from vendors.models import Connection
from vendors.selectors import now_at

_TYPES = {LabelFormat.PDF: "application/pdf", LabelFormat.ZPL_203: "text/plain", LabelFormat.ZPL_300: "text/plain"}
_DPI = {LabelFormat.ZPL_203: 203, LabelFormat.ZPL_300: 300}


class Labels(NamedTuple):
    """A file of labels, in pieces: whatever their number, few are in memory at once."""

    name: str
    content_type: str
    total: int
    chunks: Iterator[bytes]


@transaction.atomic
def print_labels(
    *,
    shipment_public_id: str,
    form: LabelFormat,
    carton_public_ids: Collection[str] | None = None,
    actor: Actor,
    now: datetime,
) -> Labels:
    """The labels of a shipment, or of some of its cartons. That they were handed out, and for which contents, is kept.

    Safe to repeat: the same label for the same contents is the same print. Raises ShipmentNotFound, and NoLabels where
    nothing has a number yet, or the shipment was cancelled.
    """
    lock_shipments([shipment_public_id])
    shipment = Shipment.objects.select_related("warehouse").get(public_id=shipment_public_id)
    on = now_at(Connection.objects.get(pk=shipment.connection_id), now).date()
    sheet = load_labels(shipment, on, carton_ids=carton_public_ids)
    if not sheet.labels or shipment.state == ShipmentState.CANCELLED:
        raise NoLabels
    _keep_prints(shipment, sheet.labels, sheet.template.id, form, actor, now)
    data = (label.data for label in sheet.labels)
    if form == LabelFormat.PDF:
        return Labels(f"{shipment.number}.pdf", _TYPES[form], len(sheet.labels), draw_pdf(data, sheet.template))
    chunks = draw_zpl(data, sheet.template, dpi=_DPI[form])
    return Labels(f"{shipment.number}.zpl", _TYPES[form], len(sheet.labels), chunks)


def _keep_prints(
    shipment: Shipment, labels: Collection[Label], template: str, form: LabelFormat, actor: Actor, now: datetime
) -> None:
    numbers = [label.data.sscc for label in labels]
    newest = dict(LabelPrint.objects.filter(sscc__in=numbers).order_by("id").values_list("sscc", "content_hash"))
    new = [
        LabelPrint(
            shipment=shipment, carton_id=label.carton_id, pallet_id=label.pallet_id, sscc=label.data.sscc,
            content_hash=label.content_hash, template=template, format=form, printed_at=now,
            actor_label=actor.label[:200],
        )
        for label in labels
        if newest.get(label.data.sscc) != label.content_hash
    ]  # fmt: skip
    LabelPrint.objects.bulk_create(new)
    params = {"labels": len(labels), "new": len(new), "format": form.value}
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code="shipments.labels_printed", params=params, actor_label=actor.label[:200]
    )
    audit.record("shipments.labels_printed", actor=actor, subject=subject_of(shipment), params=params)
