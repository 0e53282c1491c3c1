from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from catalog.models import Item
from orders.models import PurchaseOrderLine
from shipments.models.shipments import Shipment
from shipments.types import Origin, ScanResult


class CartonType(TenantModel):
    """An empty carton that the company packs into. Lengths in millimetres outside, weights in grams."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ct"), editable=False)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=120, blank=True, default="")
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField(default=0)
    # gross; none where only the marketplace's own limit holds
    max_weight_g = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="cartontype_code")]

    def __str__(self) -> str:
        return self.code


class PackRule(TenantModel):
    """How an item is packed. What is left open is taken from the item: a case pack to a carton, never mixed."""

    item = TenantForeignKey(Item, related_name="+", db_index=False)
    carton_type = TenantForeignKey(CartonType, related_name="+", null=True, blank=True, db_index=False)
    eaches_per_carton = models.PositiveIntegerField(null=True, blank=True)
    # whether eaches that fill no carton may share one with other items
    may_mix = models.BooleanField(default=False)
    cartons_per_layer = models.PositiveIntegerField(null=True, blank=True)
    layers_per_pallet = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "item"], name="packrule_item")]

    def __str__(self) -> str:
        return str(self.item_id)


class Pallet(TenantModel):
    """A pallet of a shipment, with its own plate. `position` counts from 1 within the shipment."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pl"), editable=False)
    shipment = TenantForeignKey(Shipment, related_name="pallets", db_index=False)
    position = models.PositiveIntegerField()
    # 18 digits
    sscc = models.CharField(max_length=18, blank=True, default="")
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    is_stackable = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["shipment", "position"], name="pallet_position")]
        indexes = [models.Index(fields=["tenant", "sscc"], name="pallet_sscc")]

    def __str__(self) -> str:
        return self.sscc or str(self.position)


class Carton(TenantModel):
    """One carton of a shipment: what the packer fills, the label names and the ASN lists.

    `position` counts from 1 within the shipment. `content_hash` is `rules.hash_contents` of what is in it: a label that
    was printed for another hash is void. `packed_at` says when somebody, or the WMS, said that it is closed.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ca"), editable=False)
    shipment = TenantForeignKey(Shipment, related_name="cartons", db_index=False)
    pallet = TenantForeignKey(Pallet, related_name="cartons", null=True, blank=True, db_index=False)
    position = models.PositiveIntegerField()
    # 18 digits; empty until there is a number to give
    sscc = models.CharField(max_length=18, blank=True, default="")
    tracking_number = models.CharField(max_length=60, blank=True, default="")
    carton_type = TenantForeignKey(CartonType, related_name="+", null=True, blank=True, db_index=False)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    content_hash = models.CharField(max_length=32)
    origin = models.CharField(max_length=8, choices=Origin.choices)
    packed_at = models.DateTimeField(null=True, blank=True)
    packed_by = models.CharField(max_length=200, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["shipment", "position"], name="carton_position")]
        indexes = [
            models.Index(fields=["tenant", "sscc"], name="carton_sscc"),
            models.Index(fields=["tenant", "tracking_number"], name="carton_tracking"),
        ]

    def __str__(self) -> str:
        return self.sscc or str(self.position)


class CartonContent(TenantModel):
    """Eaches of one order line in a carton; each lot and expiry a row of its own."""

    carton = TenantForeignKey(Carton, related_name="contents", db_index=False)
    line = TenantForeignKey(PurchaseOrderLine, related_name="+", db_index=False)
    eaches = models.PositiveIntegerField()
    lot_number = models.CharField(max_length=60, blank=True, default="")
    expires_on = models.DateField(null=True, blank=True)
    manufactured_on = models.DateField(null=True, blank=True)
    origin_country = models.CharField(max_length=2, blank=True, default="")
    # what the scale said, for goods priced by weight
    scale_weight_g = models.PositiveIntegerField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["carton", "line", "lot_number", "expires_on"], name="cartoncontent_lot", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(eaches__gt=0), name="cartoncontent_eaches"),
        ]
        indexes = [models.Index(fields=["tenant", "line"], name="cartoncontent_line")]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.eaches}"


class LabelPrint(TenantModel):
    """A label that was handed out, and for which contents. Never changed: a newer one replaces it by being newer."""

    append_only = True

    shipment = TenantForeignKey(Shipment, related_name="+", db_index=False)
    # plain numbers: a print outlives the carton that was repacked
    carton_id = models.BigIntegerField(null=True, blank=True)
    pallet_id = models.BigIntegerField(null=True, blank=True)
    sscc = models.CharField(max_length=18)
    content_hash = models.CharField(max_length=32)
    template = models.CharField(max_length=40)
    format = models.CharField(max_length=8)
    printed_at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "sscc", "-id"], name="labelprint_sscc"),
            models.Index(fields=["tenant", "shipment", "-id"], name="labelprint_shipment"),
        ]

    def __str__(self) -> str:
        return self.sscc


class Scan(TenantModel):
    """A code that somebody scanned, and what it was. Never changed."""

    append_only = True

    code = models.CharField(max_length=100)
    result = models.CharField(max_length=16, choices=ScanResult.choices)
    shipment = TenantForeignKey(Shipment, related_name="scans", null=True, blank=True, db_index=False)
    carton_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "shipment", "-id"], name="scan_shipment"),
            models.Index(fields=["tenant", "actor_label", "-id"], name="scan_actor"),
        ]

    def __str__(self) -> str:
        return self.code
