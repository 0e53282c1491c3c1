from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from acorn.core.keyset import Sorts
from acorn.ui.filters import Between, Choices, ListFilters, Search, Toggle
from orders.types import FreightTerms
from shipments import selectors
from shipments.models import Shipment
from shipments.types import Mode, ShipmentState
from vendors.types import Environment


class ShipmentFilters(ListFilters):
    """Several values of one filter mean any of them; several filters mean all of them."""

    search = Search(method="find", placeholder=_("Number, PO, SSCC, BOL, FC"))
    state = Choices(choices=ShipmentState.choices, label=_("State"))
    vendor_code = Choices(choices=selectors.list_vendor_codes, label=_("Vendor code"))
    ship_to_party = Choices(choices=selectors.list_fulfilment_centres, label=_("FC"))
    freight_terms = Choices(choices=FreightTerms.choices, label=_("Freight"))
    mode = Choices(choices=Mode.choices, label=_("Mode"))
    environment = Choices(choices=Environment.choices, label=_("Environment"))
    created = Between(field_name="created_at", label=_("Planned"))
    departed = Between(field_name="departed_at", label=_("Departed"))
    deadline = Between(field_name="deadline_at", label=_("Next deadline"))
    at_risk = Toggle(field_name="exposure", lookup_expr="gt", method="with_exposure", label=_("With money at risk"))

    class Meta:
        model = Shipment
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[Shipment], name: str, value: str) -> QuerySet[Shipment]:
        return selectors.search_shipments(rows, value)

    def with_exposure(self, rows: QuerySet[Shipment], name: str, value: bool) -> QuerySet[Shipment]:
        return rows.filter(exposure__gt=0) if value else rows


SHIPMENT_SORTS = Sorts(["created_at", "deadline_at", "departed_at", "exposure", "number"], default="-created_at")
