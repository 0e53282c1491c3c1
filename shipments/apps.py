from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ShipmentsConfig(AppConfig):
    name = "shipments"

    def ready(self) -> None:
        from acorn.core import messages  # noqa: PLC0415 -- slow import
        from shipments.messages import MESSAGES  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        _register_packing()
        _register_numbers()
        _register_transport()
        _register_asns()
        _register_scan()
        _register_pages()


def _register_numbers() -> None:
    """What the numbers of cartons and pallets are made of."""
    from acorn.tenancy import choices  # noqa: PLC0415 -- slow import
    from shipments.rules import sscc  # noqa: PLC0415 -- slow import
    from shipments.types import GS1_PREFIX, SSCC_EXTENSION_DIGITS  # noqa: PLC0415 -- slow import

    faults: dict[str, str | Promise] = {
        "digits": _("A GS1 company prefix has digits only."),
        "length": _("A GS1 company prefix has 7 to 10 digits; one of a UPC counts with the 0 before it."),
        "no_company": _("GS1 gives no company a prefix that begins like this. Look at the certificate."),
    }
    choices.register(
        choices.Choice(
            GS1_PREFIX, str, "", _("GS1 company prefix"),
            _("7 to 10 digits that GS1 has given to the company. The numbers of cartons and pallets (SSCC) begin with it."),
            api_name="gs1_company_prefix",
            find_fault=lambda value: faults[fault] if value and (fault := sscc.find_prefix_fault(value)) else "",
        ),
        choices.Choice(
            SSCC_EXTENSION_DIGITS, str, "", _("Extension digits of SSCCs"),
            _("Carton numbers are made with these first digits only, so that a warehouse system with the same prefix can "
              "use the others. Empty: all ten."),
            api_name="sscc_extension_digits",
            find_fault=lambda value: (
                "" if sscc.are_extension_digits(value) else _("Give single digits, each once, such as 0123.")
            ),
        ),
    )  # fmt: skip


def _register_packing() -> None:
    """Shipments and what is in them."""
    from acorn.core import subjects  # noqa: PLC0415 -- slow import
    from acorn.imports import registry  # noqa: PLC0415 -- slow import
    from acorn.ui import tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from shipments.imports import TABLES  # noqa: PLC0415 -- slow import
    from shipments.types import CARTON_TYPE, SUBJECT_KIND, ShipmentState  # noqa: PLC0415 -- slow import

    registry.register(*TABLES)
    subjects.register(
        subjects.SubjectKind(SUBJECT_KIND, _("Shipment"), "shipments:detail"),
        subjects.SubjectKind(CARTON_TYPE, _("Carton type")),
    )
    tones.register(
        "shipments.state",
        ShipmentState,
        {
            ShipmentState.PLANNED: Tone.AMBER,
            ShipmentState.PACKING: Tone.BLUE,
            ShipmentState.PACKED: Tone.BLUE,
            ShipmentState.DEPARTED: Tone.BLUE,
            ShipmentState.ARRIVED: Tone.BLUE,
            ShipmentState.RECEIVED: Tone.GREEN,
            ShipmentState.CANCELLED: Tone.NEUTRAL,
        },
    )


def _register_transport() -> None:
    """Deadlines, pickups, appointments and documents."""
    from acorn.core import messages  # noqa: PLC0415 -- slow import
    from acorn.tenancy import choices  # noqa: PLC0415 -- slow import
    from acorn.ui import tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from acorn.work import kinds  # noqa: PLC0415 -- slow import
    from shipments.messages.transport import DETAIL_WORDS  # noqa: PLC0415 -- slow import
    from shipments.types import (  # noqa: PLC0415 -- slow import
        DEADLINE_WORK,
        DETAILS,
        LABELS_MISSING,
        PICKUP_KIND,
        SUBJECT_KIND,
        TRANSIT_DAYS,
        AppointmentStatus,
        EvidenceKind,
        ShipmentDeadline,
    )
    from vendors.services import register_kind, register_resource  # noqa: PLC0415 -- slow import
    from vendors.types import Region, Resource, SubmissionKind, UnknownPolicy  # noqa: PLC0415 -- slow import

    messages.register_words("shipments.appointment", AppointmentStatus)
    messages.register_words("shipments.evidence", EvidenceKind)
    messages.register_words("shipments.detail", DETAIL_WORDS)
    kinds.register(
        *(
            kinds.WorkKind(f"{DEADLINE_WORK}.{kind.lower()}", kind.label, _("Open the shipment"))
            for kind in ShipmentDeadline
        ),
        kinds.WorkKind(LABELS_MISSING, _("Transport labels to fetch"), _("Open the shipment")),
    )
    choices.register(
        choices.Choice(
            TRANSIT_DAYS, int, 3, _("Days that goods travel"),
            _("From the warehouse to the fulfilment centre, where no lane has a transit time of its own."),
            api_name="transit_days",
        )
    )  # fmt: skip
    tones.register(
        "shipments.appointment",
        AppointmentStatus,
        {
            AppointmentStatus.REQUESTED: Tone.AMBER,
            AppointmentStatus.CONFIRMED: Tone.GREEN,
            AppointmentStatus.RESCHEDULED: Tone.BLUE,
            AppointmentStatus.ARRIVED: Tone.GREEN,
            AppointmentStatus.CANCELLED: Tone.RED,
            AppointmentStatus.MISSED: Tone.RED,
        },
    )
    register_resource(Resource(DETAILS, "shipments.pull_details", _("Collect shipments"), after="purchase-orders"))
    register_kind(
        SubmissionKind(
            PICKUP_KIND, _("Pickup request"), "SubmitShipments", SUBJECT_KIND,
            # Amazon knows a request by our identifier, and takes the same one as a change of it
            UnknownPolicy.READ_THEN_SAME_ID,
            success_is_proof=frozenset({Region.NA, Region.EU}),
        )
    )  # fmt: skip


