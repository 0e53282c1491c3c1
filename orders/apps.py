from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from acorn.core import messages  # noqa: PLC0415 -- slow import
        from orders.messages import MESSAGES  # noqa: PLC0415 -- slow import
        from vendors.services import register_resource  # noqa: PLC0415 -- slow import
        from vendors.types import Resource  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        register_resource(Resource("purchase-orders", "orders.pull_purchase_orders", _("Purchase orders")))
        register_resource(
            Resource("purchase-order-status", "orders.pull_purchase_order_status", _("Purchase order status"))
        )
