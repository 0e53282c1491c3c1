from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from acorn.core import messages


class RestConfig(AppConfig):
    name = "acorn.rest"

    def ready(self) -> None:
        from acorn.rest import schema  # noqa: F401, PLC0415 -- slow import

        messages.register({"task.rest.forget_keys": messages.Message(_("Forget old idempotency keys"))})
