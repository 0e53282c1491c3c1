from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.files.models import File
from acorn.imports.types import ImportMode, ImportState
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel


class ImportProfile(TenantModel):
    """How the columns of a certain kind of file become a table's fields, under a name. A change is a new version.

    Old versions stay: a run names the one that it was read by.
    """

    append_only = True

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "mp"), editable=False)
    table = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    mapping = models.JSONField()
    # who answers for it
    owner_id = models.CharField(max_length=60)
    owner_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # the version that ends a profile says so itself
    is_ended = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "table", "name", "version"], name="importprofile_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ImportRun(TenantModel):
    """One file on its way into a table: read, looked at, and written or thrown away.

    `preview` holds the first rows of each kind as they were when the file was checked; writing looks again.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "im"), editable=False)
    table = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.READING)
    file = TenantForeignKey(File, related_name="+", db_index=False)
    profile = TenantForeignKey(ImportProfile, related_name="runs", null=True, blank=True, db_index=False)
    mapping = models.JSONField(default=dict)
    # what the file shows: headers, first rows, sheets
    sample = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    mode = models.CharField(max_length=4, choices=ImportMode.choices, blank=True, default="")
    error_file = TenantForeignKey(File, related_name="+", null=True, blank=True, db_index=False)
    message_code = models.CharField(max_length=80, blank=True, default="")
    message_params = models.JSONField(default=dict)
    job_id = models.CharField(max_length=40, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60)
    actor_label = models.CharField(max_length=200)
    person = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-id"], name="importrun_list")]

    def __str__(self) -> str:
        return self.file.name


class ImportPreview(TenantModel):
    """One of the first rows of its kind in a checked file: what it is, and what it would change."""

    run = TenantForeignKey(ImportRun, related_name="previews", db_index=False)
    kind = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    # [field, before, after]
    changes = models.JSONField(default=list)
    # [field, code, params]
    flaws = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "run", "kind", "number", "id"], name="importpreview_rows")]
