"""Status comes after the orders that it speaks of: a line that is new in both must not look unknown."""

from datetime import timedelta

import pytest

from acorn.core import clock
from acorn.core.actor import Actor
from acorn.jobs.models import Job
from acorn.jobs.run import RetryLater
from acorn.tenancy.models import Tenant
from tests.factories.vendors import make_connection
from vendors.models import SyncStep
from vendors.services import start_sync
from vendors.services.sync import begin_step, finish_step
from vendors.types import SyncState

ACTOR = Actor.system("test")


def _steps(resources: list[str] | None = None) -> dict[str, SyncStep]:
    run = start_sync(connection_id=make_connection().pk, actor=ACTOR, now=clock.now(), resources=resources)
    return {step.resource: step for step in run.steps.all()}


@pytest.mark.parametrize("end", [SyncState.SUCCEEDED, SyncState.FAILED])
def test_status_waits_until_the_orders_of_its_run_are_over(tenant: Tenant, end: SyncState) -> None:
    steps = _steps()
    orders, status = steps["purchase-orders"], steps["purchase-order-status"]
    begun_at = clock.now()
    with pytest.raises(RetryLater):
        begin_step(step_id=status.pk, now=begun_at)
    begin_step(step_id=orders.pk, now=begun_at)
    with pytest.raises(RetryLater):
        begin_step(step_id=status.pk, now=begun_at)
    later = begun_at + timedelta(minutes=5)
    Job.objects.filter(name="orders.pull_purchase_order_status").update(due_at=later + timedelta(hours=1))

    finish_step(step_id=orders.pk, state=end, now=later)

    assert Job.objects.get(name="orders.pull_purchase_order_status").due_at < later, "nobody woke the step behind"
    begun = begin_step(step_id=status.pk, now=later)
    assert begun is not None
    assert begun.until == begun_at, "it would read of lines that the orders did not bring yet"


def test_status_alone_waits_for_nobody(tenant: Tenant) -> None:
    now = clock.now()
    steps = _steps(["purchase-order-status"])

    begun = begin_step(step_id=steps["purchase-order-status"].pk, now=now)

    assert begun is not None
    assert begun.until == now
