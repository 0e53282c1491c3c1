"""The orders of the answering screen: what they can be filtered and sorted by."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.ui.filters import Existing, ListFilters, OneOf, Search
from acorn.ui.lists import Column, List, View
from catalog.types import ItemStatus
from orders import selectors
from orders.models import PurchaseOrder, PurchaseOrderLine

_DUE = {"2h": timedelta(hours=2), "6h": timedelta(hours=6), "24h": timedelta(hours=24)}


class SheetFilters(ListFilters):
    """Which of the orders that wait for their answer are shown."""

    search = Search(method="find", placeholder=_("PO, ASIN, SKU, FC"))
    due = OneOf(
        choices=[
            ("overdue", _("Overdue")), ("2h", _("Within 2 hours")), ("6h", _("Within 6 hours")),
            ("24h", _("Within 24 hours")),
        ],
        method="by_deadline", label=_("Answer by"), empty_label=_("Any time"),
    )  # fmt: skip
    vendor_code = Existing(choices=selectors.list_vendor_codes, label=_("Vendor code"))
    ship_to_party = Existing(choices=selectors.list_fulfilment_centres, label=_("FC"))
    marketplace = Existing(choices=selectors.list_marketplaces, label=_("Marketplace"))
    problem = OneOf(
        choices=[
            ("unmapped", _("A line without an item")), ("item", _("An item paused or obsolete")),
            ("changed", _("Changed by Amazon")), ("flagged", _("With findings")),
        ],
        method="by_problem", label=_("Problem"), empty_label=_("Any"),
    )  # fmt: skip

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return selectors.search_orders(rows, value)

    def by_deadline(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return selectors.due_before(rows, clock.now() + _DUE.get(value, timedelta(0)))

    def by_problem(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        lines = PurchaseOrderLine.objects.filter(order=OuterRef("pk"), is_withdrawn=False)
        asked = {
            "unmapped": Exists(lines.exclude(item_problem="")),
            "item": Exists(lines.filter(item__status__in=[ItemStatus.PAUSED, ItemStatus.OBSOLETE])),
            "changed": Q(has_unseen_change=True),
            "flagged": Q(finding_count__gt=0),
        }
        return rows.filter(asked[value])


SHEET = List(
    name="answer",
    columns=[Column("number", _("PO"))],
    sorts=Sorts(
        {
            "deadline_at": "deadline_at", "number": "number", "ordered_at": "ordered_at", "due_at": "due_at",
            "total_cost": "total_cost",
        },
        default="deadline_at",
    ),
    filters=SheetFilters,
    filters_shown=6,
    first_tab=_("All that wait"),
    views=[
        View(_("Overdue"), "due=overdue"),
        View(_("Within 6 hours"), "due=6h"),
        View(_("Without an item"), "problem=unmapped"),
    ],
)  # fmt: skip
