"""The lists of products without an item and of costs that differ: one definition for page, export and «all N»."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.core.keyset import Sorts
from acorn.ui.filters import Choices, Existing, ListFilters, OneOf, Search
from acorn.ui.lists import Column, List, View
from catalog.types import Problem
from orders import selectors
from orders.models import CostDifference, PolicyTrialRow, UnmappedProduct
from orders.types import CostChoice


class UnmappedFilters(ListFilters):
    search = Search(method="find", placeholder=_("ASIN, SKU"))
    problem = Choices(choices=Problem.choices, label=_("Why"))
    marketplace = Existing(choices=selectors.list_marketplaces, label=_("Marketplace"))

    class Meta:
        model = UnmappedProduct
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[UnmappedProduct], name: str, value: str) -> QuerySet[UnmappedProduct]:
        return rows.filter(Q(asin__istartswith=value.strip()) | Q(vendor_sku__istartswith=value.strip()))


UNMAPPED = List(
    name="unmapped",
    columns=[
        Column("product", _("Product")),
        Column("marketplace", _("Marketplace")),
        Column("problem", _("Why")),
        Column("suggestion", _("Best suggestion")),
        Column("deadline_at", _("Answer by"), hint=_("The earliest of its orders")),
        Column("line_count", _("Lines"), numeric=True),
        Column("eaches", _("Eaches"), numeric=True),
        Column("amount", _("Amount"), numeric=True),
    ],
    sorts=Sorts({"deadline_at": "deadline_at", "amount": "amount", "line_count": "line_count"}, default="deadline_at"),
    filters=UnmappedFilters,
    views=[View(_("Several items fit"), "problem=AMBIGUOUS")],
)


class DifferenceFilters(ListFilters):
    search = Search(method="find", placeholder=_("PO, SKU"))
    open = OneOf(
        choices=[("true", _("Open")), ("false", _("Answered"))],
        method="by_state",
        label=_("State"),
        empty_label=_("Both"),
    )
    choice = Choices(choices=[("none", _("Not decided")), *CostChoice.choices], method="by_choice", label=_("Decision"))
    vendor_code = Existing(choices=selectors.list_vendor_codes, label=_("Vendor code"))
    direction = OneOf(
        choices=[("less", _("Pays less than agreed")), ("more", _("Pays more than agreed"))], method="by_direction",
        label=_("Difference"), empty_label=_("Both"),
    )  # fmt: skip

    class Meta:
        model = CostDifference
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[CostDifference], name: str, value: str) -> QuerySet[CostDifference]:
        text = value.strip()
        return rows.filter(Q(order__number__istartswith=text) | Q(item__sku__istartswith=text))

    def by_state(self, rows: QuerySet[CostDifference], name: str, value: str) -> QuerySet[CostDifference]:
        return rows.filter(is_open=value == "true")

    def by_choice(self, rows: QuerySet[CostDifference], name: str, value: list[str]) -> QuerySet[CostDifference]:
        return rows.filter(choice__in=["" if each == "none" else each for each in value]) if value else rows

    def by_direction(self, rows: QuerySet[CostDifference], name: str, value: str) -> QuerySet[CostDifference]:
        return rows.filter(amount__lt=0) if value == "less" else rows.filter(amount__gt=0)


DIFFERENCES = List(
    name="cost-differences",
    columns=[
        Column("order", _("PO")),
        Column("line", _("Line")),
        Column("sku", _("SKU")),
        Column("vendor_code", _("Vendor code")),
        Column("deadline_at", _("Answer by")),
        Column("decision", _("Decision")),
        Column("eaches", _("Eaches"), numeric=True),
        Column("po_cost", _("Order's cost"), numeric=True),
        Column("agreed_cost", _("Agreed cost"), numeric=True),
        Column("amount", _("Difference"), numeric=True, hint=_("What Amazon's order pays more than agreed")),
    ],
    sorts=Sorts({"deadline_at": "deadline_at", "amount": "amount"}, default="deadline_at"),
    filters=DifferenceFilters,
    views=[
        View(_("To decide"), "open=true&choice=none"),
        View(_("Pays less than agreed"), "open=true&direction=less"),
        View(_("Written to the buyer"), "choice=WRITE"),
    ],
)


class TrialFilters(ListFilters):
    search = Search(method="find", placeholder=_("PO"))
    clean = OneOf(
        choices=[("true", _("Would have sent")), ("false", _("Would have asked"))], method="by_outcome",
        label=_("Outcome"), empty_label=_("Both"),
    )  # fmt: skip

    class Meta:
        model = PolicyTrialRow
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[PolicyTrialRow], name: str, value: str) -> QuerySet[PolicyTrialRow]:
        return rows.filter(number__istartswith=value.strip())

    def by_outcome(self, rows: QuerySet[PolicyTrialRow], name: str, value: str) -> QuerySet[PolicyTrialRow]:
        return rows.filter(is_clean=value == "true")


TRIAL = List(
    columns=[
        Column("order", _("PO")),
        Column("ordered_at", _("Ordered")),
        Column("outcome", _("Outcome")),
        Column("ordered", _("Ordered"), numeric=True),
        Column("would", _("Would have confirmed"), numeric=True, hint=_("Accepted and back-ordered")),
        Column("would_reject", _("Would have rejected"), numeric=True),
        Column("did", _("Was confirmed"), numeric=True),
        Column("did_reject", _("Was rejected"), numeric=True),
        Column("why", _("Why it would have asked")),
    ],
    sorts=Sorts({"ordered_at": "ordered_at"}, default="-ordered_at"),
    filters=TrialFilters,
    views=[View(_("Would have sent"), "clean=true"), View(_("Would have asked"), "clean=false")],
)
