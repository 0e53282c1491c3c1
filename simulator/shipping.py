"""The four operations of Vendor Shipments v1 (``/vendor/shipping/v1``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import documents, odd_data, parameters, pickup_documents, shipment_forms
from simulator.amazon import Amazon
from simulator.faults import Fault
from simulator.forms import Form
from simulator.http import Request, Response, amazon_error
from simulator.parameters import BadRequestError, Cursor
from simulator.pickup import STATES, Pickup
from simulator.worlds import World

_REGIONS = ("NA", "EU")
_MOST = 50
# The windows that a caller may ask for, and what of a pickup lies in them.
_WINDOWS = {
    # Created is when it became available to the caller, as with orders.
    "created": "assigned_at",
    "shipmentConfirmed": "shipped_at",
    "packageLabelCreated": "labelled_at",
    "shipped": "shipped_at",
    "estimatedDelivery": "expected_at",
    "shipmentDelivery": "delivered_at",
    "requestedPickUp": "requested_at",
    "scheduledPickUp": "scheduled_at",
}
_LABEL_WINDOWS = {"labelCreated": "labelled_at"}
# The model really does say that the seller's warehouse is the selling party.
_EXACT = {
    "vendorShipmentIdentifier": "identifier",
    "buyerReferenceNumber": "arn",
    "buyerWarehouseCode": "centre",
    "sellerWarehouseCode": "vendor_code",
}


def _post(amazon: Amazon, world: World, request: Request, faults: list[Fault], operation: str, form: Form) -> Response:
    return documents.post(
        amazon.store,
        world,
        request,
        faults,
        operation=operation,
        form=form,
        now=amazon.now(world),
        delay_seconds=world.settings.shipment_delay_seconds,
    )


def submit_confirmations(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    return _post(amazon, world, request, faults, "SubmitShipmentConfirmations", shipment_forms.CONFIRMATIONS)


def submit_shipments(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    if world.marketplace.region not in _REGIONS:
        return amazon_error(403, "Unauthorized", "Access to requested resource is denied.")
    return _post(amazon, world, request, faults, "SubmitShipments", shipment_forms.SHIPMENTS)


def get_details(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    asked = _read(request, _WINDOWS)
    state = parameters.word(request, "currentShipmentStatus", STATES)

    def shows(pickup: Pickup) -> bool:
        return pickup.is_shown and (state is None or pickup.state == state)

    rows, pagination = _page(amazon, world, asked, shows, faults)
    shipments = [pickup_documents.shipment(pickup) for pickup in rows]
    return odd_data.answer({**pagination, "shipments": shipments}, faults)


def get_labels(amazon: Amazon, world: World, request: Request, _id: str, faults: list[Fault]) -> Response:
    asked = _read(request, _LABEL_WINDOWS)

    def shows(pickup: Pickup) -> bool:
        return pickup.is_shown and pickup.labelled_at is not None

    rows, pagination = _page(amazon, world, asked, shows, faults)
    labels = [pickup_documents.labels(pickup) for pickup in rows]
    return odd_data.answer({**pagination, "transportLabels": labels}, faults)


@dataclass(frozen=True)
class _Asked:
    """A checked list request."""

    windows: list[tuple[str, int | None, int | None]]
    exact: dict[str, str]
    is_descending: bool
    limit: int
    token: str | None


def _read(request: Request, windows: dict[str, str]) -> _Asked:
    found = [
        (attribute, parameters.instant(request, f"{name}After"), parameters.instant(request, f"{name}Before"))
        for name, attribute in windows.items()
    ]
    exact = {attribute: request.parameter(name) or "" for name, attribute in _EXACT.items()}
    return _Asked(
        windows=[(attribute, after, before) for attribute, after, before in found if (after, before) != (None, None)],
        exact={attribute: value for attribute, value in exact.items() if value},
        is_descending=parameters.word(request, "sortOrder", ("ASC", "DESC")) == "DESC",
        limit=parameters.limit(request, most=_MOST),
        token=request.parameter("nextToken"),
    )


def _page(
    amazon: Amazon, world: World, asked: _Asked, shows: Callable[[Pickup], bool], faults: list[Fault]
) -> tuple[list[Pickup], dict[str, Any]]:
    """The rows of a page and its ``pagination``. Pickups are looked through `limit` at a time, so a page may be empty."""
    kinds = {fault.kind for fault in faults}
    if asked.token and "dead_token" in kinds:
        raise BadRequestError("The nextToken is invalid or has expired.", code="InvalidInput")
    if "nothing_found" in kinds or world.marketplace.region not in _REGIONS:
        return [], {}
    is_descending = asked.is_descending ^ ("ignore_sort" in kinds)
    pickups = sorted(amazon.pickups(world.name), key=_place, reverse=is_descending)
    if asked.token:
        cursor = Cursor.read(asked.token)
        after = (cursor.at, int(cursor.number) if cursor.number.isdecimal() else 0)
        pickups = [p for p in pickups if (_place(p) < after if is_descending else _place(p) > after)]
    elif "empty_page" in kinds:
        after = (9_999_999_999_999, 0) if is_descending else (0, 0)
    if "empty_page" in kinds:
        return [], {"pagination": {"nextToken": Cursor(after[0], str(after[1])).token()}}
    rows, rest = pickups[: asked.limit], pickups[asked.limit :]
    found = [pickup for pickup in rows if shows(pickup) and _fits(pickup, asked)]
    if not rest:
        return found, {}
    at, number = _place(rows[-1])
    return found, {"pagination": {"nextToken": Cursor(at, str(number)).token()}}


def _place(pickup: Pickup) -> tuple[int, int]:
    return pickup.created_at, pickup.id


def _fits(pickup: Pickup, asked: _Asked) -> bool:
    if any(getattr(pickup, attribute) != value for attribute, value in asked.exact.items()):
        return False
    for attribute, after, before in asked.windows:
        at = getattr(pickup, attribute)
        if at is None or (after is not None and at <= after) or (before is not None and at >= before):
            return False
    return True
