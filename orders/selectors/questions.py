"""What open orders ask people: products without an item, costs that are not the agreed ones."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from acorn.core.errors import NotFound
from catalog.types import Impact
from orders.models import CostDifference, PurchaseOrder, PurchaseOrderLine, UnmappedProduct
from orders.types import OrderState

# an order in one of these states may still be answered, packed or changed
ASKED = (OrderState.NEW, OrderState.ACKNOWLEDGED, OrderState.PACKING)


def list_open_lines() -> QuerySet[PurchaseOrderLine]:
    """Lines of current orders that somebody still has to do something about."""
    return PurchaseOrderLine.objects.filter(
        is_withdrawn=False, order__is_history=False, order__state__in=ASKED, rejected_eaches__lt=F("ordered_eaches")
    )


def measure_identifiers(values: Sequence[str], marketplace: str) -> list[Impact]:
    """What open orders would take along if identifiers changed: how many, units, money by currency. One statement."""
    named = list_open_lines().filter(Q(asin__in=values) | Q(vendor_sku__in=values))
    if marketplace:
        named = named.filter(order__marketplace=marketplace)
    rows = named.values("currency").annotate(
        orders=Count("order", distinct=True),
        eaches=Sum("ordered_eaches"),
        amount=Sum(F("ordered_eaches") * F("net_cost")),
    )
    found = list(rows.order_by("currency"))
    if not found:
        return []
    amounts = {row["currency"]: round(row["amount"] or Decimal(0), 4) for row in found if row["currency"]}
    return [Impact(_("Open orders"), sum(row["orders"] for row in found), sum(row["eaches"] for row in found), amounts)]


def list_unmapped_products() -> QuerySet[UnmappedProduct]:
    """Products that open orders name and no item has."""
    return UnmappedProduct.objects.all()


def get_unmapped_product(public_id: str) -> UnmappedProduct:
    """Raises NotFound, also for one that has been mapped meanwhile."""
    found = UnmappedProduct.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def list_waiting_lines(product: UnmappedProduct, *, limit: int = 200) -> list[PurchaseOrderLine]:
    """The lines that wait for a product's item, with their orders, the most urgent first."""
    rows = (
        list_open_lines()
        .exclude(item_problem="")
        .filter(asin=product.asin, vendor_sku=product.vendor_sku, order__marketplace=product.marketplace)
    )
    return list(rows.select_related("order").order_by(F("order__deadline_at").asc(nulls_last=True), "pk")[:limit])


def list_all_unmapped() -> QuerySet[UnmappedProduct]:
    """Products without an item, for the number in the navigation."""
    return UnmappedProduct.objects.all()


def list_cost_differences() -> QuerySet[CostDifference]:
    """Lines whose cost is not the agreed one, with order and item."""
    return CostDifference.objects.select_related("order", "item").defer("order__parties", "order__import_details")


def get_cost_difference(public_id: str) -> CostDifference:
    """With order and item. Raises NotFound."""
    found = list_cost_differences().filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def total_differences(rows: QuerySet[CostDifference]) -> list[tuple[str, Decimal]]:
    """The sum of differences by currency: what Amazon's orders pay more (negative: less) than agreed."""
    sums = rows.order_by().values_list("currency").annotate(total=Sum("amount")).order_by("currency")
    return [(currency, total) for currency, total in sums]


def list_undecided_differences() -> QuerySet[CostDifference]:
    """Differences that nobody has decided, for the number in the navigation."""
    return CostDifference.objects.filter(is_open=True, choice="")


def find_line(order: PurchaseOrder, sequence: str) -> PurchaseOrderLine | None:
    """One line of an order, or None."""
    return PurchaseOrderLine.objects.filter(order=order, sequence=sequence).first()
