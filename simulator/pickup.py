"""A pickup that a vendor asked Amazon for (collect freight), from the request to the departure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

CREATED, REQUESTED, ASSIGNED, SHIPPED = STATES = ("Created", "TransportationRequested", "CarrierAssigned", "Shipped")


@dataclass
class Step:
    """When it came to a state."""

    at: int
    state: str


@dataclass
class Pickup:
    identifier: str
    vendor_code: str
    centre: str
    # TruckLoad, LessThanTruckLoad, SmallParcel or "".
    mode: str
    created_at: int
    requested_at: int
    orders: list[str]
    # What was posted, as it was posted.
    request: dict[str, Any]
    steps: list[Step]
    # Amazon's reference number, which the notice of the shipment must give.
    arn: str = ""
    carrier: str = ""
    scac: str = ""
    pro: str = ""
    assigned_at: int | None = None
    # The appointments: when the carrier comes, when it is due at the fulfilment centre.
    scheduled_at: int | None = None
    expected_at: int | None = None
    shipped_at: int | None = None
    delivered_at: int | None = None
    labelled_at: int | None = None
    is_cancelled: bool = False
    # The products of the request were not understood; the pickup has none.
    has_lost_items: bool = False
    # The store's own number, 0 until it is stored.
    id: int = 0

    @property
    def state(self) -> str:
        return "Cancelled" if self.is_cancelled else self.steps[-1].state

    @property
    def is_editable(self) -> bool:
        """Until a carrier is assigned."""
        return not self.is_cancelled and self.assigned_at is None

    @property
    def is_shown(self) -> bool:
        """Whether Amazon shows it: only once a carrier is assigned."""
        return not self.is_cancelled and self.assigned_at is not None

    def enter(self, state: str, at: int) -> None:
        """Go on to a state; back never."""
        if STATES.index(state) > STATES.index(self.steps[-1].state):
            self.steps.append(Step(at, state))

    def date_back(self, now: int) -> None:
        """Date what happened later than now to now. Appointments lie ahead and stay."""
        self.created_at = min(self.created_at, now)
        for name in ("assigned_at", "shipped_at", "delivered_at", "labelled_at"):
            at = getattr(self, name)
            if at is not None:
                setattr(self, name, min(at, now))
        for step in self.steps:
            step.at = min(step.at, now)

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Pickup:
        """The pickup that `to_json` wrote."""
        value: dict[str, Any] = json.loads(text)
        return cls(**{**value, "steps": [Step(**step) for step in value["steps"]]})
