"""Values that cross files: what travels how, in which state, and what others are told about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# how work items, search keys, submissions and audit events name what is here
SUBJECT_KIND = "shipments.shipment"
ASN_SUBJECT = "shipments.asn"
CARTON_TYPE = "shipments.carton_type"
# documents on their way to Amazon, as the outbox calls them
ASN_KIND = "shipments.asn"
PICKUP_KIND = "shipments.pickup_request"
# what there may be to do about an ASN, or about what became of its goods
ASN_DUE = "shipments.asn_due"
ASN_LATE = "shipments.asn_late"
ASN_BLOCKED = "shipments.asn_blocked"
CASE = "shipments.case"
SHORTAGE = "shipments.shortage"
# Jobs
FOLLOW_ASN = "shipments.follow_asn"
READ_BACK_ASN = "shipments.read_back_asn"
REPLACE_ASN = "shipments.replace_asn"
FOLLOW_RECEIVED = "shipments.follow_received"
WATCH_ASNS = "shipments.watch_asns"
# the company's own rule: so many hours before the appointment, or the arrival, an ASN has left; 0: none
ASN_HOURS_BEFORE_ARRIVAL = "shipments.asn_hours_before_arrival"
# whether a shipment whose planned time has come departs by itself, if nothing holds it
DEPART_BY_PLAN = "shipments.depart_by_plan"
# what the company chooses: the beginning of its numbers, and under which extension digits they are made
GS1_PREFIX = "shipments.gs1_company_prefix"
SSCC_EXTENSION_DIGITS = "shipments.sscc_extension_digits"
# what there may be to do for a shipment by its deadline, by kind of deadline
DEADLINE_WORK = "shipments.deadline"
LABELS_MISSING = "shipments.labels_missing"
LOOK_FOR_LABELS = "shipments.look_for_labels"
DETAILS = "shipment-details"
# the company's own: days that goods travel where no lane says more
TRANSIT_DAYS = "shipments.transit_days"


class ShipmentState(TextChoices):
    """How far a shipment is: derived by `shipments.rules.derive_state`."""

    PLANNED = "PLANNED", _("Planned")
    PACKING = "PACKING", _("Packing")
    PACKED = "PACKED", pgettext_lazy("state of a shipment", "Packed")
    DEPARTED = "DEPARTED", _("Departed")
    ARRIVED = "ARRIVED", pgettext_lazy("state of a shipment", "Being received")
    RECEIVED = "RECEIVED", _("Received")
    CANCELLED = "CANCELLED", pgettext_lazy("state of a shipment", "Cancelled")


class Mode(TextChoices):
    """How the goods travel, as far as rules and clocks care."""

    TRUCKLOAD = "TRUCKLOAD", _("Full truckload")
    LTL = "LTL", _("Less than truckload")
    SMALL_PARCEL = "SMALL_PARCEL", _("Small parcel")


class TransportationMode(TextChoices):
    ROAD = "ROAD", _("Road")
    AIR = "AIR", _("Air")
    OCEAN = "OCEAN", _("Ocean")


class Structure(TextChoices):
    """How a shipment is built up. One per ASN: what differs goes in an ASN of its own."""

    PALLETIZED_ASSORTMENT = "PALLETIZED_ASSORTMENT", _("Pallets of mixed cartons")
    PALLETIZED_STANDARD = "PALLETIZED_STANDARD", _("Pallets of cartons of one item each")
    MASTER_PALLET = "MASTER_PALLET", _("Pallets of cartons that several orders share")
    LOOSE_ASSORTMENT = "LOOSE_ASSORTMENT", _("Loose mixed cartons")
    LOOSE_STANDARD = "LOOSE_STANDARD", _("Loose cartons of one item each")
    MASTER_CASE = "MASTER_CASE", _("Loose cartons that several orders share")


class AsnType(TextChoices):
    """An original, or one that overwrites an earlier one under the same identifier."""

    ORIGINAL = "ORIGINAL", _("Original")
    REPLACE = "REPLACE", _("Replacement")


class AsnState(TextChoices):
    """Where an ASN of ours is. From HANDED_OVER on, its submission says more."""

    WAITING = "WAITING", _("Waits for its moment")
    BLOCKED = "BLOCKED", _("Would be refused")
    HANDED_OVER = "HANDED_OVER", pgettext_lazy("state of an ASN", "Handed over")
    REPLACED = "REPLACED", _("Replaced by a newer one")
    CANCELLED = "CANCELLED", pgettext_lazy("state of an ASN", "Cancelled")


class PickupAction(TextChoices):
    NEW = "NEW", _("Ask for a pickup")
    CANCEL = "CANCEL", _("Cancel the pickup")


class AppointmentStatus(TextChoices):
    """What became of a delivery slot at the fulfilment centre."""

    REQUESTED = "REQUESTED", pgettext_lazy("state of an appointment", "Requested")
    CONFIRMED = "CONFIRMED", pgettext_lazy("state of an appointment", "Confirmed")
    RESCHEDULED = "RESCHEDULED", _("Moved")
    ARRIVED = "ARRIVED", pgettext_lazy("state of an appointment", "Arrived")
    CANCELLED = "CANCELLED", pgettext_lazy("state of an appointment", "Cancelled")
    MISSED = "MISSED", _("Missed")


class ShipmentDeadline(TextChoices):
    """What has to be done next for a shipment."""

    ROUTING = "ROUTING", _("Ask for the pickup")
    READY = "READY", _("Ready for pickup")
    SHIP_BY = "SHIP_BY", _("Ship by")
    APPOINTMENT = "APPOINTMENT", _("Get an appointment")


class EvidenceKind(TextChoices):
    """What a document proves."""

    PROOF_OF_DELIVERY = "PROOF_OF_DELIVERY", _("Proof of delivery")
    BILL_OF_LADING = "BILL_OF_LADING", _("Bill of lading")
    TRANSPORT_LABEL = "TRANSPORT_LABEL", _("Transport label")
    PHOTO = "PHOTO", _("Photo")
    OTHER = "OTHER", _("Other document")


class LabelFormat(TextChoices):
    """What a label is printed from."""

    PDF = "pdf", "PDF"
    ZPL_203 = "zpl203", "ZPL 203 dpi"
    ZPL_300 = "zpl300", "ZPL 300 dpi"


class LabelState(TextChoices):
    """Whether a carton or pallet may leave with the label that it has."""

    NOT_PRINTED = "NOT_PRINTED", _("Not printed yet")
    VALID = "VALID", pgettext_lazy("state of a label", "Valid")
    VOID = "VOID", _("Void: print it anew")


class ScanResult(TextChoices):
    """What a scanned code turned out to be."""

    MATCH = "MATCH", _("As planned")
    VOID_LABEL = "VOID_LABEL", _("Void label")
    UNKNOWN = "UNKNOWN", _("Unknown code")
    OTHER_SHIPMENT = "OTHER_SHIPMENT", _("Another shipment's carton")
    GONE = "GONE", _("Departed already")


class Origin(TextChoices):
    """Who said how the goods are packed."""

    PLANNER = "PLANNER", _("The planner")
    PERSON = "PERSON", _("A person")
    API = "API", "API"
    WMS = "WMS", "WMS"


class Content(NamedTuple):
    """Eaches of one order line in a carton. `scale_weight_g` is what the scale said, for goods priced by weight."""

    order_id: int
    sequence: str
    eaches: int
    lot_number: str = ""
    expires_on: date | None = None
    manufactured_on: date | None = None
    origin_country: str = ""
    scale_weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class PackedCarton:
    """How a carton is, or shall be, packed. Lengths in millimetres, weight in grams, gross; `pallet` counts from 1, 0 is loose.

    `sscc` is empty where the next number of the company's own is to be taken.
    """

    contents: tuple[Content, ...]
    pallet: int = 0
    sscc: str = ""
    tracking_number: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    weight_g: int | None = None
    carton_type_id: int | None = None
    # the pallet's number, where another system gives it one now
    pallet_sscc: str = field(default="", compare=False)
    # None: as it was; a new one is packed already where a WMS or another program says what is in it
    is_packed: bool | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON, for a row; read back with `from_stored`."""
        contents = [
            [value.isoformat() if isinstance(value, date) else value for value in each] for each in self.contents
        ]
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"contents": contents}

    @classmethod
    def from_stored(cls, row: Mapping[str, Any]) -> "PackedCarton":
        contents = (Content(*values) for values in row["contents"])
        return cls(
            **dict(row)
            | {
                "contents": tuple(
                    each._replace(expires_on=_date(each.expires_on), manufactured_on=_date(each.manufactured_on))
                    for each in contents
                )
            }
        )


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


