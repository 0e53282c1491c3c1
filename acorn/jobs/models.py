from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.jobs.types import JobState, Queue
from acorn.tenancy.models import Tenant


class Job(models.Model):
    """Work to be done, and what became of it. The row is the truth; a broker message only says "look now".

    A platform table without row-level security: workers and the sweep read it before they know a tenant. It holds
    ids, never business data or secrets. `tenant` is empty for platform work.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "job"), editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=20, choices=Queue.choices)
    args = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    due_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    repeat_seconds = models.PositiveIntegerField(null=True, blank=True)
    message_code = models.CharField(max_length=80, blank=True, default="")
    message_params = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # one waiting, and at most one running: a request that comes while one runs is run after it
            models.UniqueConstraint(
                fields=["tenant", "name", "dedupe_key"], name="job_one_waiting", nulls_distinct=False,
                condition=models.Q(state="QUEUED") & ~models.Q(dedupe_key=""),
            ),
            models.UniqueConstraint(
                fields=["tenant", "name", "dedupe_key"], name="job_one_running", nulls_distinct=False,
                condition=models.Q(state="RUNNING") & ~models.Q(dedupe_key=""),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant", "due_at"], name="job_waiting", condition=models.Q(state="QUEUED")),
            models.Index(fields=["lease_until"], name="job_leased", condition=models.Q(state="RUNNING")),
            models.Index(fields=["tenant", "-id"], name="job_list"),
            models.Index(fields=["finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.public_id}"
