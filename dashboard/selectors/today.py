"""The figures above Today, and lists that search further."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from acorn.accounts.models import Membership
from acorn.accounts.rights import Right
from acorn.work.models import WorkItem
from acorn.work.selectors import count_due, count_overdue
from dashboard.types import Figure
from orders import selectors as order_selectors
from orders.models import PurchaseOrder
from orders.types import ACKNOWLEDGE, OrderState
from vendors import selectors as vendor_selectors
from vendors.models import Connection

TREND_DAYS = 14


def today_figures(*, now: datetime, zone: tzinfo) -> list[Figure]:
    """Five figures, each the head of a list. Days are those of `zone`; a constant number of queries."""
    orders = reverse("orders:list")
    current = PurchaseOrder.objects.filter(is_history=False)
    waiting = current.filter(state=OrderState.NEW)
    tomorrow = now + timedelta(hours=24)
    arrived = _arrived_by_day(now, zone)
    overdue = count_overdue(now=now)
    # in real time, which an order of a simulated world does not keep
    due = count_due(ACKNOWLEDGE, before=tomorrow)
    return [
        Figure(_("Overdue"), overdue, reverse("dashboard:today"), is_urgent=overdue > 0),
        Figure(_("Answer within 24 h"), due, f"{reverse('orders:answer')}?due=24h", is_urgent=due > 0),
        Figure(
            _("Orders to answer"), waiting.count(), reverse("orders:answer"), amounts=_totals(waiting),
            trend=_waiting_by_day(now, zone),
        ),
        Figure(_("Changed, not seen"), current.filter(has_unseen_change=True).count(), f"{orders}?changed=true"),
        Figure(
            _("Orders in 14 days"), sum(arrived.values()), f"{orders}?sort=-ordered_at",
            trend=_filled(arrived, now.astimezone(zone).date()),
        ),
    ]  # fmt: skip


def is_connected() -> bool:
    """Whether the company has an account to pull from; if not, Today says how to connect one."""
    return Connection.objects.filter(archived_at=None).exists()


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A list that knows the text that was searched for."""

    label: str | Promise
    url: str
    count: int


def search_lists(text: str, *, membership: Membership) -> list[FoundIn]:
    """Lists that the person may see and that find what no object is called: an ASIN or SKU, a request id."""
    query = urlencode({"search": text})
    found = []
    if membership.may(Right.SEE_ORDERS):
        orders = order_selectors.search_orders(PurchaseOrder.objects.all(), text)
        found.append(FoundIn(_("Orders"), f"{reverse('orders:list')}?{query}", _count(orders)))
    if membership.may(Right.SEE_EXCHANGES):
        exchanges = vendor_selectors.list_exchanges(search=text)
        found.append(FoundIn(_("Exchanges"), f"{reverse('vendors:exchanges')}?{query}", _count(exchanges)))
    return [one for one in found if one.count]


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by().values("pk")[:1000].count()


def _totals(orders: QuerySet[PurchaseOrder]) -> tuple[tuple[str, str], ...]:
    rows = orders.exclude(currency="").values_list("currency").annotate(total=Sum("total_cost")).order_by("-total")
    return tuple((currency, total) for currency, total in rows[:3])


def _arrived_by_day(now: datetime, zone: tzinfo) -> dict[date, int]:
    """How many orders came on each of the last days. One of a simulated world counts so long ago as it is there."""
    since = now - timedelta(days=TREND_DAYS)
    clocks = vendor_selectors.read_clocks()
    ahead = {key: clocks.now_at(key, now) - now for key in clocks.of_worlds}
    recent = Q(ordered_at__gte=since) & ~Q(connection__in=ahead)
    for key, span in ahead.items():
        recent |= Q(connection=key, ordered_at__gte=since + span)
    shift = Case(
        *(When(connection=key, then=Value(span)) for key, span in ahead.items()),
        default=Value(timedelta()), output_field=DurationField(),
    )  # fmt: skip
    day = TruncDate(ExpressionWrapper(F("ordered_at") - shift, output_field=DateTimeField()), tzinfo=zone)
    rows = PurchaseOrder.objects.filter(recent).annotate(day=day).values_list("day").annotate(n=Count("id"))
    return dict(rows.order_by("day"))


def _waiting_by_day(now: datetime, zone: tzinfo) -> tuple[int, ...]:
    """How many orders waited for their answer at the end of each of the last days, and wait now. One statement."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = [today - timedelta(days=back) for back in range(TREND_DAYS - 2, -1, -1)] + [now]
    items = WorkItem.objects.filter(kind=ACKNOWLEDGE).filter(Q(closed_at=None) | Q(closed_at__gte=ends[0]))
    counts = items.aggregate(
        **{
            f"day_{place}": Count("id", filter=Q(opened_at__lte=end) & (Q(closed_at=None) | Q(closed_at__gt=end)))
            for place, end in enumerate(ends)
        }
    )
    return tuple(counts[f"day_{place}"] for place in range(len(ends)))


def _filled(counts: dict[date, int], today: date) -> tuple[int, ...]:
    return tuple(counts.get(today - timedelta(days=back), 0) for back in range(TREND_DAYS - 1, -1, -1))
