"""The sentences of stored codes of this app, one module per area."""

from shipments.messages.asns import ASNS
from shipments.messages.labels import LABELS
from shipments.messages.packing import PACKING
from shipments.messages.transport import TRANSPORT

MESSAGES = {**LABELS, **PACKING, **TRANSPORT, **ASNS}
