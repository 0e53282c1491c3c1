from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState

from acorn.core.ids import new_public_id
from acorn.tenancy.scope import WrongTenant, current_tenant_id


class Tenant(models.Model):
    """A company that uses ACORN. A platform table: people of several companies switch between them."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "tn"), editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    plan = models.CharField(max_length=20, default="SELF_HOSTED")
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class TenantQuerySet(models.QuerySet[Any]):
    """Refuses to write a row of another tenant; PostgreSQL would refuse it too, with a less clear word."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for row in rows:
            row.check_tenant()
        return super().bulk_create(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        if {"tenant", "tenant_id"} & kwargs.keys():
            raise WrongTenant("A row never changes its tenant.")
        return super().update(**kwargs)


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Sees the active tenant's rows only. Raises NoActiveTenant at once outside every scope."""

    def get_queryset(self) -> TenantQuerySet:
        return super().get_queryset().filter(tenant_id=current_tenant_id())


class TenantModel(models.Model):
    """A row that belongs to one tenant; `acorn.tenancy.schema` builds its wall in the database.

    A subclass with its own `Meta` inherits `TenantModel.Meta`, so that related lookups use the same manager. With
    `append_only = True` the runtime role may insert and read, but not change or delete.
    """

    append_only = False

    # No constraint of its own: `secure_schema` gives it to tables without a tenant parent; the others inherit the
    # proof through their composite foreign keys, which saves a check per row in bulk imports.
    tenant = models.ForeignKey(
        Tenant, models.PROTECT, default=current_tenant_id, editable=False, related_name="+",
        db_constraint=False, db_index=False,
    )  # fmt: skip

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:  # type: ignore[override]  # the stubs are of a later Django
        """As Django's own, without the constructor, which is for what people write: a page of rows in a tenth of the time.

        No model has a constructor of its own, and nobody listens to `pre_init` and `post_init`.
        """
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True))
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        return row

    def check_tenant(self) -> None:
        """Raises WrongTenant, or NoActiveTenant, unless this row belongs to the active tenant."""
        if self.tenant_id != current_tenant_id():
            raise WrongTenant(f"{self._meta.label} of another tenant")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.check_tenant()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.check_tenant()
        return super().delete(*args, **kwargs)


class TenantSetting(TenantModel):
    """One value a company has chosen; what is not stored has the default of `acorn.tenancy.choices`."""

    key = models.CharField(max_length=80)
    value = models.JSONField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint("tenant", "key", name="tenantsetting_key")]

    def __str__(self) -> str:
        return self.key


class NumberSeries(TenantModel):
    """How far a company's own numbers of one sort have been given out: see `acorn.tenancy.series`."""

    name = models.CharField(max_length=80)
    last = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint("tenant", "name", name="numberseries_name")]

    def __str__(self) -> str:
        return self.name
