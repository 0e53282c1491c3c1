"""What has to be done next for a shipment, and by when. Instants are by Amazon's clock; days are the fulfilment centre's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from orders.types import FreightTerms
from shipments.types import AppointmentStatus, Mode, ShipmentDeadline, ShipmentState

_LEFT = (ShipmentState.DEPARTED, ShipmentState.ARRIVED)
_OVER = (ShipmentState.RECEIVED, ShipmentState.CANCELLED)
_STANDS = (AppointmentStatus.CONFIRMED, AppointmentStatus.RESCHEDULED, AppointmentStatus.ARRIVED)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """A shipment as far as its deadlines care. Windows are the tightest of its orders'.

    `lead_days` are the business days that a pickup is asked for ahead, `transit` is how long the goods travel, and
    `appointment_lead` how long before the end of the delivery window a slot must stand.
    """

    state: str
    freight_terms: str
    mode: str
    ship_window_end: datetime | None
    delivery_window_start: datetime | None
    delivery_window_end: datetime | None
    transit: timedelta
    lead_days: int
    appointment_lead: timedelta
    zone: ZoneInfo
    # when the goods are to be fetched, as Amazon was last asked; None where nobody asked, or took it back
    pickup_at: datetime | None = None
    appointment_status: str = ""


class Deadline(NamedTuple):
    kind: ShipmentDeadline
    at: datetime


def next_deadline(facts: DeadlineFacts) -> Deadline | None:
    """The next thing that has to be done, and by when. First row that fits:

    | shipment                            | what is due | by when                                          |
    |-------------------------------------|-------------|--------------------------------------------------|
    | received or cancelled               | nothing     |                                                  |
    | departed, a parcel or collect       | nothing     |                                                  |
    | departed, a slot stands             | nothing     |                                                  |
    | departed                            | APPOINTMENT | before the end of the delivery window            |
    | collect, nobody asked for a pickup  | ROUTING     | end of the day, business days before the window's |
    | collect                             | READY       | when it is fetched                               |
    | otherwise                           | SHIP_BY     | end of the delivery window less the transit time |

    A window that is not known has no deadline.
    """
    is_collect = facts.freight_terms == FreightTerms.COLLECT
    if facts.state in _OVER:
        return None
    if facts.state in _LEFT:
        if is_collect or facts.mode == Mode.SMALL_PARCEL or facts.appointment_status in _STANDS:
            return None
        return _before(ShipmentDeadline.APPOINTMENT, facts.delivery_window_end, facts.appointment_lead)
    if is_collect:
        if facts.pickup_at is not None:
            return Deadline(ShipmentDeadline.READY, facts.pickup_at)
        if facts.ship_window_end is None:
            return None
        last = facts.ship_window_end.astimezone(facts.zone).date()
        return Deadline(ShipmentDeadline.ROUTING, _end_of(business_days_before(last, facts.lead_days), facts.zone))
    if facts.delivery_window_end is not None:
        return _before(ShipmentDeadline.SHIP_BY, facts.delivery_window_end, facts.transit)
    return _before(ShipmentDeadline.SHIP_BY, facts.ship_window_end, timedelta())


def opens_at(facts: DeadlineFacts) -> datetime | None:
    """Before this a departure arrives before its delivery window opens; None where that can't be said."""
    if facts.freight_terms == FreightTerms.COLLECT or facts.delivery_window_start is None:
        return None
    return facts.delivery_window_start - facts.transit


def earliest_pickup(now: datetime, lead_days: int, zone: ZoneInfo) -> datetime:
    """The beginning of the first day for which a pickup may still be asked for at `now`."""
    return datetime.combine(business_days_after(now.astimezone(zone).date(), lead_days), time(), zone)


def business_days_before(day: date, count: int) -> date:
    """Saturdays and Sundays do not count; which days are holidays differs by place, and is not known here."""
    return _step(day, count, -1)


def business_days_after(day: date, count: int) -> date:
    """See `business_days_before`."""
    return _step(day, count, 1)


def _step(day: date, count: int, way: int) -> date:
    while count > 0:
        day += timedelta(days=way)
        count -= day.weekday() < _SATURDAY
    return day


def _before(kind: ShipmentDeadline, at: datetime | None, lead: timedelta) -> Deadline | None:
    return None if at is None else Deadline(kind, at - lead)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59, 59), zone)
