from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
        from acorn.ui.navigation import Group, NavItem, register  # noqa: PLC0415 -- slow import
        from acorn.work.selectors import list_waiting  # noqa: PLC0415 -- slow import

        register(
            NavItem(
                Group.WORK, 10, _("Today"), "dashboard:today", icon="today", right=Right.SEE_TODAY, badge=list_waiting,
                key="t",
            ),
            NavItem(
                Group.WORK, 25, _("Fulfilment"), "dashboard:fulfilment", icon="clock", right=Right.SEE_SHIPMENTS, key="f",
            ),
        )  # fmt: skip
