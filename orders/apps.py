from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from acorn.core import messages  # noqa: PLC0415 -- slow import
        from orders.messages import MESSAGES  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
