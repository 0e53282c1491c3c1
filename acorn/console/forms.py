"""What people type on the platform's own pages."""

from functools import partial
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies
from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from acorn.accounts.models import User
from acorn.accounts.rights import FULL_SCOPE, Right
from acorn.accounts.types import Role
from acorn.core.errors import DomainError
from acorn.tenancy import choices
from acorn.tenancy.models import Tenant

_EVERY = [("", _("As the company has it"))]


def refuse(form: forms.Form, error: DomainError) -> None:
    """Show an expected refusal: beside its fields, or on top."""
    for name, texts in error.fields.items():
        form.add_error(name if name in form.fields else None, [str(text) for text in texts])
    if not error.fields:
        form.add_error(None, str(error))


def _languages() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


def _time_zones() -> list[tuple[str, str]]:
    """The names that people know: `Asia/Shanghai`, and UTC."""
    names = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name) for name in ("UTC", *sorted(names))]


def _currencies() -> list[tuple[str, str]]:
    names = Locale.parse((translation.get_language() or "en").replace("-hans", "_Hans"), sep="_").currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(list_currencies())]


_SETTING_FIELDS: dict[type, type[forms.Field]] = {
    str: forms.CharField,
    bool: forms.BooleanField,
    int: forms.IntegerField,
}


def _refuse_fault(choice: choices.Choice, value: Any) -> None:
    if choice.find_fault and (fault := choice.find_fault(value)):
        raise forms.ValidationError(str(fault))


class CompanyForm(forms.Form):
    """Name and habits of the company, and every setting that apps have registered as yes or no, a number or a text."""

    name = forms.CharField(label=_("Company name"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language"), choices=_languages, help_text=_("Of mail, and of people who have not chosen their own.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_time_zones, help_text=_("Business days and deadlines are counted in it.")
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=_currencies, help_text=_("Amounts in other currencies are compared in it.")
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(tenant, name) for name in ("name", "language", "time_zone", "currency")}
        super().__init__(*args, **kwargs)
        for choice in choices.list_choices():
            if choice.kind in _SETTING_FIELDS:
                self.fields[self.key_of(choice.key)] = _SETTING_FIELDS[choice.kind](
                    label=str(choice.label),
                    help_text=str(choice.help),
                    required=choice.kind is int,
                    initial=choices.chosen(choice.key),
                    validators=[partial(_refuse_fault, choice)] if choice.find_fault else [],
                )

    @staticmethod
    def key_of(key: str) -> str:
        return "choice_" + key.replace(".", "_")

    def described(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "language", "time_zone", "currency")}

    def chosen(self) -> dict[str, bool | int | str]:
        return {
            choice.key: self.cleaned_data[name]
            for choice in choices.list_choices()
            if (name := self.key_of(choice.key)) in self.cleaned_data
        }


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.OPERATIONS)

    def __init__(self, *args: Any, may_make_owners: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_make_owners:
            self.fields["role"].choices = [pair for pair in Role.choices if pair[0] != Role.OWNER]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("What will use it, for example “ERP”."))
    full = forms.BooleanField(label=_("Everything the API can do"), required=False)
    scopes = forms.MultipleChoiceField(
        label=_("Or only"), choices=Right.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"), coerce=int, initial=365,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("1 year")), (0, _("until it is revoked"))],
    )  # fmt: skip

    def wanted_scopes(self) -> list[str]:
        return [FULL_SCOPE] if self.cleaned_data["full"] else self.cleaned_data["scopes"]


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("What colleagues see."))
    language = forms.ChoiceField(label=_("Language"), required=False, choices=lambda: [*_EVERY, *_languages()])
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=lambda: [*_EVERY, *_time_zones()])
    theme = forms.ChoiceField(
        label=_("Appearance"), required=False,
        choices=[("auto", _("as the device")), ("light", _("light")), ("dark", _("dark"))],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(user, name) for name in ("name", "language", "time_zone")}
        kwargs["initial"]["theme"] = user.theme or "auto"
        super().__init__(*args, **kwargs)


class JoinForm(forms.Form):
    """How an invited person without an account makes one."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    password = forms.CharField(
        label=_("Password"), help_text=_("12 characters or more."), strip=False, max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
