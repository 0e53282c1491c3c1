from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _

from acorn.core.ids import new_public_id
from acorn.tenancy.models import TenantModel


class DataClass(models.TextChoices):
    """What kind of data a document holds: decides how long it is kept and who may purge it."""

    BUSINESS = "BUSINESS", _("business")
    PERSONAL = "PERSONAL", _("personal")


class RawDocument(TenantModel):
    """What a partner sent, byte by byte, stored before it is read. Lives as long as a row names it.

    `source` is the operation or feed; the exchange it came in is named by plain values, since exchanges are dropped
    by month and this is not.
    """

    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=80)
    exchange_id = models.CharField(max_length=40, blank=True, default="")
    connection_id = models.BigIntegerField(null=True, blank=True)
    received_at = models.DateTimeField()
    data_class = models.CharField(max_length=10, choices=DataClass.choices, default=DataClass.BUSINESS)
    size = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "connection_id", "received_at"], name="rawdocument_connection")]

    def __str__(self) -> str:
        return f"{self.source} {self.sha256[:12]}"


class File(TenantModel):
    """A file that a person uploaded or ACORN made; the bytes are in Django's storage (disk or S3)."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "file"), editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_path = models.CharField(max_length=300)
    right = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-id"], name="file_list")]

    def __str__(self) -> str:
        return self.name
