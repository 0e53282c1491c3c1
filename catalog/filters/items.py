"""The lists of items and of proposals: one definition for page, export and «all N»."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.keyset import Sorts
from acorn.ui.filters import Between, Choices, ListFilters, OneOf, Search, Toggle
from acorn.ui.lists import Column, List, View
from catalog.models import IdentifierProposal, Item
from catalog.selectors import items as selectors
from catalog.types import IdentifierKind, ItemStatus, ProposalAction, ProposalState

_MISSING = [
    ("ASIN", "ASIN"), ("VENDOR_SKU", _("Vendor SKU")), ("GTIN", _("EAN, UPC or GTIN")), ("SHOP_SKU", _("Shop SKU")),
]  # fmt: skip


class ItemFilters(ListFilters):
    search = Search(method="find", placeholder=_("SKU, title, ASIN, EAN"))
    status = Choices(choices=ItemStatus.choices, label=pgettext_lazy("of an item", "Status"))
    missing = Choices(choices=_MISSING, method="without", label=_("Lacks"))
    waiting = Toggle(method="with_waiting", label=_("Waits for a second person"))
    changed = Between(field_name="changed_at", label=_("Last changed"))

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[Item], name: str, value: str) -> QuerySet[Item]:
        return selectors.search_items(rows, value)

    def without(self, rows: QuerySet[Item], name: str, value: list[str]) -> QuerySet[Item]:
        return selectors.lacking(rows, value)

    def with_waiting(self, rows: QuerySet[Item], name: str, value: bool) -> QuerySet[Item]:
        return selectors.with_waiting(rows) if value else rows


ITEMS = List(
    name="items",
    columns=[
        Column("sku", _("SKU")),
        Column("title", _("Title")),
        Column("status", pgettext_lazy("of an item", "Status")),
        Column("asin", "ASIN"),
        Column("vendor_sku", _("Vendor SKU")),
        Column("gtin", "EAN / UPC"),
        Column("case_pack", _("Case pack"), numeric=True, hint=_("How many of it are in one case")),
        Column("changed_at", _("Last changed")),
    ],
    sorts=Sorts({"sku": "sku", "changed_at": "changed_at"}, default="sku"),
    filters=ItemFilters,
    views=[
        View(pgettext_lazy("items", "Active"), "status=ACTIVE"),
        View(_("Without ASIN"), "status=ACTIVE&missing=ASIN"),
        View(_("Waiting"), "waiting=true"),
    ],
)


class ProposalFilters(ListFilters):
    search = Search(method="find", placeholder=_("SKU, title, ASIN, EAN"))
    state = Choices(choices=ProposalState.choices, label=_("State"))
    kind = Choices(choices=IdentifierKind.choices, label=_("Kind"))
    action = Choices(choices=ProposalAction.choices, label=_("Change"))
    whose = OneOf(
        choices=[("mine", _("Proposed by me")), ("others", _("Proposed by others"))], method="by_author",
        label=_("Author"), empty_label=_("Everybody"),
    )  # fmt: skip
    created = Between(field_name="created_at", label=_("Proposed"))

    class Meta:
        model = IdentifierProposal
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[IdentifierProposal], name: str, value: str) -> QuerySet[IdentifierProposal]:
        return rows.filter(item__in=selectors.search_items(Item.objects.all(), value).values("pk"))

    def by_author(self, rows: QuerySet[IdentifierProposal], name: str, value: str) -> QuerySet[IdentifierProposal]:
        if self.request is None:
            return rows
        person = self.request.user.public_id
        return rows.filter(author_person=person) if value == "mine" else rows.exclude(author_person=person)


PROPOSALS = List(
    name="identifier-proposals",
    columns=[
        Column("item", _("Item")),
        Column("change", _("Change")),
        Column("marketplace", _("Marketplace")),
        Column("effective_from", _("From"), hint=_("The first day of orders that it counts for")),
        Column("author", _("Author")),
        Column("created_at", _("Proposed")),
        Column("state", _("State")),
    ],
    sorts=Sorts({"created_at": "id"}, default="-created_at"),
    filters=ProposalFilters,
    views=[
        View(_("Waiting"), "state=PROPOSED"),
        View(_("For me to decide"), "state=PROPOSED&whose=others"),
        View(_("Mine"), "whose=mine"),
    ],
)
