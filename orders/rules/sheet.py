"""What the answering screen reckons: the days that people see and type."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from orders.types import LineAnswer

_NOON = time(12)
_NO_TIME = timedelta(0)


class Window(NamedTuple):
    """Where an order's windows end; people count in days of `zone`.

    The day that they see and type is that of shipping where the order has a ship window, else that of delivery.
    """

    ship_by: datetime | None
    deliver_by: datetime | None
    zone: tzinfo

    @property
    def is_by_ship(self) -> bool:
        return self.ship_by is not None or self.deliver_by is None

    def day_of(self, ship_at: datetime | None, delivery_at: datetime | None) -> date | None:
        """The one day that is shown for the two instants of a part."""
        at = (ship_at or delivery_at) if self.is_by_ship else (delivery_at or ship_at)
        return at.astimezone(self.zone).date() if at else None

    def instants_of(self, day: date) -> tuple[datetime | None, datetime | None]:
        """Shipping and delivery for the day that was typed: at the hour of the window, as far apart as the windows are."""
        anchor = self.ship_by if self.is_by_ship else self.deliver_by
        hour = anchor.astimezone(self.zone).time() if anchor else _NOON
        at = datetime.combine(day, hour, self.zone)
        if not self.is_by_ship:
            return None, at
        travel = self.deliver_by - self.ship_by if self.deliver_by and self.ship_by else None
        return at, None if travel is None or travel < _NO_TIME else at + travel


def set_day(answer: LineAnswer, window: Window, *, accepted: date | None, backordered: date | None) -> LineAnswer:
    """The answer with the days that were typed. A day that stands there already keeps its hours; None keeps all."""
    if accepted and accepted != window.day_of(answer.scheduled_ship_at, answer.scheduled_delivery_at):
        ship_at, delivery_at = window.instants_of(accepted)
        answer = answer._replace(scheduled_ship_at=ship_at, scheduled_delivery_at=delivery_at)
    if backordered and backordered != window.day_of(answer.backorder_ship_at, answer.backorder_delivery_at):
        ship_at, delivery_at = window.instants_of(backordered)
        answer = answer._replace(backorder_ship_at=ship_at, backorder_delivery_at=delivery_at)
    return answer
