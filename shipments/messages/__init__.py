"""The sentences of stored codes of this app, one module per area."""

from shipments.messages.packing import PACKING
from shipments.messages.transport import TRANSPORT

MESSAGES = {**PACKING, **TRANSPORT}
