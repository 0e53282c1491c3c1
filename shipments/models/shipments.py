from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models import Warehouse
from orders.models import PurchaseOrder
from orders.types import FreightTerms
from shipments.types import Mode, ShipmentState, TransportationMode
from vendors.models import Connection, VendorGroup
from vendors.types import Environment


class Shipment(TenantModel):
    """Goods of one vendor code that leave one warehouse for one fulfilment centre at one departure.

    Shipments with the same carrier and bill of lading are on the same truck. `state` is written by
    `shipments.services` from `rules.derive_state`. Days and instants are by the clock of the connection's world.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "sh"), editable=False)
    # our own, counted per company; Amazon knows the shipment by it
    number = models.CharField(max_length=20)
    connection = TenantForeignKey(Connection, related_name="+", db_index=False)
    group = TenantForeignKey(VendorGroup, related_name="+", db_index=False)
    environment = models.CharField(max_length=10, choices=Environment.choices)
    marketplace = models.CharField(max_length=2)
    vendor_code = models.CharField(max_length=100)
    ship_to_party = models.CharField(max_length=100)
    warehouse = TenantForeignKey(Warehouse, related_name="+", db_index=False)
    freight_terms = models.CharField(max_length=10, choices=FreightTerms.choices, blank=True, default="")
    is_import = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ShipmentState.choices, default=ShipmentState.PLANNED)

    mode = models.CharField(max_length=12, choices=Mode.choices, blank=True, default="")
    transportation_mode = models.CharField(max_length=5, choices=TransportationMode.choices, blank=True, default="")
    carrier_scac = models.CharField(max_length=10, blank=True, default="")
    pro_number = models.CharField(max_length=60, blank=True, default="")
    bol_number = models.CharField(max_length=60, blank=True, default="")
    # the ARN, which Amazon gives out for collect
    amazon_reference_number = models.CharField(max_length=60, blank=True, default="")
    # container, seal and the like of an import, by the names of orders.models.PurchaseOrder.import_details and our own
    import_details = models.JSONField(default=dict)

    planned_departure_at = models.DateTimeField(null=True, blank=True)
    departed_at = models.DateTimeField(null=True, blank=True)
    estimated_delivery_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    # the next thing that has to be done by when
    deadline_at = models.DateTimeField(null=True, blank=True)
    deadline_kind = models.CharField(max_length=30, blank=True, default="")

    # the sums of what is in it, for lists
    carton_count = models.PositiveIntegerField(default=0)
    pallet_count = models.PositiveIntegerField(default=0)
    eaches = models.BigIntegerField(default=0)
    weight_g = models.BigIntegerField(default=0)
    volume_cm3 = models.BigIntegerField(default=0)
    # what the checks said last: RuleFinding.stored(), and what that may cost
    findings = models.JSONField(default=list)
    exposure = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    currency = models.CharField(max_length=3, blank=True, default="")

    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # one more with each change of what is in it: a page that shows an older one may not overwrite it
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="shipment_number")]
        indexes = [
            models.Index(fields=["tenant", "created_at", "id"], name="shipment_created"),
            models.Index(fields=["tenant", "deadline_at", "id"], name="shipment_deadline"),
            models.Index(fields=["tenant", "departed_at", "id"], name="shipment_departed"),
            models.Index(fields=["tenant", "exposure", "id"], name="shipment_exposure"),
            models.Index(fields=["tenant", "state", "created_at", "id"], name="shipment_state"),
            models.Index(fields=["tenant", "ship_to_party", "created_at", "id"], name="shipment_shipto"),
            models.Index(fields=["tenant", "vendor_code", "created_at", "id"], name="shipment_vendor"),
            models.Index(fields=["tenant", "bol_number", "id"], name="shipment_bol"),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentOrder(TenantModel):
    """An order that a shipment carries goods of."""

    shipment = TenantForeignKey(Shipment, related_name="orders", db_index=False)
    order = TenantForeignKey(PurchaseOrder, related_name="+", db_index=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["shipment", "order"], name="shipmentorder_order")]
        indexes = [models.Index(fields=["tenant", "order"], name="shipmentorder_shipments")]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.order_id}"
