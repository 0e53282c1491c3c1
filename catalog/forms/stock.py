"""What people type about stock. What is right is decided by the services."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acorn.core.ids import new_public_id
from catalog.forms.terms import RefusableForm
from catalog.selectors.stock import find_item_by_sku, find_warehouse
from catalog.selectors.warehouses import list_warehouse_choices
from catalog.types import AdjustmentCause, Pool

_LARGEST = 10**12
_POOLS = [("", _("The warehouse's own")), *Pool.choices]


def _eaches(label: Any, help_text: Any = "", *, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=_LARGEST)


class PlaceForm(RefusableForm):
    """With a warehouse in use, and a pool, which is the warehouse's own unless another is chosen."""

    warehouse = forms.ChoiceField(label=_("Warehouse"), choices=list_warehouse_choices)
    pool = forms.ChoiceField(label=_("Pool"), choices=_POOLS, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        warehouse = find_warehouse(given.get("warehouse", ""))
        if warehouse is None:
            return given
        return given | {"warehouse": warehouse, "pool": given.get("pool") or warehouse.pool}


class CountForm(PlaceForm):
    on_hand = _eaches(_("Counted"), _("How many eaches lay there."))
    as_of = forms.DateTimeField(
        label=_("As of"), required=False, help_text=_("When it was counted, in your time zone. Empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Such as: yearly count, damaged goods."))


class MovementForm(PlaceForm):
    """A form that was sent twice is one movement: its reference is made when it is shown."""

    note = forms.CharField(label=pgettext_lazy("a few words", "Note"), max_length=300, required=False)
    moved_at = forms.DateTimeField(
        label=_("When"), required=False,
        help_text=_("In your time zone. Empty: now. What moved before the last count was counted as moved."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    below_promised = forms.BooleanField(
        label=_("Even if it is promised"), required=False,
        help_text=_("What is left may then not cover what is promised: that appears on Today."),
    )  # fmt: skip
    reference = forms.CharField(max_length=60, initial=partial(new_public_id, "mv"), widget=forms.HiddenInput)


class AdjustForm(MovementForm):
    change = forms.IntegerField(
        label=_("More or less"), min_value=-_LARGEST, max_value=_LARGEST,
        help_text=_("Eaches: -3 takes three away, 3 adds three."),
    )  # fmt: skip
    cause = forms.ChoiceField(label=_("Cause"), choices=AdjustmentCause.choices)

    field_order = ("cause", "change", "warehouse", "pool", "note", "moved_at", "below_promised", "reference")


class MoveForm(MovementForm):
    quantity = _eaches(_("Quantity"), least=1)
    to_warehouse = forms.ChoiceField(label=_("To warehouse"), choices=list_warehouse_choices)
    to_pool = forms.ChoiceField(label=_("To pool"), choices=_POOLS, required=False)

    field_order = (
        "quantity", "warehouse", "pool", "to_warehouse", "to_pool", "note", "moved_at", "below_promised", "reference",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        target = find_warehouse(given.get("to_warehouse", ""))
        if target is None:
            return given
        return given | {"to_warehouse": target, "to_pool": given.get("to_pool") or target.pool}


class HoldForm(PlaceForm):
    quantity = _eaches(_("Quantity"), least=1)
    reference = forms.CharField(
        label=_("Held for"), max_length=60, help_text=_("A name of your own; each name holds once.")
    )
    needed_on = forms.DateField(
        label=_("Needed on"), required=False, help_text=_("Counts on what arrives before that day. Empty: now."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class BufferForm(PlaceForm):
    buffer = _eaches(_("Safety buffer"), _("So many are never promised, so that a miscount hurts nobody."))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class InboundForm(PlaceForm):
    sku = forms.CharField(label=_("SKU"), max_length=60)
    quantity = _eaches(_("Quantity"), least=1)
    expected_on = forms.DateField(
        label=_("Expected on"), help_text=_("The goods can be promised for the days after it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Reference"), max_length=120,
        help_text=_("Your order, container or delivery number. Entered again, it changes quantity and day."),
    )  # fmt: skip

    field_order = ("sku", "quantity", "expected_on", "warehouse", "pool", "reference")

    def clean_sku(self) -> Any:
        item = find_item_by_sku(self.cleaned_data["sku"])
        if item is None:
            raise forms.ValidationError(_("There is no item with this SKU."))
        return item


class ExpectationForm(RefusableForm):
    """How many come, and when, of what was announced."""

    expected_on = forms.DateField(
        label=_("Expected on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    quantity = _eaches(_("Quantity"), least=1)


class ReceiptForm(RefusableForm):
    quantity = forms.IntegerField(min_value=0, max_value=_LARGEST, required=False)
