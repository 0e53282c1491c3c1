from functools import partial

from django.db import models

from acorn.core.ids import new_public_id
from acorn.tenancy.fields import TenantForeignKey
from acorn.tenancy.models import TenantModel
from vendors.models.accounts import Connection, VendorGroup
from vendors.types import Environment, SubmissionState


class Submission(TenantModel):
    """One document on its way to Amazon: the row is written in the transaction that decides to send it.

    `payload` is the body that leaves, byte by byte; it never changes. `state` is changed by `vendors.services.moves` only,
    each time with a SubmissionEvent. `environment` and `group` are the connection's at that moment; the document leaves
    through no connection of another one.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "sb"), editable=False)
    connection = TenantForeignKey(Connection, related_name="+", db_index=False)
    group = TenantForeignKey(VendorGroup, related_name="+", db_index=False)
    environment = models.CharField(max_length=10, choices=Environment.choices)
    # a registered SubmissionKind
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=200)
    payload = models.TextField()
    payload_hash = models.CharField(max_length=64)
    # our own: the same key makes no second submission
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=SubmissionState.choices, default=SubmissionState.READY)
    state_at = models.DateTimeField()
    # what became of it: a registered message
    code = models.CharField(max_length=80, blank=True, default="")
    params = models.JSONField(default=dict)
    # Amazon's own words: [{"code", "message", "details"}]
    errors = models.JSONField(default=list)
    # what the checks before sending found: RuleFinding.stored()
    findings = models.JSONField(default=list)
    attempts = models.PositiveIntegerField(default=0)
    # how often the same body left again after an unknown outcome
    resends = models.PositiveSmallIntegerField(default=0)
    # who sends it now, or did when the outcome became unknown; a lease that is over means that nobody knows the outcome
    lease_token = models.CharField(max_length=32, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    # when the outbox looks at it again; none where only Amazon, a person or nobody can move it
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    # Amazon's status of the transaction: when it is asked for next, and what the last question brought
    next_poll_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    poll_code = models.CharField(max_length=80, blank=True, default="")
    poll_exchange_id = models.CharField(max_length=40, blank=True, default="")
    transaction_id = models.CharField(max_length=200, blank=True, default="")
    # Amazon has it from this moment on, as far as we know
    sent_at = models.DateTimeField(null=True, blank=True)
    # since when nobody knows whether Amazon has it, and until when its records are read before the next step
    unknown_at = models.DateTimeField(null=True, blank=True)
    reading_ends_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=80, blank=True, default="")
    # Amazon's later word says otherwise: a registered message and both sides
    contradiction_code = models.CharField(max_length=80, blank=True, default="")
    contradiction = models.JSONField(default=dict)
    superseded_by = TenantForeignKey("self", related_name="+", null=True, blank=True, db_index=False)
    # made by replaying another one against the simulator
    replay_of = TenantForeignKey("self", related_name="+", null=True, blank=True, db_index=False)
    actor_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="submission_key"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "subject_id"], name="submission_one_in_flight",
                condition=models.Q(state__in=["SENDING", "UNKNOWN"]),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["tenant", "created_at", "id"], name="submission_created"),
            models.Index(fields=["tenant", "state", "created_at", "id"], name="submission_state"),
            models.Index(fields=["tenant", "subject_id", "kind", "-id"], name="submission_subject"),
            models.Index(fields=["tenant", "subject_label"], name="submission_label"),
            models.Index(fields=["tenant", "connection", "created_at", "id"], name="submission_connection"),
            models.Index(
                fields=["tenant", "transaction_id"], name="submission_transaction",
                condition=~models.Q(transaction_id=""),
            ),
            models.Index(
                fields=["tenant", "connection", "next_attempt_at"], name="submission_due",
                condition=models.Q(next_attempt_at__isnull=False),
            ),
            models.Index(
                fields=["tenant", "connection", "next_poll_at"], name="submission_poll",
                condition=models.Q(next_poll_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label} {self.state}"


class SubmissionEvent(TenantModel):
    """One step of a submission: what happened, by whom, through which call. Never changed."""

    append_only = True

    submission = TenantForeignKey(Submission, related_name="events", db_index=False)
    at = models.DateTimeField()
    before = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(max_length=20, choices=SubmissionState.choices)
    code = models.CharField(max_length=80, blank=True, default="")
    params = models.JSONField(default=dict)
    # public id of the exchange, a plain value: exchanges are dropped by month
    exchange_id = models.CharField(max_length=40, blank=True, default="")
    actor_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "submission", "id"], name="submissionevent_list")]

    def __str__(self) -> str:
        return f"{self.before} -> {self.state}"