class ReportedContent(NamedTuple):
    """A row of another system's packing: eaches of an order line in the carton with this number.

    `order` is the order's id or number. What is said of the carton may stand in any of its rows; `pallet` is a number
    from 1 or an SSCC. Empty or None: nothing is said.
    """

    sscc: str
    order: str
    sequence: str
    eaches: int
    lot_number: str = ""
    expires_on: date | None = None
    manufactured_on: date | None = None
    origin_country: str = ""
    scale_weight_g: int | None = None
    pallet: str = ""
    tracking_number: str = ""
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


class PlanKind(TextChoices):
    """What a new shipment begins with."""

    AUTO = "AUTO", _("Cartons as the pack rules propose them")
    EMPTY = "EMPTY", _("No cartons")


@dataclass(frozen=True, slots=True)
class ShippableLine:
    """What of an order line may go into a shipment, in eaches.

    `eaches` is free now; `later` is back-ordered for a day that has not come; `in_shipments` is packed or planned in
    shipments that have not departed. Less than `unit_size` of `unit` is never shipped.
    """

    order_id: int
    line_id: int
    sequence: str
    item_id: int | None
    eaches: int
    later: int
    in_shipments: int
    unit: str
    unit_size: int


# a message that is stored: a registered code and its parameters
Told = Mapping[str, Any]
