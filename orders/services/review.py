"""What open orders ask people, worked out anew: products without an item, costs that are not the agreed ones."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import Greatest

from acorn.accounts.types import Role
from acorn.core.actor import Actor, Subject
from acorn.core.money import Money
from acorn.work.models import WorkItem
from acorn.work.services import Opening, close_items, open_items
from catalog.selectors import agreed_costs, find_addresses
from catalog.types import PartyKey
from orders import rules, selectors
from orders.models import CostDifference, Finding, PurchaseOrder, PurchaseOrderLine, UnmappedProduct
from orders.selectors.meaning import day_of
from orders.services.followup import real_deadlines
from orders.types import ADDRESS_MISSING, CASES, MAP, OTHER_PACK, UNMAPPED, OrderState
from vendors.selectors import read_clocks

ACTOR = Actor.system(MAP)
# the most urgent products are on Today, the others come as these are done
_ON_TODAY = 20
_PRODUCT = ("marketplace", "asin", "vendor_sku")
_PRODUCT_FACTS = ("problem", "line_count", "total_eaches", "amount", "currency", "deadline_at")
_COST_FACTS = (
    "item_id", "vendor_code", "currency", "po_cost", "agreed_cost", "eaches", "amount", "deadline_at", "is_open",
    "choice", "chosen_at", "chosen_by",
)  # fmt: skip


def review(*, now: datetime) -> None:
    """Bring both lists, Today and what our own books said against orders up to date.

    Safe to repeat; the number of statements does not depend on the number of orders.
    """
    with transaction.atomic():
        _review_products(now)
        _review_costs(now)
        _review_findings()


# --- products without an item -----------------------------------------------------------------------------------------


def _review_products(now: datetime) -> None:
    clocks = read_clocks()
    rows = selectors.list_open_lines().exclude(item_problem="").values("asin", "vendor_sku", "order__marketplace", "order__connection_id").annotate(
        problem=Max("item_problem"), line_count=Count("pk"), total_eaches=Sum("ordered_eaches"),
        amount=Sum(F("ordered_eaches") * F("net_cost")), currency=Max("currency"), deadline_at=Min("order__deadline_at"),
    )  # fmt: skip
    products: dict[tuple[str, str, str], UnmappedProduct] = {}
    for row in rows.order_by("asin", "vendor_sku"):
        key = (row["order__marketplace"], row["asin"], row["vendor_sku"])
        deadline_at = clocks.real_at(row["order__connection_id"], row["deadline_at"])
        product = products.setdefault(
            key,
            UnmappedProduct(
                **dict(zip(_PRODUCT, key, strict=True)), problem=row["problem"], line_count=0, total_eaches=0,
                amount=Decimal(0), currency=row["currency"], first_seen_at=now,
            ),
        )  # fmt: skip
        product.line_count += row["line_count"]
        product.total_eaches += row["total_eaches"]
        product.amount = round(product.amount + (row["amount"] or 0), 4)
        product.deadline_at = min(filter(None, (product.deadline_at, deadline_at)), default=None)
    gone = [pk for pk, *key in UnmappedProduct.objects.values_list("pk", *_PRODUCT) if tuple(key) not in products]
    if gone:
        UnmappedProduct.objects.filter(pk__in=gone).delete()
    UnmappedProduct.objects.bulk_create(
        products.values(), update_conflicts=True, unique_fields=["tenant", *_PRODUCT], update_fields=_PRODUCT_FACTS
    )
    _tell_today(now)


def _tell_today(now: datetime) -> None:
    urgent = UnmappedProduct.objects.order_by(F("deadline_at").asc(nulls_last=True), "id")[:_ON_TODAY]
    openings = [
        Opening(
            Subject(UNMAPPED, product.public_id, str(product)),
            {"product": str(product), "lines": product.line_count},
            product.deadline_at,
            Money(product.amount, product.currency) if product.currency else None,
        )
        for product in urgent
    ]
    wanted = {opening.subject.id for opening in openings}
    shown = WorkItem.objects.filter(kind=MAP, closed_at=None).values_list("dedupe_key", flat=True)
    done = [key for key in shown if key not in wanted]
    if done:
        close_items(MAP, dedupe_keys=done, actor=ACTOR, now=now)
    open_items(MAP, openings, now=now, role=Role.OPERATIONS)


# --- costs that differ ------------------------------------------------------------------------------------------------


def _review_costs(now: datetime) -> None:
    known = {(row.order_id, row.sequence): row for row in CostDifference.objects.filter(is_open=True)}
    found = {(row.order_id, row.sequence): row for row in _find_differences(now)}
    for key, row in found.items():
        before = known.get(key)
        if before and (before.po_cost, before.agreed_cost) == (row.po_cost, row.agreed_cost):
            row.choice, row.chosen_at, row.chosen_by = before.choice, before.chosen_at, before.chosen_by
    over = [row.pk for key, row in known.items() if key not in found]
    if over:
        CostDifference.objects.filter(pk__in=over, choice="").delete()
        CostDifference.objects.filter(pk__in=over).update(is_open=False)
    CostDifference.objects.bulk_create(
        found.values(), update_conflicts=True, unique_fields=["order", "sequence"], update_fields=_COST_FACTS
    )


def _find_differences(now: datetime) -> Iterable[CostDifference]:
    lines = _lines_to_answer()
    orders = {line.order_id: line.order for line in lines}
    deadlines = real_deadlines(orders.values())
    costs = agreed_costs([selectors.cost_key(line.order, line) for line in lines])
    policies = selectors.find_policies({order.vendor_code for order in orders.values()})
    for line in lines:
        agreed = costs.get(selectors.cost_key(line.order, line))
        tolerance = policies[line.order.vendor_code].terms.cost_tolerance
        if agreed is None or line.net_cost is None or line.item_id is None:
            continue
        difference = rules.cost_difference(line.net_cost, agreed.cost, tolerance)
        if difference is not None:
            yield CostDifference(
                order_id=line.order_id, sequence=line.sequence, item_id=line.item_id, vendor_code=line.order.vendor_code,
                currency=line.currency, po_cost=line.net_cost, agreed_cost=agreed.cost, eaches=line.ordered_eaches,
                amount=round(difference * line.ordered_eaches, 4), deadline_at=deadlines[line.order.public_id], seen_at=now,
            )  # fmt: skip


def _lines_to_answer() -> Sequence[PurchaseOrderLine]:
    rows = PurchaseOrderLine.objects.filter(
        order__is_history=False, order__state=OrderState.NEW, is_withdrawn=False, ordered_eaches__gt=0, price_unit="",
        item__isnull=False, net_cost__isnull=False,
    )  # fmt: skip
    return list(rows.select_related("order").defer("order__parties", "order__import_details"))


# --- what our own books say against orders ----------------------------------------------------------------------------


def _review_findings() -> None:
    """Take back what is mended: an address that the directory knows now, a case pack that was corrected."""
    rows = Finding.objects.filter(code__in=[ADDRESS_MISSING, OTHER_PACK], order__isnull=False).select_related("order")
    findings = list(rows.only("code", "line", "params", "order__marketplace", "order__ordered_at"))
    addressed = _find_addressed([finding for finding in findings if finding.code == ADDRESS_MISSING])
    mended = addressed + _find_repacked([finding for finding in findings if finding.code == OTHER_PACK])
    if not mended:
        return
    Finding.objects.filter(pk__in=[finding.pk for finding in mended]).delete()
    counts = Counter(finding.order_id for finding in mended)
    for count in set(counts.values()):
        orders = PurchaseOrder.objects.filter(pk__in=[pk for pk, found in counts.items() if found == count])
        orders.update(finding_count=Greatest(F("finding_count") - count, 0))


def _find_addressed(findings: Sequence[Finding]) -> list[Finding]:
    wanted = [
        (
            finding,
            PartyKey(finding.params["kind"], order.marketplace, finding.params["party"], day_of(order.ordered_at)),
        )
        for finding in findings
        if (order := finding.order) is not None
    ]
    known = find_addresses([key for _, key in wanted])
    return [finding for finding, key in wanted if key in known]


def _find_repacked(findings: Sequence[Finding]) -> list[Finding]:
    lines = PurchaseOrderLine.objects.filter(order_id__in={finding.order_id for finding in findings})
    still = {
        (order_id, sequence)
        for order_id, sequence in lines.filter(ordered_unit=CASES, item__isnull=False)
        .exclude(unit_size=F("item__case_pack"))
        .values_list("order_id", "sequence")
    }
    return [finding for finding in findings if (finding.order_id, finding.line) not in still]
