from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "acorn.ui"

    def ready(self) -> None:
        from acorn.core import messages  # noqa: PLC0415 -- slow import

        messages.register(
            {
                "task.ui.export": messages.Message(_("Write a large export")),
                "task.ui.forget_export": messages.Message(_("Delete an old export")),
                "ui.export_refused": messages.Message(
                    _("This list is no longer there, or you may no longer export it."),
                    _("Ask an owner or admin of your company, or export another list."),
                ),
            }
        )
