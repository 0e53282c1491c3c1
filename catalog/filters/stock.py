"""Lists of stock: balances, who holds what, what is inbound, and the ledger of an item."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.tenancy.days import local_day
from acorn.ui.filters import Between, Choices, ListFilters, Search, Toggle
from acorn.ui.lists import Column, List, View
from catalog.selectors import stock as selectors
from catalog.selectors.warehouses import list_warehouse_choices
from catalog.types import COMING, CommitmentState, EntryKind, InboundState, Pool, Purpose


class StockFilters(ListFilters):
    search = Search(method="find", placeholder=_("SKU, title, ASIN, EAN"))
    warehouse = Choices(field_name="warehouse__code", choices=list_warehouse_choices, label=_("Warehouse"))
    pool = Choices(choices=Pool.choices, label=_("Pool"))
    oversold = Toggle(method="only_oversold", label=_("Promised more than there is"))
    none = Toggle(method="only_none", label=_("Nothing available"))
    counted = Between(field_name="counted_at", label=_("Counted"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return selectors.search_balances(rows, value)

    def only_oversold(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(committed__gt=F("on_hand")) if value else rows

    def only_none(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(on_hand__lte=F("committed") + F("buffer")) if value else rows


STOCK = List(
    name="stock",
    id_field="pk",
    columns=[
        Column("sku", _("SKU")),
        Column("title", _("Title")),
        Column("warehouse", _("Warehouse")),
        Column("pool", _("Pool")),
        Column("on_hand", _("On hand"), numeric=True),
        Column("committed", _("Committed"), numeric=True, hint=_("Promised to orders, shops and by hand.")),
        Column("buffer", _("Buffer"), numeric=True, hint=_("Never promised, so that a miscount hurts nobody.")),
        Column("available", _("Available"), numeric=True, hint=_("On hand - committed - buffer, without what is inbound.")),
        Column("inbound", _("Next inbound")),
        Column("counted", _("Counted")),
    ],
    sorts=Sorts({"sku": "item__sku", "on_hand": "on_hand"}, default="sku"),
    filters=StockFilters,
    views=[View(_("Nothing available"), "none=true"), View(_("Promised more than there is"), "oversold=true")],
)  # fmt: skip


class CommitmentFilters(ListFilters):
    search = Search(method="find", placeholder=_("SKU, order, reference"))
    state = Choices(choices=CommitmentState.choices, label=_("State"))
    purpose = Choices(choices=Purpose.choices, label=_("For"))
    warehouse = Choices(field_name="balance__warehouse__code", choices=list_warehouse_choices, label=_("Warehouse"))
    created = Between(field_name="created_at", label=_("Since"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(
            Q(balance__item__sku__istartswith=value) | Q(reference_label__istartswith=value) | Q(reference_id=value)
        )


COMMITMENTS = List(
    name="commitments",
    columns=[
        Column("sku", _("SKU")),
        Column("warehouse", _("Warehouse")),
        Column("pool", _("Pool")),
        Column("quantity", _("Quantity"), numeric=True),
        Column("purpose", _("For")),
        Column("reference", _("Held for")),
        Column("needed", _("Needed on"), hint=_("Empty: from what is on hand now.")),
        Column("state", _("State")),
        Column("created", _("Since")),
        Column("by", _("By")),
    ],
    sorts=Sorts({"created": "id"}, default="-created"),
    filters=CommitmentFilters,
    views=[
        View(_("Held"), "state=HELD"),
        View(_("By hand"), "state=HELD&purpose=MANUAL"),
        View(_("For Amazon"), "state=HELD&purpose=AMAZON_LINE"),
    ],
)


class InboundFilters(ListFilters):
    search = Search(method="find", placeholder=_("SKU, reference"))
    state = Choices(choices=InboundState.choices, label=_("State"))
    warehouse = Choices(field_name="warehouse__code", choices=list_warehouse_choices, label=_("Warehouse"))
    late = Toggle(method="only_late", label=_("Late"))
    expected = Between(field_name="expected_on", label=_("Expected on"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(item__sku__istartswith=value) | Q(reference__istartswith=value))

    def only_late(self, rows: Any, name: str, value: bool) -> Any:
        if not value:
            return rows
        return rows.filter(state__in=COMING, expected_on__lt=local_day(clock.now()))


INBOUND = List(
    name="inbound",
    columns=[
        Column("reference", _("Reference")),
        Column("sku", _("SKU")),
        Column("warehouse", _("Warehouse")),
        Column("pool", _("Pool")),
        Column("quantity", _("Quantity"), numeric=True),
        Column("expected", _("Expected on")),
        Column("state", _("State")),
        Column("arrived", _("Arrived")),
    ],
    sorts=Sorts({"expected": "expected_on"}, default="expected"),
    filters=InboundFilters,
    views=[
        View(_("Expected"), "state=EXPECTED"),
        View(_("Late"), "late=true"),
        View(pgettext_lazy("of an inbound", "Overdue"), "state=OVERDUE"),
    ],
)


class EntryFilters(ListFilters):
    kind = Choices(choices=EntryKind.choices, label=_("Kind"))
    warehouse = Choices(field_name="balance__warehouse__code", choices=list_warehouse_choices, label=_("Warehouse"))
    at = Between(field_name="at", label=_("Written"))


LEDGER = List(
    id_field="pk",
    columns=[
        Column("at", _("Written")),
        Column("kind", _("Kind")),
        Column("warehouse", _("Warehouse")),
        Column("on_hand", _("On hand"), numeric=True),
        Column("committed", _("Committed"), numeric=True),
        Column("on_hand_after", _("On hand after"), numeric=True),
        Column("committed_after", _("Committed after"), numeric=True),
        Column("as_of", _("True as of")),
        Column("reason", _("Reason")),
        Column("by", _("By")),
    ],
    sorts=Sorts({"at": "id"}, default="-at"),
    filters=EntryFilters,
)
