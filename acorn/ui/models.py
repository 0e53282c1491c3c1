from functools import partial

from django.conf import settings
from django.db import models

from acorn.core.ids import new_public_id
from acorn.files.models import File
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel


class SavedView(TenantModel):
    """A person's own tab of a list in one company: filters under a name. `query` is written as in the URL."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "sv"), editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2_000)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "list_name", "name"], name="savedview_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Export(TenantModel):
    """A download that a Job makes: what was asked, by whom, and the file once it is there. Gone after a week."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ex"), editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    method = models.CharField(max_length=4)
    path = models.CharField(max_length=300)
    query = models.TextField(blank=True)
    body = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=60)
    filename = models.CharField(max_length=200)
    # who may fetch the file
    right = models.CharField(max_length=40)
    job_id = models.CharField(max_length=40, blank=True, default="")
    file = TenantForeignKey(File, related_name="+", null=True, blank=True, db_index=False)
    message_code = models.CharField(max_length=80, blank=True, default="")
    message_params = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "user", "-id"], name="export_list")]

    def __str__(self) -> str:
        return self.filename
