from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from acorn.core import messages

# under which names ACORN itself acts
_ACTORS = {
    "sync": _("Sync"),
    "schedule": _("Schedule"),
    "orders.pull": _("Sync"),
    "orders.pull_status": _("Sync"),
    "sign-in": _("Sign-in"),
    "load_demo": _("Demo"),
    **dict.fromkeys(("create_tenant", "archive_tenant", "create_api_token", "rotate_keys"), _("Command line")),
}


class AuditConfig(AppConfig):
    name = "acorn.audit"

    def ready(self) -> None:
        messages.register_words("audit.actor", _ACTORS)
