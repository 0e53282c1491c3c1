"""Reads of this app: for its own pages and endpoints, and for higher apps."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from acorn.core.errors import NotFound
from acorn.search.rules import after_prefix, normalise_code
from acorn.tenancy.scope import current_tenant_id
from acorn.work.models import WorkItem
from acorn.work.selectors import list_waiting
from orders.errors import OrderNotFound
from orders.models import Finding, PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine, PurchaseOrderVersion
from orders.types import ACKNOWLEDGE, OrderSnapshot, QuantitySource
from vendors.models import Connection
from vendors.selectors import read_clocks

_MAX_CHOICES = 500
_FEW_FOUND = 2_000


def list_orders() -> QuerySet[PurchaseOrder]:
    """The company's orders with their connection. Addresses are left out: only an order's own page shows them."""
    return PurchaseOrder.objects.select_related("connection").defer("parties")


def find_currency(public_id: str) -> str | None:
    """The currency of an order's costs; None where there is no such order."""
    return PurchaseOrder.objects.filter(public_id=public_id).values_list("currency", flat=True).first()


def list_order_rows() -> QuerySet[PurchaseOrder]:
    """The company's orders with what the list page shows of them, and nothing else."""
    return PurchaseOrder.objects.only(
        "public_id", "number", "state", "environment", "vendor_code", "ship_to_party", "ordered_at", "changed_at",
        "connection", "ship_window_start", "ship_window_end", "delivery_window_start", "delivery_window_end", "due_at", "deadline_at",
        "line_count", "total_eaches", "total_cost", "currency", "is_history", "has_unseen_change",
    )  # fmt: skip


# equality and ranges only: what PostgreSQL may look up in an index behind row-level security
_GOING = "SELECT id FROM orders_purchaseorder WHERE tenant_id = %s AND ship_to_party = %s"
_HOLDING = """
SELECT order_id AS id FROM orders_purchaseorderline WHERE tenant_id = %s AND asin = %s
UNION ALL SELECT order_id FROM orders_purchaseorderline WHERE tenant_id = %s AND vendor_sku IN (%s, %s, %s)
UNION ALL SELECT id FROM orders_purchaseorder WHERE tenant_id = %s AND number >= %s AND number < %s
"""
_MEANT = f"""
(SELECT true, id FROM ({_GOING} LIMIT 1) AS going) UNION ALL (SELECT false, id FROM ({_HOLDING}) AS holding LIMIT %s)
"""  # noqa: S608 -- of the two above


def tell_real_time(orders: Sequence[PurchaseOrder]) -> None:
    """Set `real_ordered_at` and `real_deadline_at` on orders: Amazon's dates by our own clock, to count down to.

    They differ only in a simulated world; one query if there is an order of one.
    """
    clocks = read_clocks(orders)
    for order in orders:
        order.real_ordered_at = clocks.real_at(order.connection_id, order.ordered_at)
        order.real_deadline_at = clocks.real_at(order.connection_id, order.deadline_at)


def search_orders(rows: QuerySet[PurchaseOrder], text: str) -> QuerySet[PurchaseOrder]:
    """The ones whose number begins with the text, or that go to this fulfilment centre, or hold this ASIN or SKU.

    Asks at once what the text can mean: a page names them twice, for its rows and for their number, and what a few thousand
    orders hold is looked up once. Of a fulfilment centre only whether any order goes there: the list has its index.
    """
    text = text.strip()
    if not text or "\x00" in text:
        return rows
    upper, tenant = text.upper(), current_tenant_id()
    number = normalise_code(text).upper()
    end = after_prefix(number) if number else ""  # nothing is below "": a text without letters and digits is no number
    going: list[str | int] = [tenant, upper]
    holding: list[str | int] = [tenant, upper, tenant, text, upper, text.lower(), tenant, number, end]
    with connection.cursor() as cursor:
        cursor.execute(_MEANT, [*going, *holding, _FEW_FOUND + 1])
        meant = cursor.fetchall()
    few = [pk for is_going, pk in meant if not is_going]
    if len(few) > _FEW_FOUND:
        every = RawSQL(f"{_GOING} UNION ALL {_HOLDING}", (*going, *holding))  # noqa: S611 -- values are parameters
        return rows.filter(pk__in=every)
    if len(few) < len(meant):
        return rows.filter(Q(ship_to_party=upper) | Q(pk__among=few))
    return rows.filter(pk__among=few)


