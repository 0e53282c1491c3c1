"""References between rows of one tenant, and secrets on them."""

from typing import Any

from django.db import models

from acorn.core import vault


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


class SealedTextField(models.TextField):
    """A secret at rest. The attribute holds the sealed text, so that printing, logging or comparing a row shows nothing.

    `seal` and `unseal` are the only ways in and out. The text is bound to its table, column, tenant and row
    (`public_id`, known before the row is saved): copied anywhere else it does not open. An empty text means "not set".
    Forms and model_to_dict leave it out, serialisers see a mask. `manage.py rotate_keys` finds all such fields by itself.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def value_to_string(self, obj: models.Model) -> str:
        return "••••" if self.value_from_object(obj) else ""

    def seal(self, row: Any, secret: str) -> None:
        """Put a secret on a row, sealed under the current key; the caller saves the row."""
        setattr(row, self.attname, vault.seal(secret, context=self._context(row)) if secret else "")

    def unseal(self, row: Any) -> str:
        """The secret of a row, for the moment it is needed. Raises CannotUnseal."""
        sealed = getattr(row, self.attname)
        return vault.unseal(sealed, context=self._context(row)) if sealed else ""

    def reseal(self, row: Any) -> bool:
        """Seal again under the current key; False if that is done already. Raises CannotUnseal."""
        sealed = getattr(row, self.attname)
        if not sealed or sealed.partition(":")[0] == vault.current_key_id():
            return False
        self.seal(row, self.unseal(row))
        return True

    def _context(self, row: Any) -> str:
        return f"{row._meta.db_table}.{self.column}:{row.tenant_id}:{row.public_id}"


def sealed_fields(model: type[models.Model]) -> list[SealedTextField]:
    """The secrets of a model, for everything that walks them: rotation of keys, erasing, tests."""
    return [field for field in model._meta.local_fields if isinstance(field, SealedTextField)]