def _register_asns() -> None:
    """ASNs: their documents, their clock, and what becomes of their goods."""
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from acorn.tenancy import choices  # noqa: PLC0415 -- slow import
    from acorn.ui import tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from acorn.work import kinds  # noqa: PLC0415 -- slow import
    from orders.services import register_receipt_follower  # noqa: PLC0415 -- slow import
    from shipments import types  # noqa: PLC0415 -- slow import
    from shipments.messages.asns import CLOCK_WORDS  # noqa: PLC0415 -- slow import
    from shipments.types import AsnState  # noqa: PLC0415 -- slow import
    from vendors.services import register_kind  # noqa: PLC0415 -- slow import
    from vendors.types import Region, SubmissionKind, UnknownPolicy  # noqa: PLC0415 -- slow import

    messages.register_words("shipments.clock", CLOCK_WORDS)
    subjects.register(subjects.SubjectKind(types.ASN_SUBJECT, _("Shipping notice"), "shipments:asn"))
    kinds.register(
        kinds.WorkKind(types.ASN_DUE, _("Shipping notices that are due"), _("Open")),
        kinds.WorkKind(types.ASN_LATE, _("Shipping notices about to be late"), _("Open")),
        kinds.WorkKind(types.ASN_BLOCKED, _("Shipping notices that Amazon would refuse"), _("Correct it")),
        kinds.WorkKind(types.CASE, _("Departures in spite of findings"), _("Open the shipment")),
        kinds.WorkKind(types.SHORTAGE, _("Shortages to be expected"), _("Open the shipment")),
    )
    choices.register(
        choices.Choice(
            types.ASN_HOURS_BEFORE_ARRIVAL, int, 0, _("Hours before arrival by which a shipping notice has left"),
            _("The company's own rule beside Amazon's; 0: none. Counted from the appointment, else the estimated arrival."),
            api_name="asn_hours_before_arrival",
        ),
        choices.Choice(
            types.DEPART_BY_PLAN, bool, False, _("Packed shipments depart at their planned time"),
            _("If nothing holds them; their shipping notice leaves with them. Else somebody says that they have left."),
            api_name="depart_by_plan",
        ),
    )  # fmt: skip
    tones.register(
        "shipments.asn_state",
        AsnState,
        {
            AsnState.WAITING: Tone.AMBER,
            AsnState.BLOCKED: Tone.RED,
            AsnState.HANDED_OVER: Tone.GREEN,
            AsnState.REPLACED: Tone.NEUTRAL,
            AsnState.CANCELLED: Tone.NEUTRAL,
        },
    )
    register_kind(
        SubmissionKind(
            types.ASN_KIND, _("Shipping notice"), "SubmitShipmentConfirmations", types.ASN_SUBJECT,
            # a replacement overwrites what Amazon may have; the same original twice would be a duplicate, and a charge
            UnknownPolicy.READ_THEN_REPLACE,
            on_change=types.FOLLOW_ASN, read_back=types.READ_BACK_ASN, replace=types.REPLACE_ASN,
            success_is_proof=frozenset({Region.NA, Region.EU}),
        )
    )  # fmt: skip
    register_receipt_follower(types.FOLLOW_RECEIVED)


def _register_scan() -> None:
    """The scan page, and what it says."""
    from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
    from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from shipments.types import LabelState, ScanResult  # noqa: PLC0415 -- slow import

    navigation.register(
        navigation.NavItem(
            navigation.Group.WORK, 32, pgettext_lazy("page", "Scan"), "shipments:scan", icon="scan", right=Right.PACK,
        )
    )  # fmt: skip
    tones.register(
        "shipments.scan",
        ScanResult,
        {result: Tone.GREEN if result == ScanResult.MATCH else Tone.RED for result in ScanResult},
    )
    tones.register(
        "shipments.label",
        LabelState,
        {LabelState.NOT_PRINTED: Tone.AMBER, LabelState.VALID: Tone.GREEN, LabelState.VOID: Tone.RED},
    )


def _register_pages() -> None:
    """Where shipments are in the navigation, on orders' pages, and in words."""
    from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
    from acorn.core import messages  # noqa: PLC0415 -- slow import
    from acorn.panels import registry as panels  # noqa: PLC0415 -- slow import
    from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from orders.types import FreightTerms  # noqa: PLC0415 -- slow import
    from shipments.panels import load_for_order  # noqa: PLC0415 -- slow import
    from shipments.types import ShipmentDeadline  # noqa: PLC0415 -- slow import

    messages.register_words("shipments.deadline", ShipmentDeadline)
    tones.register("shipments.deadline", ShipmentDeadline, dict.fromkeys(ShipmentDeadline, Tone.AMBER))
    tones.register("shipments.freight", FreightTerms, dict.fromkeys(FreightTerms, Tone.NEUTRAL))
    panels.register(
        "orders.order",
        panels.Panel(
            "shipments", _("Shipments"), "shipments/panels/order.html", load_for_order, right=Right.SEE_SHIPMENTS
        ),
    )
    navigation.register(
        navigation.NavItem(
            navigation.Group.WORK, 30, _("Shipments"), "shipments:list", icon="shipments", right=Right.SEE_SHIPMENTS,
            key="s",
        )
    )  # fmt: skip
