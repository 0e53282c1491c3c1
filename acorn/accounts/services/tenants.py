"""Companies: set up, described, archived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.numbers import is_currency
from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.accounts.errors import SlugTaken
from acorn.accounts.models import Membership, User
from acorn.accounts.rules import is_slug, is_time_zone
from acorn.accounts.services import people, tokens
from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.tenancy import choices
from acorn.tenancy.models import Tenant, TenantSetting
from acorn.tenancy.scope import current_tenant_id, tenant_scope

_DESCRIBED = ("name", "language", "time_zone", "currency")


@dataclass(frozen=True, slots=True)
class NewTenant:
    """`token` is the text of a full-scope API token: the only time that anybody sees it."""

    tenant: Tenant
    owner: User
    token: str


@transaction.atomic(durable=True)
def create_tenant(
    *,
    slug: str,
    name: str,
    owner_email: str,
    owner_password: str,
    actor: Actor,
    now: datetime,
    language: str = "en",
    time_zone: str = "UTC",
    currency: str = "USD",
) -> NewTenant:
    """A company, its owner, and a first API token.

    A person who has an account already becomes owner with it; the password must then be theirs, or empty. Raises
    Invalid, SlugTaken or OtherPassword; nothing is made then.
    """
    if not is_slug(slug):
        raise Invalid(fields={"slug": [_("Use 1 to 60 small letters, digits and hyphens.")]})
    described = _checked({"name": name, "language": language, "time_zone": time_zone, "currency": currency})
    if Tenant.objects.filter(slug=slug).exists():
        raise SlugTaken(slug=slug)
    owner = people.get_or_create_person(email=owner_email, password=owner_password)
    tenant = Tenant.objects.create(slug=slug, **described)
    Membership.objects.create(tenant=tenant, user=owner, role=Role.OWNER)
    with tenant_scope(tenant.pk):
        audit.record("accounts.tenant_created", actor=actor, subject=subject_of(tenant))
        audit.record(
            "accounts.member_joined",
            actor=actor,
            subject=people.subject_of(owner),
            params={"person": str(owner), "role": Role.OWNER.value},
        )
        _token, text = tokens.create_token(name="Full access", scopes=["*"], actor=actor, now=now, created_by=owner)
    return NewTenant(tenant, owner, text)


@transaction.atomic(durable=True)
def change_company(*, values: Mapping[str, Any], actor: Actor) -> None:
    """Describe the active tenant and choose settings by the names that the API has for them: all of it, or nothing.

    Raises Invalid for a wrong value, KeyError for a name that is neither.
    """
    described = {name: value for name, value in values.items() if name in _DESCRIBED}
    by_name = {choice.api_name: choice.key for choice in choices.list_choices() if choice.api_name}
    if described:
        _describe(described, actor)
    for name, value in values.items():
        if name not in _DESCRIBED:
            _choose(by_name[name], value, actor)


@transaction.atomic(durable=True)
def describe_tenant(*, actor: Actor, **values: str) -> Tenant:
    """Change name, language, time_zone or currency of the active tenant; each change is audited. Raises Invalid."""
    return _describe(values, actor)


def _describe(values: Mapping[str, str], actor: Actor) -> Tenant:
    clean = _checked(values)
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant_id())
    for field, after in clean.items():
        before = getattr(tenant, field)
        if before != after:
            setattr(tenant, field, after)
            audit.record(
                "accounts.tenant_changed",
                actor=actor,
                subject=subject_of(tenant),
                params={"field": field, "before": before, "after": after},
            )
    tenant.save(update_fields=list(clean))
    return tenant


@transaction.atomic(durable=True)
def choose(*, key: str, value: Any, actor: Actor) -> None:
    """Set one of the registered settings (`acorn.tenancy.choices`) of the active tenant. Safe to repeat.

    Raises KeyError for an unknown key, Invalid for a value of another kind, or one that the setting can't have.
    """
    _choose(key, value, actor)


def _choose(key: str, value: Any, actor: Actor) -> None:
    choice = choices.get_choice(key)
    if type(value) is not choice.kind:
        raise Invalid(fields={key: [_("This value is not of the right kind.")]})
    if choice.find_fault and (fault := choice.find_fault(value)):
        raise Invalid(fields={choice.api_name or key: [fault]})
    Tenant.objects.select_for_update().get(pk=current_tenant_id())  # one choice at a time, so that `before` is true
    before = choices.chosen(key)
    if before == value:
        return
    TenantSetting.objects.update_or_create(key=key, defaults={"value": value})
    audit.record(
        "accounts.setting_changed", actor=actor, params={"key": key, "before": before, "after": value},
        subject=Subject("accounts.setting", key, str(choice.label)),
    )  # fmt: skip


@transaction.atomic(durable=True)
def archive_tenant(*, slug: str, actor: Actor, now: datetime) -> Tenant:
    """Close the company without deleting anything: no sign-in, no token, no job. Safe to repeat. Raises Invalid."""
    return _set_archived(slug, now, "accounts.tenant_archived", actor)


@transaction.atomic(durable=True)
def restore_tenant(*, slug: str, actor: Actor) -> Tenant:
    """Open an archived company again. Safe to repeat. Raises Invalid."""
    return _set_archived(slug, None, "accounts.tenant_restored", actor)


def get_tenant(slug: str) -> Tenant:
    """The company with this short name. Raises Invalid."""
    tenant = Tenant.objects.filter(slug=slug).first()
    if tenant is None:
        raise Invalid(message=_("There is no company “{slug}”."), slug=slug)
    return tenant


def subject_of(tenant: Tenant) -> Subject:
    return Subject("accounts.tenant", tenant.public_id, tenant.name)


def _set_archived(slug: str, archived_at: datetime | None, code: str, actor: Actor) -> Tenant:
    tenant = Tenant.objects.select_for_update().get(pk=get_tenant(slug).pk)
    if (tenant.archived_at is None) != (archived_at is None):
        tenant.archived_at = archived_at
        tenant.save(update_fields=["archived_at"])
        with tenant_scope(tenant.pk):
            audit.record(code, actor=actor, subject=subject_of(tenant))
    return tenant


def _checked(values: Mapping[str, str]) -> dict[str, str]:
    """The values, trimmed. Raises Invalid with a sentence for each that is wrong."""
    clean = {field: value.strip() for field, value in values.items()}
    rules: dict[str, tuple[Callable[[str], bool], str | Promise]] = {
        "name": (lambda value: 0 < len(value) <= 200, _("Give a name of 1 to 200 characters.")),
        "language": (lambda value: value in dict(settings.LANGUAGES), _("Choose one of the languages of ACORN.")),
        "time_zone": (is_time_zone, _("Give a time zone such as “Asia/Shanghai”.")),
        "currency": (lambda value: len(value) == 3 and is_currency(value), _("Give a currency code such as “USD”.")),
    }
    wrong = {field: [rules[field][1]] for field, value in clean.items() if not rules[field][0](value)}
    if wrong:
        raise Invalid(fields=wrong)
    return clean