def get_order(public_id: str) -> PurchaseOrder:
    """With its connection. Raises OrderNotFound."""
    found = PurchaseOrder.objects.select_related("connection").filter(public_id=public_id).first()
    if found is None:
        raise OrderNotFound
    return found


def list_lines(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """In the order in which Amazon numbered them."""
    return list(PurchaseOrderLine.objects.filter(order=order).order_by("position", "id"))


def list_changes(order: PurchaseOrder) -> QuerySet[PurchaseOrderChange]:
    """What changed in an order since it was first seen, and in its quantities; newest first."""
    return PurchaseOrderChange.objects.filter(order=order).order_by("-id")


def list_unseen_changes(order: PurchaseOrder, *, limit: int = 100) -> list[PurchaseOrderChange]:
    """Amazon's changes that nobody has marked as seen yet, newest first."""
    if not order.has_unseen_change:
        return []
    changes = list_changes(order).filter(source=QuantitySource.PURCHASE_ORDER).exclude(field="amazon_state")
    if order.changes_seen_at:
        changes = changes.filter(seen_at__gt=order.changes_seen_at)
    return list(changes[:limit])


def list_versions(order: PurchaseOrder, *, limit: int = 100) -> list[PurchaseOrderVersion]:
    """Newest first, without their content."""
    return list(PurchaseOrderVersion.objects.filter(order=order).defer("snapshot").order_by("-number")[:limit])


def get_version(order: PurchaseOrder, number: int) -> PurchaseOrderVersion:
    """Raises NotFound."""
    found = PurchaseOrderVersion.objects.filter(order=order, number=number).first()
    if found is None:
        raise NotFound
    return found


def find_order_as_of(order: PurchaseOrder, at: datetime) -> OrderSnapshot | None:
    """How Amazon's order stood at an instant, as far as we had seen it; None before it was first seen."""
    versions = PurchaseOrderVersion.objects.filter(order=order, seen_at__lte=at).order_by("-number")
    text = versions.values_list("snapshot", flat=True).first()
    return OrderSnapshot.from_json(text) if text else None


def list_findings() -> QuerySet[Finding]:
    """What was odd in Amazon's answers, with order and connection."""
    return Finding.objects.select_related("order", "connection")


def list_order_findings(order: PurchaseOrder, *, limit: int = 50) -> list[Finding]:
    """What is odd about one order, newest first."""
    return list(Finding.objects.filter(order=order).order_by("-id")[:limit])


def get_finding(public_id: str) -> Finding:
    """Raises NotFound."""
    found = list_findings().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def list_unanswered() -> QuerySet[WorkItem]:
    """Orders that wait for their answer, for the number in the navigation."""
    return list_waiting(ACKNOWLEDGE)


class _Choice(NamedTuple):
    value: str
    label: str


def list_marketplaces() -> list[_Choice]:
    """Marketplaces that the company is connected to, for a filter's choices."""
    found = Connection.objects.order_by("marketplace").values_list("marketplace", flat=True).distinct()
    return [_Choice(value, value) for value in found]


_DISTINCT = """
WITH RECURSIVE found AS (
  (SELECT {column} AS value FROM orders_purchaseorder WHERE tenant_id = %(tenant)s ORDER BY {column} LIMIT 1)
  UNION ALL
  SELECT (SELECT {column} FROM orders_purchaseorder WHERE tenant_id = %(tenant)s AND {column} > found.value
          ORDER BY {column} LIMIT 1)
  FROM found WHERE found.value IS NOT NULL)
SELECT value FROM found WHERE value <> '' LIMIT %(limit)s
"""


def list_vendor_codes() -> list[_Choice]:
    """Vendor codes that orders came under, for a filter's choices."""
    return _distinct("vendor_code")


def list_fulfilment_centres() -> list[_Choice]:
    """Where orders go, for a filter's choices."""
    return _distinct("ship_to_party")


def _distinct(column: str) -> list[_Choice]:
    """One index probe per value; a plain DISTINCT would read every order there is."""
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(column=column), {"tenant": current_tenant_id(), "limit": _MAX_CHOICES})
        return [_Choice(value, value) for (value,) in cursor.fetchall()]
