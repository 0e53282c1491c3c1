"""Whether Amazon would send its carrier: what it documents about pickup requests, asked before one leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orders.types import FreightTerms
from shipments.rules.deadlines import earliest_pickup
from vendors.types import Region, RuleFinding, Severity

_REGIONS = (Region.NA, Region.EU)


@dataclass(frozen=True, slots=True)
class PickupFacts:
    """A pickup that shall be asked for, at `now` by Amazon's clock. `open_orders` are not answered on every line."""

    freight_terms: str
    region: str
    now: datetime
    pickup_at: datetime
    lead_days: int
    zone: ZoneInfo
    ship_window_end: datetime | None
    open_orders: tuple[str, ...]
    cartons: int
    pallets: int
    weight_g: int
    has_address: bool
    is_carrier_assigned: bool


class PickupRuling(NamedTuple):
    """What the rulebook says about a rule on the day."""

    severity: Severity
    source: str


# what the rulebook calls these; a row that it lacks blocks
PICKUP_RULES = (
    "PICKUP_NOT_COLLECT", "PICKUP_REGION", "PICKUP_EMPTY", "PICKUP_ORDER_OPEN", "PICKUP_TOO_SOON",
    "PICKUP_AFTER_WINDOW", "PICKUP_LOOSE", "PICKUP_WEIGHT_UNKNOWN", "PICKUP_ADDRESS_MISSING", "PICKUP_CARRIER_ASSIGNED",
)  # fmt: skip


def check_pickup(facts: PickupFacts, rulings: Mapping[str, PickupRuling]) -> list[RuleFinding]:
    """What speaks against asking for this pickup; its message is `shipments.rule.<id>`."""
    found = []
    for rule, params in _faults(facts):
        ruling = rulings.get(rule, PickupRuling(Severity.BLOCK, ""))
        found.append(
            RuleFinding(rule, ruling.severity, f"shipments.rule.{rule.lower()}", "", params, None, ruling.source)
        )
    return found


def _faults(facts: PickupFacts) -> Iterator[tuple[str, Mapping[str, object]]]:
    if facts.freight_terms != FreightTerms.COLLECT:
        yield "PICKUP_NOT_COLLECT", {}
    if facts.region not in _REGIONS:
        yield "PICKUP_REGION", {}
    if not facts.cartons:
        yield "PICKUP_EMPTY", {}
    if facts.open_orders:
        yield "PICKUP_ORDER_OPEN", {"orders": ", ".join(facts.open_orders)}
    earliest = earliest_pickup(facts.now, facts.lead_days, facts.zone)
    if facts.pickup_at < earliest:
        yield "PICKUP_TOO_SOON", {"earliest": earliest.date().isoformat(), "days": facts.lead_days}
    if facts.ship_window_end is not None and facts.pickup_at > facts.ship_window_end:
        yield "PICKUP_AFTER_WINDOW", {"until": facts.ship_window_end.astimezone(facts.zone).date().isoformat()}
    if facts.cartons and not facts.pallets:
        yield "PICKUP_LOOSE", {"cartons": facts.cartons}
    if facts.cartons and not facts.weight_g:
        yield "PICKUP_WEIGHT_UNKNOWN", {}
    if not facts.has_address:
        yield "PICKUP_ADDRESS_MISSING", {}
    if facts.is_carrier_assigned:
        yield "PICKUP_CARRIER_ASSIGNED", {}
