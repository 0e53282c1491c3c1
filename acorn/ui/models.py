from functools import partial

from django.conf import settings
from django.db import models

from acorn.core.ids import new_public_id
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
