from orders.models.acknowledgements import Acknowledgement, AcknowledgementLine, AnswerPolicy
from orders.models.history import Finding, PurchaseOrderChange, PurchaseOrderVersion, WaitingStatus
from orders.models.orders import PurchaseOrder, PurchaseOrderLine

__all__ = [
    "Acknowledgement",
    "AcknowledgementLine",
    "AnswerPolicy",
    "Finding",
    "PurchaseOrder",
    "PurchaseOrderChange",
    "PurchaseOrderLine",
    "PurchaseOrderVersion",
    "WaitingStatus",
]
