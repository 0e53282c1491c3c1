"""What people type about policies."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from acorn.core.money import Money
from catalog.selectors import list_warehouse_choices
from orders.types import AnswerMode, FreightTerms, Hold, HoldKind, PassableWarning, PolicyTerms, RejectionReason

_HOLDS_HELP = _(
    "One a line: ITEM, VENDOR_CODE or FC, its value, the last day or –, then the reason. For example: FC PHX7 2026-12-24 Strike"
)


def _amount_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=16, decimal_places=2, min_value=Decimal(0), required=False)


class PolicyForm(forms.Form):
    """The terms of a policy, its mode, and why."""

    mode = forms.ChoiceField(label=_("What happens with the proposal"), choices=AnswerMode.choices)
    uses_stock = forms.BooleanField(
        label=_("Stock is kept here"), required=False, help_text=_("Without it everything is proposed as ordered.")
    )
    warehouses = forms.CharField(
        label=_("Warehouses, in the order in which stock is taken"), required=False, max_length=1_000,
        help_text=_("Codes with blanks between them; none means all of them."),
    )  # fmt: skip
    whole_cases = forms.BooleanField(label=_("Whole cases of ours only"), required=False)
    partial_allowed = forms.BooleanField(label=_("A part of a line may be accepted"), required=False)
    backorder_allowed = forms.BooleanField(label=_("Back-orders may be promised"), required=False)
    backorder_days = forms.IntegerField(label=_("Back-orders at most so many days ahead"), min_value=0, max_value=365)
    currency = forms.RegexField("^[A-Z]{3}$", label=_("Currency of the amounts"), required=False)
    min_amount = _amount_field(_("Least worth of an answer"))
    cost_tolerance = forms.DecimalField(
        label=_("Tolerated difference from the agreed cost (percent)"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )  # fmt: skip
    holds = forms.CharField(
        label=_("Holds"),
        required=False,
        max_length=20_000,
        help_text=_HOLDS_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reject_reasons = forms.MultipleChoiceField(
        label=_("May be rejected without a person"), choices=RejectionReason.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None by default: a first answer Rejected is final at Amazon."),
    )  # fmt: skip
    passing_warnings = forms.MultipleChoiceField(
        label=_("Warnings that do not keep it from sending"), choices=PassableWarning.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Any other warning leaves the order to a person. What is known of another marketplace only is information, and "
            "keeps no policy from sending."
        ),
    )  # fmt: skip
    max_orders_per_hour = forms.IntegerField(label=_("At most so many orders an hour"), min_value=0, max_value=10_000)
    max_amount = _amount_field(_("At most so much in one order"))
    freight_terms = forms.ChoiceField(
        label=_("Who pays the freight where an order has both windows"), required=False,
        choices=[("", _("Nobody has said")), *FreightTerms.choices],
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), required=False, max_length=300)

    def clean_warehouses(self) -> tuple[str, ...]:
        codes = tuple(self.cleaned_data["warehouses"].split())
        known = {code for code, _label in list_warehouse_choices()}
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(_("There is no warehouse {code}.").format(code=unknown[0]))
        if len(set(codes)) < len(codes):
            raise forms.ValidationError(_("A warehouse is named twice."))
        return codes

    def clean_holds(self) -> tuple[Hold, ...]:
        lines = [line for line in self.cleaned_data["holds"].splitlines() if line.strip()]
        return tuple(_read_hold(place, line) for place, line in enumerate(lines, start=1))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if (values.get("min_amount") or values.get("max_amount")) and not values.get("currency"):
            self.add_error("currency", _("Name the currency of the amounts."))
        return values

    def terms(self) -> PolicyTerms:
        """The terms of a valid form."""
        values = self.cleaned_data
        plain = (
            "warehouses", "uses_stock", "whole_cases", "partial_allowed", "backorder_allowed", "backorder_days",
            "cost_tolerance", "holds", "max_orders_per_hour", "freight_terms",
        )  # fmt: skip
        return PolicyTerms(
            **{name: values[name] for name in plain},
            reject_reasons=frozenset(values["reject_reasons"]),
            passing_warnings=frozenset(values["passing_warnings"]),
            min_order=_money(values["min_amount"], values["currency"]),
            max_order_amount=_money(values["max_amount"], values["currency"]),
        )


def initial_of(mode: str, terms: PolicyTerms) -> Mapping[str, Any]:
    """What the form shows of a policy."""
    amounts = [money for money in (terms.min_order, terms.max_order_amount) if money]
    return {
        "mode": mode, "uses_stock": terms.uses_stock, "warehouses": " ".join(terms.warehouses),
        "whole_cases": terms.whole_cases, "partial_allowed": terms.partial_allowed,
        "backorder_allowed": terms.backorder_allowed, "backorder_days": terms.backorder_days,
        "currency": amounts[0].currency if amounts else "", "min_amount": terms.min_order and terms.min_order.amount,
        "cost_tolerance": terms.cost_tolerance, "reject_reasons": sorted(terms.reject_reasons),
        "passing_warnings": sorted(terms.passing_warnings), "freight_terms": terms.freight_terms,
        "max_orders_per_hour": terms.max_orders_per_hour,
        "max_amount": terms.max_order_amount and terms.max_order_amount.amount,
        "holds": "\n".join(
            f"{hold.kind} {hold.value} {hold.until.isoformat() if hold.until else '–'} {hold.reason}" for hold in terms.holds
        ),
    }  # fmt: skip


def _read_hold(place: int, line: str) -> Hold:
    parts = line.split(maxsplit=3)
    if len(parts) < 4 or parts[0] not in HoldKind.values:
        raise forms.ValidationError(
            _("Line {place} is no hold: kind, value, last day or –, reason.").format(place=place)
        )
    try:
        until = None if parts[2] in ("-", "–") else date.fromisoformat(parts[2])
    except ValueError as error:
        raise forms.ValidationError(
            _("Line {place} has no proper day: write it as 2026-12-24.").format(place=place)
        ) from error
    return Hold(parts[0], parts[1], parts[3], until)


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
