"""Lists of warehouses, costs, addresses and customer numbers: what they show, are sorted and filtered by."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.keyset import Sorts
from acorn.ui.filters import Between, Choices, ListFilters, OneOf, Search, Toggle
from acorn.ui.lists import Column, List, View
from catalog.selectors import costs, directory, warehouses
from catalog.types import CostStatus, PartyKind, Pool


class WarehouseFilters(ListFilters):
    search = Search(method="find", placeholder=_("Code, name, party id"))
    pool = Choices(choices=Pool.choices, label=_("Pool"))
    archived = Toggle(field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("Archived"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=warehouses.list_warehouses(search=value).values("pk"))


WAREHOUSES = List(
    columns=[
        Column("code", _("Warehouse")),
        Column("name", _("Name")),
        Column("pool", _("Pool"), hint=_("In whose hands stock there is, unless said otherwise.")),
        Column("place", _("Place")),
        Column("party", _("Ship-from party id"), hint=_("How Amazon names the place.")),
        Column("zone", _("Time zone")),
    ],
    sorts=Sorts({"code": "code", "name": "name"}, default="code"),
    filters=WarehouseFilters,
)


class CostFilters(ListFilters):
    search = Search(method="find", placeholder=_("SKU, vendor code, deal"))
    status = Choices(choices=CostStatus.choices, label=pgettext_lazy("of a thing", "Status"))
    vendor_code = Choices(choices=costs.list_cost_codes, label=_("Vendor code"))
    currency = Choices(choices=costs.list_cost_currencies, label=_("Currency"))
    deal = OneOf(method="only_deals", choices=[("true", _("Deals")), ("false", _("Regular"))], label=_("Deal"))
    begins = Between(field_name="valid_from", label=_("First day"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=costs.list_costs(search=value).order_by().values("pk"))

    def only_deals(self, rows: Any, name: str, value: str) -> Any:
        return rows.exclude(deal_code="") if value == "true" else rows.filter(deal_code="")


COST_SORTS = Sorts({"since": "valid_from", "sku": "item__sku", "created": "id"}, default="-since")
COSTS = List(
    name="costs",
    columns=[
        Column("sku", _("SKU")),
        Column("status", pgettext_lazy("of a thing", "Status")),
        Column("code", _("Vendor code")),
        Column("cost", _("Cost"), numeric=True, hint=_("Of one each.")),
        Column("since", _("First day")),
        Column("until", _("Last day")),
        Column("deal", _("Deal")),
        Column("by", _("Entered by")),
    ],
    sorts=COST_SORTS,
    filters=CostFilters,
    views=[View(CostStatus.REQUESTED.label, "status=REQUESTED"), View(_("Deals"), "deal=true")],
)


class AddressFilters(ListFilters):
    search = Search(method="find", placeholder=_("Party id, city"))
    kind = Choices(choices=PartyKind.choices, label=_("Kind"))
    marketplace = Choices(choices=directory.list_address_marketplaces, label=_("Marketplace"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=directory.list_addresses(search=value).order_by().values("pk"))


ADDRESSES = List(
    columns=[
        Column("party", _("Party id")),
        Column("kind", _("Kind")),
        Column("marketplace", _("Marketplace")),
        Column("address", _("Address")),
        Column("since", _("From")),
        Column("tax", _("Tax number")),
        Column("source", _("Source")),
    ],
    sorts=Sorts({"party": "party_id", "since": "valid_from"}, default="party"),
    filters=AddressFilters,
    views=[View(_("Fulfilment centres"), "kind=FC"), View(_("Bill-to"), "kind=BILL_TO")],
)


class CustomerNumberFilters(ListFilters):
    search = Search(method="find", placeholder=_("Vendor code, FC, number"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=directory.list_customer_numbers(search=value).order_by().values("pk"))


CUSTOMER_NUMBERS = List(
    columns=[
        Column("code", _("Vendor code")),
        Column("party", _("Fulfilment centre")),
        Column("number", _("Customer number"), hint=_("What Amazon is called in your own books.")),
    ],
    sorts=Sorts({"code": "vendor_code", "number": "number"}, default="code"),
    filters=CustomerNumberFilters,
)
