"""The operations of Vendor Shipments v1 (``/vendor/shipping/v1``)."""

from __future__ import annotations

from simulator import documents, shipment_forms
from simulator.amazon import Amazon
from simulator.faults import Fault
from simulator.http import Request, Response
from simulator.worlds import World


def submit_confirmations(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    return documents.post(
        amazon.store,
        world,
        request,
        faults,
        operation="SubmitShipmentConfirmations",
        form=shipment_forms.CONFIRMATIONS,
        now=amazon.now(world),
        delay_seconds=world.settings.shipment_delay_seconds,
    )
