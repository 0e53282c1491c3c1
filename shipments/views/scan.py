"""The scan page: a code in, a verdict out, as fast as a scanner gives codes."""

from typing import Any

from django.http import HttpResponse

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Conflict
from acorn.ui.htmx import render
from shipments import services
from shipments.selectors.scans import count_packed, find_label_state, list_inside, list_last_scans
from shipments.selectors.shipments import get_shipment
from shipments.services import Scanned


@page(Right.PACK)
def scan(request: PageRequest) -> HttpResponse:
    """Say what a code is. `shipment` binds the page to one shipment; with `packs` a carton as planned is packed by it."""
    values = request.POST if request.method == "POST" else request.GET
    # a NUL is no character that a database takes
    code, shipment_id = (values.get(name, "").replace("\x00", "").strip() for name in ("code", "shipment"))
    expected = get_shipment(shipment_id) if shipment_id else None
    packs, now, actor = "packs" in values, clock.now(), request.user.actor()
    context: dict[str, Any] = {"packs": packs, "code": code}
    if request.method == "POST" and code:
        try:
            found = services.scan(code, expected_shipment_id=shipment_id, packs=packs, actor=actor, now=now)
            context |= _describe(found) | {"is_packed_now": found.carton is not None and found.carton.packed_at == now}
        except Conflict as refusal:
            context["refusal"] = str(refusal)
    if expected is not None:
        packed, cartons = count_packed(expected)
        context |= {"expected": expected, "packed": packed, "cartons": cartons}
    context["scans"] = list_last_scans(actor.label)
    return render(request, "shipments/scan.html", "answer", context)


def _describe(found: Scanned) -> dict[str, Any]:
    unit = found.carton or found.pallet
    if unit is None:
        return {"found": found}
    return {"found": found, "unit": unit, "inside": list_inside(unit), "label": find_label_state(unit)}
