from django.db import models

from acorn.tenancy.models import TenantModel


class SearchKey(TenantModel):
    """A normalised word by which an object is found: PO number, SKU, invoice number, a word or CJK pair of a title.

    Equality and prefix only, by b-tree: trigram and ILIKE operators are not leakproof, so under row-level security
    PostgreSQL would not use their indexes.
    """

    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key", "kind", "subject_id"], name="searchkey_once")
        ]  # database collation is C: the same index serves prefixes
        indexes = [models.Index(fields=["tenant", "subject_id"], name="searchkey_subject")]

    def __str__(self) -> str:
        return self.key
