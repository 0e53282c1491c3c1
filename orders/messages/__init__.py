"""The sentences of stored codes of this app, one module per noun."""

from orders.messages.orders import ORDERS

MESSAGES = {**ORDERS}
