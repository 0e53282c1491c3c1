from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from acorn.core import messages


class AlertsConfig(AppConfig):
    name = "acorn.alerts"

    def ready(self) -> None:
        messages.register(
            {
                "alerts.acknowledged": messages.Message(_("The alert was acknowledged: {text}")),
                "task.alerts.send_mail": messages.Message(_("Send an alert by e-mail")),
            }
        )
