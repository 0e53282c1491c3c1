"""Sealing every stored secret again, after a new key was put in front of ACORN_SECRET_KEYS."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from acorn.audit import services as audit
from acorn.core import vault
from acorn.core.actor import Actor
from acorn.tenancy.fields import SealedTextField, sealed_fields
from acorn.tenancy.models import Tenant, TenantModel
from acorn.tenancy.schema import list_tenant_models
from acorn.tenancy.scope import tenant_scope

MFA_CONTEXT = "mfa"


@dataclass(slots=True)
class Rotation:
    """How many secrets were sealed again, how many had the current key already, and which did not open."""

    resealed: int = 0
    current: int = 0
    broken: list[str] | None = None

    def add_broken(self, place: str) -> None:
        self.broken = [*(self.broken or []), place]


def list_sealed_fields() -> list[tuple[type[TenantModel], list[SealedTextField]]]:
    """Every model with secrets, and its sealed columns."""
    return [(model, fields) for model in list_tenant_models() if (fields := sealed_fields(model))]


def rotate_keys(*, actor: Actor) -> Rotation:
    """Seal every secret of every company, and of two-step sign-in, under the current key.

    Row by row, so that work goes on meanwhile. Safe to repeat and to interrupt. A secret that no key of the ring
    opens is reported and left as it is.
    """
    rotation = Rotation()
    for tenant in Tenant.objects.order_by("pk"):
        with tenant_scope(tenant.pk):
            before = rotation.resealed
            for model, fields in list_sealed_fields():
                for pk in list(model.objects.order_by("pk").values_list("pk", flat=True)):
                    _reseal_row(model, fields, pk, rotation)
            if rotation.resealed > before:
                audit.record("accounts.keys_rotated", actor=actor, params={"count": rotation.resealed - before})
    for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)):
        _reseal_authenticator(pk, rotation)
    return rotation


@transaction.atomic
def _reseal_row(model: type[TenantModel], fields: list[SealedTextField], pk: int, rotation: Rotation) -> None:
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    changed = []
    for field in fields:
        try:
            if field.reseal(row):
                changed.append(field.name)
            elif getattr(row, field.attname):
                rotation.current += 1
        except vault.CannotUnseal:
            rotation.add_broken(f"{model._meta.label}.{field.name} {pk}")
    if changed:
        row.save(update_fields=changed)
        rotation.resealed += len(changed)


@transaction.atomic
def _reseal_authenticator(pk: int, rotation: Rotation) -> None:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    for name, text in _sealed_texts(row.data):
        if text.startswith(f"{vault.current_key_id()}:"):
            rotation.current += 1
            continue
        try:
            plain = vault.unseal(text, context=MFA_CONTEXT)
        except vault.CannotUnseal:
            rotation.add_broken(f"{Authenticator._meta.label}.{name} {pk}")
        else:
            row.data[name] = vault.seal(plain, context=MFA_CONTEXT)
            row.save(update_fields=["data"])
            rotation.resealed += 1


def _sealed_texts(data: dict[str, object]) -> Iterator[tuple[str, str]]:
    """The values of an authenticator that `MfaAdapter.encrypt` made: the TOTP secret, the recovery codes' seed."""
    for name in ("secret", "seed"):
        if isinstance(text := data.get(name), str):
            yield name, text
