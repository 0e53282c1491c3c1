"""What people type about a connection. Secrets are write-only here, too: a form never shows what was stored."""

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from acorn.ui.filters import Between, Choices, ListFilters, Search, Toggle
from vendors import gateway, selectors
from vendors.services import list_kinds
from vendors.services.rulebook import Rule
from vendors.types import CallError, Environment, Severity, SubmissionState

# what Amazon and Login with Amazon answer
_STATUSES = (200, 202, 204, 400, 401, 403, 404, 413, 415, 429, 500, 503)


def _secret(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, max_length=4096, widget=widget, required=required)


_CLIENT_ID = _("LWA client id")
_CLIENT_SECRET = _("LWA client secret")
_REFRESH_TOKEN = _("Refresh token")


class ConnectForm(forms.Form):
    """A new connection to Amazon's sandbox or production, or to a simulator."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("What your team calls it, such as “Acme US”."))
    environment = forms.ChoiceField(
        label=_("Environment"), choices=Environment.choices, initial=Environment.PRODUCTION, widget=forms.RadioSelect,
        help_text=_(
            "Production is your real account. The sandbox answers with fixed samples of Amazon's. "
            "The simulator behaves like Amazon and sends nothing out of the house."
        ),
    )  # fmt: skip
    marketplace = forms.ChoiceField(
        label=_("Marketplace"), help_text=_("The one your Vendor Central account belongs to. It decides the region.")
    )
    vendor_group_code = forms.CharField(
        label=_("Vendor group code"), max_length=60,
        help_text=_("The group that authorised the application; all its vendor codes come with it."),
    )  # fmt: skip
    vendor_codes = forms.CharField(
        label=_("Vendor codes"), required=False, max_length=2000,
        help_text=_("Separated by commas or blanks, such as ACMUS, ACM7K. Others are added as orders name them."),
    )  # fmt: skip
    client_id = _secret(_CLIENT_ID, _("Begins with amzn1.application-oa2-client."))
    client_secret = _secret(_CLIENT_SECRET, _("Lives 180 days; Amazon tells you before it ends."))
    refresh_token = _secret(
        _REFRESH_TOKEN, _("Begins with Atzr|. You get it when the vendor group authorises the application.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["marketplace"].choices = [  # type: ignore[attr-defined]
            (place.country, f"{place.country} · {place.vendor_central or place.id} · {place.region}")
            for place in gateway.list_marketplaces()
        ]

    def clean_vendor_codes(self) -> list[str]:
        codes = re.split(r"[\s,;，；、]+", self.cleaned_data["vendor_codes"].strip())
        found = [code for code in codes if code]
        wrong = [code for code in found if not re.fullmatch(r"[A-Za-z0-9]{1,20}", code)]
        if wrong:
            raise forms.ValidationError(
                _("A vendor code has letters and digits only: %(codes)s"), params={"codes": ", ".join(wrong)[:100]}
            )
        return found


class EditForm(forms.Form):
    """A connection's name and credentials; what is left empty stays as it is."""

    name = forms.CharField(label=_("Name"), max_length=120)
    client_id = _secret(_CLIENT_ID, required=False)
    client_secret = _secret(_CLIENT_SECRET, required=False)
    refresh_token = _secret(_REFRESH_TOKEN, required=False)


class ConnectionFilters(ListFilters):
    search = Search(method="find", placeholder=_("Name, vendor group, vendor code"))
    environment = Choices(choices=Environment.choices, label=_("Environment"))
    archived = Toggle(field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("Archived"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=selectors.list_connections(search=value).values("pk"))


class ExchangeFilters(ListFilters):
    search = Search(method="find", placeholder=_("Request id or exchange id"))
    connection = Choices(
        choices=selectors.list_connection_choices, field_name="connection__public_id", label=_("Connection")
    )
    operation = Choices(choices=lambda: [(name, name) for name in selectors.list_operations()], label=_("Operation"))
    error = Choices(choices=CallError.choices, field_name="error_class", label=_("Error"))
    status = Choices(choices=[(str(code), str(code)) for code in _STATUSES], label=_("Status"))
    started = Between(field_name="started_at", label=_("Time"))
    failed = Toggle(method="only_failed", label=_("Failed"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(request_id=value.strip()) | Q(public_id=value.strip()))

    def only_failed(self, rows: Any, name: str, value: bool) -> Any:
        return rows.exclude(error_class="") if value else rows


class SubmissionFilters(ListFilters):
    search = Search(method="find", placeholder=_("PO, transaction id, submission id"))
    state = Choices(choices=SubmissionState.choices, label=_("State"))
    kind = Choices(choices=lambda: [(kind.name, kind.label) for kind in list_kinds()], label=_("Kind"))
    connection = Choices(
        choices=selectors.list_connection_choices, field_name="connection__public_id", label=_("Connection")
    )
    environment = Choices(choices=Environment.choices, label=_("Environment"))
    created = Between(field_name="created_at", label=_("Decided"))
    contradicted = Toggle(method="only_contradicted", label=_("Contradicted"))
    replayed = Toggle(method="only_replays", label=_("Replays"))

    def find(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(selectors.find_submissions(value))

    def only_contradicted(self, rows: Any, name: str, value: bool) -> Any:
        return rows.exclude(contradiction_code="") if value else rows

    def only_replays(self, rows: Any, name: str, value: bool) -> Any:
        return rows.exclude(replay_of=None) if value else rows


class RuleForm(forms.Form):
    """What a rule is in a marketplace from a day on."""

    valid_from = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Documents checked from this day on follow it; earlier days keep what counted then."),
    )  # fmt: skip
    severity = forms.ChoiceField(
        label=_("Effect"), required=False, choices=[("", _("As delivered")), *Severity.choices],
        help_text=_("“As delivered” takes your own row back from this day on."),
    )  # fmt: skip
    percent = forms.DecimalField(
        label=_("Share of the goods' worth at risk"), required=False, min_value=0, max_value=100, max_digits=6,
        decimal_places=3,
    )  # fmt: skip
    amount = forms.DecimalField(
        label=_("Charge each time"), required=False, min_value=0, max_digits=16, decimal_places=4
    )
    currency = forms.RegexField(label=_("Currency"), required=False, regex=r"^[A-Z]{3}\Z", max_length=3)
    hours = forms.IntegerField(label=_("Time limit"), required=False, min_value=0, max_value=10_000)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Where it is written: a notice, a charge, a contract.")
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    @staticmethod
    def initial_of(rule: Rule) -> dict[str, Any]:
        """What counts now, to begin with."""
        return {
            "severity": rule.severity, "percent": rule.percent, "hours": rule.hours, "source": rule.source,
            "amount": rule.amount.amount if rule.amount else None,
            "currency": rule.amount.currency if rule.amount else "",
        }  # fmt: skip
