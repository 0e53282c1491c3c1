"""What people type about warehouses, addresses, customer numbers and costs. What is right is decided by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.errors import DomainError
from catalog.types import CostStatus, PartyKind, Pool

_ADDRESS_LABELS = {
    "name": _("Name on the address"),
    "address_line_1": _("Street and number"),
    "address_line_2": _("Address line 2"),
    "address_line_3": _("Address line 3"),
    "city": _("City"),
    "county": _("County"),
    "district": _("District"),
    "state_or_region": _("State or region"),
    "postal_code": _("Postal code"),
    "country_code": _("Country"),
    "phone": _("Phone"),
}
_COMPULSORY = ("address_line_1", "city", "country_code")


class RefusableForm(forms.Form):
    """A form that shows what a service refused: beside the field where there is one, else on top."""

    def refuse(self, refusal: DomainError) -> None:
        for name, texts in refusal.fields.items():
            place = name.removeprefix("address.")
            for text in texts:
                self.add_error(place if place in self.fields else None, str(text))
        if not refusal.fields:
            self.add_error(None, str(refusal))


def _day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


class AddressedForm(RefusableForm):
    """With the parts of an address after the form's own fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _ADDRESS_LABELS.items():
            key = f"address_{name}" if name in self.fields else name
            self.fields[key] = forms.CharField(label=label, max_length=200, required=name in _COMPULSORY)
        self.fields["country_code"].max_length = 2  # type: ignore[attr-defined]
        self.fields["country_code"].help_text = _("Two letters, such as US or DE.")

    def address(self) -> dict[str, str]:
        """The address as the services take it."""
        return {
            name: self.cleaned_data[key]
            for name in _ADDRESS_LABELS
            if (key := f"address_{name}" if f"address_{name}" in self.fields else name) in self.cleaned_data
        }


def address_initial(address: dict[str, str], *, has_name: bool) -> dict[str, str]:
    """A stored address as an AddressedForm shows it; `has_name` where the form has a name of its own."""
    return {f"address_{key}" if has_name and key == "name" else key: text for key, text in address.items()}


class WarehouseForm(AddressedForm):
    code = forms.CharField(label=_("Code"), max_length=30, help_text=_("Short; imports and the API name it by this."))
    name = forms.CharField(label=_("Name"), max_length=120)
    pool = forms.ChoiceField(
        label=_("Pool"), choices=Pool.choices, initial=Pool.OWN,
        help_text=_("In whose hands stock there is. Only own and 3PL stock can be promised to Amazon's orders."),
    )  # fmt: skip
    ship_from_party_id = forms.CharField(
        label=_("Amazon's ship-from party id"), max_length=60, required=False,
        help_text=_("As Vendor Central shows it for your warehouse; shipments and labels need it."),
    )  # fmt: skip
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=60, required=False, help_text=_("Such as America/Los_Angeles.")
    )


class PartyAddressForm(AddressedForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=PartyKind.choices)
    marketplace = forms.CharField(label=_("Marketplace"), max_length=2, help_text=_("Two letters, such as US."))
    party_id = forms.CharField(label=_("Party id"), max_length=60, help_text=_("As Amazon's orders name it."))
    valid_from = _day(_("From"), _("First day of this address; what was entered before stays for the days before."))
    tax_number = forms.CharField(label=_("Tax number"), max_length=60, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=60, required=False, help_text=_("Such as America/Phoenix.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("Where you know it from: Vendor Central, an e-mail …")
    )  # fmt: skip


class CustomerNumberForm(RefusableForm):
    vendor_code = forms.CharField(label=_("Vendor code"), max_length=20)
    ship_to_party = forms.CharField(
        label=_("Fulfilment centre"), max_length=60, required=False,
        help_text=_("Only where this centre has a number of its own; empty for all others."),
    )  # fmt: skip
    number = forms.CharField(label=_("Customer number"), max_length=60, help_text=_("As your own books call Amazon."))


class CostForm(RefusableForm):
    sku = forms.CharField(label=_("SKU"), max_length=60)
    vendor_code = forms.CharField(label=_("Vendor code"), max_length=20)
    currency = forms.CharField(label=_("Currency"), max_length=3)
    cost = forms.DecimalField(label=_("Cost"), max_digits=19, decimal_places=6, help_text=_("Of one each."))
    valid_from = _day(_("First day"), _("Orders of this day and later have this cost."))
    valid_until = _day(_("Last day"), _("Empty until another cost follows; a deal needs one."), required=False)
    deal_code = forms.CharField(
        label=_("Deal"), max_length=60, required=False,
        help_text=_("The deal's name or number. A deal counts before the regular cost while it lasts."),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=pgettext_lazy("of a thing", "Status"), choices=[choice for choice in CostStatus.choices if choice[0] != CostStatus.REFUSED],
        help_text=_("Requested counts nowhere until Amazon has agreed."),
    )  # fmt: skip
    ends_previous = forms.BooleanField(
        label=_("Let the cost before it end on the day before"), required=False, initial=True
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.FileField(
        label=_("Document"), required=False, help_text=_("What was agreed, as a file: the buyer's e-mail, the price list.")
    )  # fmt: skip


class CostChangeForm(CostForm):
    """A cost that exists; of an active one only what may still change."""

    def __init__(self, *args: Any, is_active: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sku", "status", "ends_previous"):
            del self.fields[name]
        if is_active:
            for name in ("vendor_code", "currency", "cost", "valid_from", "deal_code"):
                del self.fields[name]


class DecisionForm(RefusableForm):
    status = forms.ChoiceField(choices=[choice for choice in CostStatus.choices if choice[0] != CostStatus.REQUESTED])
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False)
    ends_previous = forms.BooleanField(required=False)
