"""Usage plans: one token bucket per application, selling partner and operation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """Requests per second that refill the bucket, and how many it holds."""

    rate: float
    burst: int


# The published defaults.
OFFICIAL = {
    "getPurchaseOrders": Plan(10, 10),
    "getPurchaseOrder": Plan(10, 10),
    "submitAcknowledgement": Plan(10, 10),
    "getPurchaseOrdersStatus": Plan(10, 10),
    "SubmitShipmentConfirmations": Plan(10, 10),
    "SubmitShipments": Plan(10, 10),
    "GetShipmentDetails": Plan(10, 10),
    "GetShipmentLabels": Plan(10, 10),
    "getTransaction": Plan(10, 20),
}


class PlanBook:
    """The buckets of all worlds. A world is one application with one selling partner, so its name is the key."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._plans: dict[tuple[str, str], Plan] = {}
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def plan(self, world: str, operation: str) -> Plan:
        return self._plans.get((world, operation), OFFICIAL[operation])

    def set(self, world: str, operation: str, plan: Plan) -> None:
        """Give the world another plan for the operation; its bucket starts full."""
        with self._lock:
            self._plans[world, operation] = plan
            self._buckets.pop((world, operation), None)

    def clear(self, world: str) -> None:
        """Back to the published plans, with full buckets."""
        with self._lock:
            for book in (self._plans, self._buckets):
                for key in [key for key in book if key[0] == world]:
                    del book[key]

    def take(self, world: str, operation: str) -> bool:
        """One request: whether the plan allows it."""
        plan = self.plan(world, operation)
        now = self._clock()
        with self._lock:
            level, since = self._buckets.get((world, operation), (float(plan.burst), now))
            level = min(float(plan.burst), level + max(0.0, now - since) * plan.rate)
            allowed = level >= 1
            self._buckets[world, operation] = (level - 1 if allowed else level, now)
            return allowed
