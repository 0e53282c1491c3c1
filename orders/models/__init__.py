from orders.models.acknowledgements import Acknowledgement, AcknowledgementLine, AnswerPolicy
from orders.models.batches import AnswerBatch, AnswerBatchOrder
from orders.models.history import Finding, PurchaseOrderChange, PurchaseOrderVersion, WaitingStatus
from orders.models.orders import PurchaseOrder, PurchaseOrderLine
from orders.models.policies import PolicyDecision, PolicyTrial, PolicyTrialRow
from orders.models.questions import CostDifference, UnmappedProduct

__all__ = [
    "Acknowledgement",
    "AcknowledgementLine",
    "AnswerBatch",
    "AnswerBatchOrder",
    "AnswerPolicy",
    "CostDifference",
    "Finding",
    "PolicyDecision",
    "PolicyTrial",
    "PolicyTrialRow",
    "PurchaseOrder",
    "PurchaseOrderChange",
    "PurchaseOrderLine",
    "PurchaseOrderVersion",
    "UnmappedProduct",
    "WaitingStatus",
]
