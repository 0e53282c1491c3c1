"""The sentences of stored codes of the catalogue."""

from acorn.core.messages import Message

_ITEMS: dict[str, Message] = {}

_TERMS: dict[str, Message] = {}

_STOCK: dict[str, Message] = {}

MESSAGES = _ITEMS | _TERMS | _STOCK
