from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from acorn.core import messages, subjects


class VendorsConfig(AppConfig):
    name = "vendors"

    def ready(self) -> None:
        from vendors import partitions  # noqa: PLC0415 -- slow import
        from vendors.messages import MESSAGES  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        subjects.register(
            subjects.SubjectKind("vendors.connection", _("Connection"), "vendors:detail"),
            subjects.SubjectKind("vendors.exchange", _("Exchange"), "vendors:exchange"),
            subjects.SubjectKind("vendors.sync_run", _("Sync"), "vendors:run"),
        )
        post_migrate.connect(partitions.prepare, sender=self)
