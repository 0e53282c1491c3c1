"""Amazon's published request quotas. Data: the figures of the official models, per second and burst."""

from dataclasses import dataclass

from vendors.spapi.endpoints import Environment


@dataclass(frozen=True, slots=True)
class Plan:
    """A usage plan: `rate` requests per second in the long run, `burst` at once after a pause."""

    rate: float
    burst: int


# usage plan lines in the operations' descriptions, official models of 2026-08
PUBLISHED: dict[str, Plan] = {
    "getPurchaseOrders": Plan(10, 10),
    "getPurchaseOrder": Plan(10, 10),
    "getPurchaseOrdersStatus": Plan(10, 10),
    "submitAcknowledgement": Plan(10, 10),
    "getTransaction": Plan(10, 20),
    "SubmitShipmentConfirmations": Plan(10, 10),
    "SubmitShipments": Plan(10, 10),
    "GetShipmentDetails": Plan(10, 10),
    "GetShipmentLabels": Plan(10, 10),
}
# the static sandbox has one plan for every operation
SANDBOX = Plan(5, 15)


def published_plan(environment: Environment, operation: str) -> Plan:
    """The plan Amazon publishes for this operation; KeyError for an operation without a row."""
    plan = PUBLISHED[operation]
    return SANDBOX if environment is Environment.SANDBOX else plan
