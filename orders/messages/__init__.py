"""The sentences of stored codes of this app, one module per noun."""

from orders.messages.answers import ANSWERS
from orders.messages.orders import ORDERS
from orders.messages.policies import POLICIES
from orders.messages.sheet import SHEET

MESSAGES = {**ORDERS, **ANSWERS, **POLICIES, **SHEET}
