from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from acorn.accounts.rights import Right
from acorn.core import messages, subjects
from acorn.ui import tones
from acorn.ui.tones import Tone
from acorn.work import kinds
from vendors.types import CallError, Environment, Health, Severity, SubmissionState, SyncState


class VendorsConfig(AppConfig):
    name = "vendors"

    def ready(self) -> None:
        from acorn.ui import navigation  # noqa: PLC0415 -- slow import
        from acorn.ui.navigation import Group, NavItem  # noqa: PLC0415 -- slow import
        from vendors import partitions, selectors  # noqa: PLC0415 -- slow import
        from vendors.gateway import register_clock_follower  # noqa: PLC0415 -- slow import
        from vendors.messages import MESSAGES, PROOFS, RULES  # noqa: PLC0415 -- slow import
        from vendors.services.kinds import KIND_LABELS  # noqa: PLC0415 -- slow import
        from vendors.services.resources import RESOURCE_LABELS  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        messages.register_words("vendors.environment", Environment)
        messages.register_words("vendors.resource", RESOURCE_LABELS)
        messages.register_words("vendors.submission_kind", KIND_LABELS)
        messages.register_words("vendors.proof", PROOFS)
        messages.register_words("vendors.rule", RULES)
        messages.register_words("vendors.severity", Severity)
        subjects.register(
            subjects.SubjectKind("vendors.connection", _("Connection"), "vendors:detail"),
            subjects.SubjectKind("vendors.exchange", _("Exchange"), "vendors:exchange"),
            subjects.SubjectKind("vendors.submission", _("Submission"), "vendors:submission"),
            subjects.SubjectKind("vendors.rule", _("Rule")),
            subjects.SubjectKind("vendors.sync_run", _("Sync"), "vendors:run"),
        )
        kinds.register(
            kinds.WorkKind("connection_failing", _("Connections"), _("Repair")),
            kinds.WorkKind("submission_rejected", _("Refused by Amazon")),
            kinds.WorkKind("submission_failed", _("Not sent")),
            kinds.WorkKind("submission_unknown", _("Outcome unknown")),
            kinds.WorkKind("submission_contradiction", _("Contradictions")),
        )
        navigation.register(
            NavItem(
                Group.AMAZON, 10, _("Connections"), "vendors:list", icon="connections", right=Right.SEE_CONNECTIONS,
                badge=selectors.list_failing, key="c",
            ),
            NavItem(
                Group.AMAZON, 20, _("Exchanges"), "vendors:exchanges", icon="exchanges", right=Right.SEE_EXCHANGES,
                key="x",
            ),
            NavItem(
                Group.AMAZON, 15, _("Submissions"), "vendors:submissions", icon="upload", right=Right.SEE_SUBMISSIONS,
                badge=selectors.list_submissions_for_people, key="u",
            ),
            NavItem(
                Group.SETTINGS, 45, _("Rulebook"), "vendors:rules", icon="shield", right=Right.SEE_SUBMISSIONS,
            ),
        )  # fmt: skip
        _register_tones()
        register_clock_follower("vendors.follow_clock")
        post_migrate.connect(partitions.prepare, sender=self)


def _register_tones() -> None:
    tones.register(
        "vendors.health",
        Health,
        {Health.UNKNOWN: Tone.NEUTRAL, Health.OK: Tone.GREEN, Health.DEGRADED: Tone.AMBER, Health.FAILING: Tone.RED},
    )
    tones.register(
        "vendors.environment",
        Environment,
        {Environment.SIMULATOR: Tone.VIOLET, Environment.SANDBOX: Tone.AMBER, Environment.PRODUCTION: Tone.NEUTRAL},
    )
    tones.register(
        "vendors.submission",
        SubmissionState,
        {
            SubmissionState.DRAFT: Tone.NEUTRAL, SubmissionState.HELD: Tone.AMBER, SubmissionState.READY: Tone.BLUE,
            SubmissionState.SENDING: Tone.BLUE, SubmissionState.UNKNOWN: Tone.AMBER, SubmissionState.SENT: Tone.BLUE,
            SubmissionState.PROCESSING: Tone.BLUE, SubmissionState.PRESUMED_ACCEPTED: Tone.VIOLET,
            SubmissionState.VERIFIED: Tone.GREEN, SubmissionState.REJECTED: Tone.RED,
            SubmissionState.FAILED: Tone.RED, SubmissionState.CANCELLED: Tone.NEUTRAL,
            SubmissionState.SUPERSEDED: Tone.NEUTRAL,
        },
    )  # fmt: skip
    tones.register(
        "vendors.severity",
        Severity,
        {Severity.BLOCK: Tone.RED, Severity.CONFIRM: Tone.AMBER, Severity.WARN: Tone.BLUE},
    )
    passing = {CallError.THROTTLED, CallError.UNAVAILABLE, CallError.NETWORK_ERROR, CallError.BAD_ANSWER}
    tones.register(
        "vendors.error", CallError, {error: Tone.AMBER if error in passing else Tone.RED for error in CallError}
    )
    tones.register(
        "vendors.sync",
        SyncState,
        {
            SyncState.QUEUED: Tone.NEUTRAL, SyncState.RUNNING: Tone.BLUE, SyncState.SUCCEEDED: Tone.GREEN,
            SyncState.PARTIAL: Tone.AMBER, SyncState.FAILED: Tone.RED,
        },
    )  # fmt: skip
