"""The lists of shipments, and of orders that can be shipped: one definition for page, export and «all N»."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.core.keyset import Sorts
from acorn.ui.filters import Between, Existing, ListFilters, Search
from acorn.ui.lists import Column, List, View
from orders import selectors as orders
from orders.models import PurchaseOrder
from shipments.filters.shipments import SHIPMENT_SORTS, ShipmentFilters

SHIPMENTS = List(
    name="shipments",
    columns=[
        Column("number", _("Shipment")),
        Column("state", _("State")),
        Column("orders", _("Orders")),
        Column("ship_to", _("FC"), hint=_("Fulfilment centre that the goods go to")),
        Column("freight", _("Freight")),
        Column("deadline_at", _("Next deadline")),
        Column("cartons", _("Cartons"), numeric=True),
        Column("eaches", _("Eaches"), numeric=True),
        Column("asn", "ASN", hint=_("What Amazon was told of the shipment")),
        Column("departed_at", _("Departed")),
        Column("exposure", _("At risk"), numeric=True, hint=_("What Amazon may charge for what the checks found")),
    ],
    sorts=SHIPMENT_SORTS,
    filters=ShipmentFilters,
    filters_shown=6,
    views=[
        View(_("To pack"), "state=PLANNED&state=PACKING"),
        View(_("To ship"), "state=PACKED"),
        View(_("Under way"), "state=DEPARTED&state=ARRIVED"),
        View(_("With money at risk"), "at_risk=true"),
    ],
)


class ShippableFilters(ListFilters):
    search = Search(method="find", placeholder=_("PO, ASIN, SKU, FC"))
    ship_to_party = Existing(choices=orders.list_fulfilment_centres, label=_("FC"))
    vendor_code = Existing(choices=orders.list_vendor_codes, label=_("Vendor code"))
    due = Between(field_name="due_at", label=_("Window ends"))

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return orders.search_orders(rows, value)


TO_SHIP = List(
    name="to-ship",
    columns=[
        Column("number", _("PO")),
        Column("vendor_code", _("Vendor code")),
        Column("ship_to", _("FC"), hint=_("Fulfilment centre that the goods go to")),
        Column("due_at", _("Window"), hint=_("Delivery window; ship window where there is no other")),
        Column("shippable", _("To ship"), numeric=True, hint=_("Eaches that may leave and are in no shipment yet")),
        Column("shipments", _("Shipments")),
    ],
    sorts=Sorts({"number": "number", "due_at": "due_at"}, default="due_at"),
    filters=ShippableFilters,
)
