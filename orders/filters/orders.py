"""The list of orders: what it can be filtered and sorted by. One definition for page, API, export and «all N»."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.core.keyset import Sorts
from acorn.ui.filters import Between, Choices, Existing, ListFilters, OneOf, Search, Toggle
from acorn.ui.lists import Column, List, View
from orders import selectors
from orders.models import Finding, PurchaseOrder
from orders.types import AmazonState, OrderState, OrderType
from vendors.selectors import list_connection_choices
from vendors.types import Environment


class OrderFilters(ListFilters):
    """Several values of one filter mean any of them; several filters mean all of them."""

    search = Search(method="find", placeholder=_("PO, ASIN, SKU, FC"))
    # the six that are used most come first: they are always in sight
    state = Choices(choices=OrderState.choices, label=_("State"))
    vendor_code = Existing(choices=selectors.list_vendor_codes, label=_("Vendor code"))
    marketplace = Existing(choices=selectors.list_marketplaces, label=_("Marketplace"))
    ship_to_party = Existing(choices=selectors.list_fulfilment_centres, label=_("FC"))
    ordered = Between(field_name="ordered_at", label=_("Ordered"))
    changed = Toggle(field_name="has_unseen_change", label=_("Changed by Amazon"))
    ship_window = Between(field_name="ship_window_end", label=_("Ship window ends"))
    delivery_window = Between(field_name="delivery_window_end", label=_("Delivery window ends"))
    amazon_state = Choices(choices=AmazonState.choices, label=_("Amazon's state"))
    type = Choices(choices=OrderType.choices, label=_("Type"))
    environment = Choices(choices=Environment.choices, label=_("Environment"))
    connection = Existing(field_name="connection__public_id", choices=list_connection_choices, label=_("Connection"))
    history = OneOf(
        choices=[("false", _("Current orders")), ("true", _("History"))], method="by_history", label=_("History"),
        empty_label=_("Both"),
    )  # fmt: skip
    answer = OneOf(
        choices=[("waiting", _("Waits for its answer")), ("unverified", _("Answered, not verified")),
                 ("contradicted", _("Amazon says otherwise"))],
        method="by_answer", label=_("Answer"), empty_label=_("Any"),
    )  # fmt: skip
    flagged = Toggle(field_name="finding_count", lookup_expr="gt", method="with_findings", label=_("With findings"))

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return selectors.search_orders(rows, value)

    def with_findings(self, rows: QuerySet[PurchaseOrder], name: str, value: bool) -> QuerySet[PurchaseOrder]:
        return rows.filter(finding_count__gt=0) if value else rows

    def by_answer(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return selectors.filter_by_answer(rows, value)

    def by_history(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return rows.filter(is_history=value == "true")


ORDER_SORTS = Sorts(
    {
        "number": "number",
        "ordered_at": "ordered_at",
        "changed_at": "changed_at",
        "due_at": "due_at",
        "deadline_at": "deadline_at",
        "total_cost": "total_cost",
    },
    default="-ordered_at",
)
ORDERS = List(
    name="orders",
    columns=[
        Column("number", _("PO")),
        Column("state", _("State")),
        Column("stages", _("How far"), hint=_("Answered, packed, shipped, received, invoiced, paid")),
        Column("vendor_code", _("Vendor code")),
        Column("ship_to", _("FC"), hint=_("Fulfilment centre that the goods go to")),
        Column("ordered_at", _("Ordered")),
        Column("due_at", _("Window"), hint=_("Delivery window; ship window where there is no other")),
        Column("deadline_at", _("Answer by")),
        Column("lines", _("Lines"), numeric=True),
        Column("eaches", _("Eaches"), numeric=True),
        Column("total_cost", _("Total"), numeric=True),
    ],
    sorts=ORDER_SORTS,
    filters=OrderFilters,
    filters_shown=6,
    views=[
        View(_("To answer"), "state=NEW&history=false"),
        View(_("Not verified"), "answer=unverified&history=false"),
        View(_("Changed"), "changed=true"),
        View(_("Current"), "history=false"),
        View(_("History"), "history=true"),
    ],
)


class FindingFilters(ListFilters):
    search = Search(method="find", placeholder=_("PO"))
    quarantine = Toggle(field_name="order", lookup_expr="isnull", label=_("In quarantine"))
    seen = Between(field_name="seen_at", label=_("Seen"))

    class Meta:
        model = Finding
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[Finding], name: str, value: str) -> QuerySet[Finding]:
        number = value.strip().upper()
        return rows.filter(order__in=PurchaseOrder.objects.filter(number=number).values("id"))


FINDINGS = List(
    columns=[
        Column("seen_at", _("Seen")),
        Column("order", _("PO")),
        Column("line", _("Line")),
        Column("what", _("What is odd")),
        Column("connection", _("Connection")),
    ],
    sorts=Sorts(["seen_at"], default="-seen_at"),
    filters=FindingFilters,
    views=[View(_("Quarantine"), "quarantine=true")],
)
