from django.db import models

from acorn.tenancy.models import TenantModel


class TableReview(TenantModel):
    """Who answers for one of the master tables, and how often they look it through. `table` is a name of `catalog.reviews`.

    Due `period_days` after it was last reviewed, or after it was given an owner. The owner is a member (public id of the
    person), remembered by name: the row outlives the membership.
    """

    table = models.CharField(max_length=40)
    owner_id = models.CharField(max_length=40)
    owner_label = models.CharField(max_length=200)
    owner_role = models.CharField(max_length=12)
    period_days = models.PositiveIntegerField()
    begins_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True, default="")
    due_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "table"], name="tablereview_table")]

    def __str__(self) -> str:
        return self.table
