"""What people type about items and their identifiers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale
from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog import rules
from catalog.models import Identifier, Item
from catalog.types import IdentifierKind, ItemStatus, NewIdentifier
from vendors.selectors import list_marketplace_codes

_SIDES = ("length", "width", "height")
_LENGTHS = [(unit, unit) for unit in rules.MILLIMETRES]
_WEIGHTS = [(unit, unit) for unit in rules.GRAMS]
_LARGEST = 2_000_000


def _countries() -> list[tuple[str, str]]:
    names = Locale.parse((translation.get_language() or "en").replace("-hans", "_Hans"), sep="_").territories
    return [("", "–"), *((code, f"{code} · {names.get(code, code)}") for code in sorted(rules.list_countries()))]


def _marketplaces() -> list[tuple[str, str]]:
    return [("", str(_("every marketplace"))), *((code, code) for code in list_marketplace_codes())]


def _measure(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_value=_LARGEST, max_digits=12, decimal_places=4
    )


class ItemForm(forms.Form):
    """An item's facts. Lengths and weights are typed in the unit of the house and stored in millimetres and grams."""

    sku = forms.CharField(label=_("SKU"), max_length=60, help_text=_("Your own number of it, as in your ERP."))
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    titles = forms.CharField(
        label=_("Titles in other languages"), required=False, max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "zh-hans: 马克杯\nde: Becher"}),
        help_text=_("One a line, with its language before a colon. They are found by search, too."),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=pgettext_lazy("of an item", "Status"), choices=ItemStatus.choices, initial=ItemStatus.ACTIVE
    )
    case_pack = forms.IntegerField(
        label=_("Case pack"), min_value=1, max_value=_LARGEST, initial=1,
        help_text=_("How many of it are in one case. Orders with another unit size get a finding."),
    )  # fmt: skip
    length = _measure(_("Length"))
    width = _measure(_("Width"))
    height = _measure(_("Height"))
    length_unit = forms.ChoiceField(label=_("Unit of length"), choices=_LENGTHS, initial="cm")
    weight = _measure(_("Weight"))
    weight_unit = forms.ChoiceField(label=_("Unit of weight"), choices=_WEIGHTS, initial="g")
    origin_country = forms.ChoiceField(label=_("Country of origin"), choices=_countries, required=False)
    shelf_life_days = forms.IntegerField(label=_("Shelf life (days)"), required=False, min_value=1, max_value=_LARGEST)
    tracks_lots = forms.BooleanField(label=_("Kept by lot"), required=False)
    tracks_expiry = forms.BooleanField(label=_("Kept by expiry date"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2_000, help_text=_("Goes into the audit trail.")
    )

    def clean_titles(self) -> dict[str, str]:
        titles = {}
        for line in self.cleaned_data["titles"].splitlines():
            language, colon, text = line.replace("：", ":").partition(":")
            if not line.strip():
                continue
            if not colon or not language.strip():
                raise forms.ValidationError(_("Write each title as “de: Becher”."))
            titles[language.strip().lower()] = text.strip()
        return titles

    def facts(self) -> dict[str, Any]:
        """What the service takes, in its units."""
        given = self.cleaned_data
        names = ("sku", "title", "titles", "status", "case_pack", "origin_country", "shelf_life_days", "tracks_lots",
                 "tracks_expiry", "reason")  # fmt: skip
        measured = {f"{side}_mm": _stored(given[side], given["length_unit"]) for side in _SIDES}
        return (
            {name: given[name] for name in names}
            | measured
            | {"weight_g": _stored(given["weight"], given["weight_unit"])}
        )


def _stored(value: Decimal | None, unit: str) -> int | None:
    """Whole millimetres or grams; what rounds to nothing is still one."""
    return None if not value else max(rules.to_stored(value, unit), 1)


def initial_of(item: Item) -> dict[str, Any]:
    """A form's values for an item: millimetres as centimetres, grams as they are."""
    sides = {side: getattr(item, f"{side}_mm") for side in _SIDES}
    return {
        "sku": item.sku, "title": item.title, "status": item.status, "case_pack": item.case_pack,
        "titles": "\n".join(f"{language}: {text}" for language, text in sorted(item.titles.items())),
        "origin_country": item.origin_country, "shelf_life_days": item.shelf_life_days,
        "tracks_lots": item.tracks_lots, "tracks_expiry": item.tracks_expiry,
        "length_unit": "cm", "weight_unit": "g", "weight": item.weight_g,
        **{side: None if value is None else rules.in_unit(value, "cm").normalize() for side, value in sides.items()},
    }  # fmt: skip


class NewItemForm(ItemForm):
    """A new item, with the identifiers that most have."""

    field_order = ("sku", "title", "asin", "vendor_sku", "gtin", "marketplace")

    asin = forms.CharField(label="ASIN", required=False, max_length=100)
    vendor_sku = forms.CharField(
        label=_("Vendor SKU"), required=False, max_length=100, help_text=_("As Amazon's orders name it, if they do.")
    )
    gtin = forms.CharField(
        label="EAN / UPC / GTIN",
        required=False,
        max_length=100,
        help_text=_("8, 12, 13 or 14 digits with check digit."),
    )
    marketplace = forms.ChoiceField(
        label=_("Marketplace of ASIN and vendor SKU"), choices=_marketplaces, required=False
    )

    def wishes(self) -> tuple[list[str], list[NewIdentifier]]:
        """The identifiers that were typed, and the fields that they came from."""
        given = self.cleaned_data
        digits = rules.normalise_identifier(IdentifierKind.GTIN, given["gtin"])
        gtin_kind = {12: IdentifierKind.UPC, 14: IdentifierKind.GTIN}.get(len(digits), IdentifierKind.EAN)
        wishes = {
            "asin": NewIdentifier(IdentifierKind.ASIN, given["asin"], given["marketplace"]),
            "vendor_sku": NewIdentifier(IdentifierKind.VENDOR_SKU, given["vendor_sku"], given["marketplace"]),
            "gtin": NewIdentifier(gtin_kind, digits),
        }
        typed = [name for name in wishes if given[name].strip()]
        return typed, [wishes[name] for name in typed]


class IdentifierForm(forms.Form):
    """A change of an item's identifiers: what is asked depends on whether one is added, replaced or ended."""

    kind = forms.ChoiceField(label=_("Kind"), choices=IdentifierKind.choices)
    value = forms.CharField(label=_("Value"), max_length=200)
    marketplace = forms.ChoiceField(label=_("Marketplace"), choices=_marketplaces, required=False)
    effective_from = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the second person needs to know: where it comes from, why it is right."),
    )  # fmt: skip

    def __init__(self, *args: Any, old: Identifier | None, ends: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if old is not None:
            del self.fields["kind"], self.fields["marketplace"]
        if ends:
            del self.fields["value"]
        self.fields["effective_from"].help_text = (
            _("The first day of orders for which it does not hold any more. Empty: the day of approval.") if ends
            else _("The first day of orders for which the new one holds. Empty: the day of approval.") if old
            else _("The first day of orders that it counts for. Empty: all orders, earlier ones too.")
        )  # fmt: skip


def put_on(form: forms.Form, refusal: Any, places: Mapping[str, str] | None = None) -> None:
    """Show a refusal beside its fields, or on top; `places` names a form's field for a service's."""
    for name, texts in refusal.fields.items():
        field = (places or {}).get(name, name)
        form.add_error(field if field in form.fields else None, [str(text) for text in texts])
    if not refusal.fields:
        form.add_error(None, str(refusal))
