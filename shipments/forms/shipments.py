from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from acorn.core.errors import DomainError
from catalog.selectors import list_warehouse_choices
from catalog.selectors.stock import find_warehouse
from orders.types import FreightTerms
from shipments.types import AppointmentStatus, EvidenceKind, Mode, TransportationMode

_NO_TERMS = [("", _("As order and policy say")), *FreightTerms.choices]


def _moment(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class ShipmentForm(forms.Form):
    """A form that shows what a service refused: beside the field where there is one, else on top."""

    def refuse(self, refusal: DomainError) -> None:
        for name, texts in refusal.fields.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, str(text))
        if not refusal.fields:
            self.add_error(None, str(refusal))


class PlanForm(ShipmentForm):
    warehouse = forms.ChoiceField(label=_("From warehouse"), choices=list_warehouse_choices)
    freight_terms = forms.ChoiceField(label=_("Freight"), choices=_NO_TERMS, required=False)

    def clean_warehouse(self) -> str:
        warehouse = find_warehouse(self.cleaned_data["warehouse"])
        return warehouse.public_id if warehouse else ""


class PickupForm(ShipmentForm):
    pickup_at = _moment(_("Fetch it on"), _("Empty: the first day that Amazon takes."), required=False)
    is_confirmed = forms.BooleanField(label=_("Ask all the same where I may"), required=False)


class AppointmentForm(ShipmentForm):
    reference = forms.CharField(label=_("Reference"), max_length=60, required=False)
    starts_at = _moment(_("Day and time"), _("In your time zone."), required=False)
    status = forms.TypedChoiceField(
        label=_("State"), choices=AppointmentStatus.choices, coerce=AppointmentStatus,
        initial=AppointmentStatus.CONFIRMED,
    )  # fmt: skip


class EvidenceForm(ShipmentForm):
    kind = forms.TypedChoiceField(label=_("What it is"), choices=EvidenceKind.choices, coerce=EvidenceKind)
    file = forms.FileField(label=_("File"), help_text=_("PDF or picture, up to 20 MB."))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class CancelForm(ShipmentForm):
    reason = forms.CharField(label=_("Why"), max_length=300)


class DepartForm(ShipmentForm):
    """The truck leaves. Which fields are mandatory depends on region and freight: the check says so."""

    departed_at = _moment(_("Departure"), _("In your time zone."))
    estimated_delivery_at = _moment(_("Expected at the fulfilment centre"), required=False)
    mode = forms.ChoiceField(label=_("Freight"), choices=Mode.choices, initial=Mode.LTL)
    transportation_mode = forms.ChoiceField(
        label=_("Travels by"), choices=TransportationMode.choices, initial=TransportationMode.ROAD
    )
    carrier_scac = forms.CharField(
        label=_("Carrier (SCAC)"), max_length=10, required=False, help_text=_("2 to 4 letters")
    )
    pro_number = forms.CharField(label=_("PRO number"), max_length=60, required=False)
    bol_number = forms.CharField(label=_("Bill of lading"), max_length=60, required=False)
    amazon_reference_number = forms.CharField(
        label=_("Amazon reference number (ARN)"), max_length=60, required=False, help_text=_("For collect")
    )
    is_released = forms.BooleanField(
        label=_("Leave although checks ask"), required=False,
        help_text=_("What Amazon would refuse still holds the truck. Needs a reason, and is on record."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why it may leave"), max_length=300, required=False)
