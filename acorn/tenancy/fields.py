"""References between rows of one tenant."""

from typing import Any

from django.db import models


class TenantForeignKey(models.ForeignKey):
    """A reference that PostgreSQL keeps inside one tenant.

    PostgreSQL checks foreign keys without row-level security, so a plain one could point into another tenant. This
    field makes no plain constraint; `acorn.tenancy.schema.secure_schema` adds
    `FOREIGN KEY (tenant_id, x_id) REFERENCES target (tenant_id, id) DEFERRABLE INITIALLY DEFERRED` after each migrate.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs
