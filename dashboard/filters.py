from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.core.keyset import Sorts
from acorn.ui.filters import Choices, Existing, ListFilters, Search
from acorn.ui.lists import Column, List, View
from dashboard.selectors import OPEN
from orders import selectors as order_selectors
from orders.models import PurchaseOrder
from vendors.types import Environment


class FulfilmentFilters(ListFilters):
    """Several values of one filter mean any of them; several filters mean all of them."""

    search = Search(method="find", placeholder=_("PO, ASIN, SKU, FC"))
    state = Choices(choices=[(state.value, state.label) for state in OPEN], label=_("Stage"))
    ship_to_party = Existing(choices=order_selectors.list_fulfilment_centres, label=_("FC"))
    vendor_code = Existing(choices=order_selectors.list_vendor_codes, label=_("Vendor code"))
    environment = Choices(choices=Environment.choices, label=_("Environment"))

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return order_selectors.search_orders(rows, value)


FULFILMENT = List(
    name="fulfilment",
    columns=[
        Column("number", _("PO")),
        Column("state", _("Stage")),
        Column("stages", _("How far"), hint=_("Answered, packed, shipped, received, invoiced, paid")),
        Column("next_at", _("Time left"), hint=_("Until the next deadline; what is nearest comes first")),
        Column("next", _("Next step")),
        Column("shipments", _("Shipments and ASNs")),
        Column("ship_to", _("FC"), hint=_("Fulfilment centre that the goods go to")),
        Column("vendor_code", _("Vendor code")),
        Column("due_at", _("Window ends"), hint=_("Delivery window; ship window where there is no other")),
        Column("eaches", _("Eaches"), numeric=True),
    ],
    sorts=Sorts({"next_at": "next_at", "number": "number", "due_at": "due_at"}, default="next_at"),
    filters=FulfilmentFilters,
    views=[View(state.label, f"state={state}") for state in OPEN],
)
