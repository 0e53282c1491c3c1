from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "acorn.console"

    def ready(self) -> None:
        from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
        from acorn.alerts.models import Severity  # noqa: PLC0415 -- slow import
        from acorn.alerts.selectors import list_unseen  # noqa: PLC0415 -- slow import
        from acorn.jobs.types import JobState  # noqa: PLC0415 -- slow import
        from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
        from acorn.ui.navigation import Group, NavItem  # noqa: PLC0415 -- slow import
        from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import

        tones.register(
            "jobs.state",
            JobState,
            {
                JobState.QUEUED: Tone.NEUTRAL,
                JobState.RUNNING: Tone.BLUE,
                JobState.SUCCEEDED: Tone.GREEN,
                JobState.FAILED: Tone.RED,
                JobState.CANCELLED: Tone.NEUTRAL,
            },
        )
        tones.register(
            "alerts.severity",
            Severity,
            {Severity.INFO: Tone.BLUE, Severity.WARNING: Tone.AMBER, Severity.CRITICAL: Tone.RED},
        )
        navigation.register(
            NavItem(
                Group.AMAZON, 30, _("Alerts"), "console:alerts", icon="alerts",
                right=Right.SEE_ALERTS, badge=list_unseen, key="a",
            ),
            NavItem(Group.SETTINGS, 10, _("Company"), "console:settings", icon="company", right=Right.MANAGE_SETTINGS),
            NavItem(Group.SETTINGS, 20, _("Team"), "console:team", icon="team", right=Right.SEE_TEAM),
            NavItem(Group.SETTINGS, 30, _("API tokens"), "console:tokens", icon="tokens", right=Right.MANAGE_TOKENS),
            NavItem(Group.SETTINGS, 40, _("Audit trail"), "console:audit", icon="audit", right=Right.SEE_AUDIT),
            NavItem(Group.SETTINGS, 50, _("Background jobs"), "console:jobs", icon="jobs", right=Right.SEE_JOBS),
            NavItem(Group.SETTINGS, 60, _("Sent mail"), "console:mail", icon="mail", right=Right.SEE_MAIL),
        )  # fmt: skip
