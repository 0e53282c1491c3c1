from datetime import datetime
from decimal import Decimal
from typing import Any

from acorn.core.actor import Actor, Subject
from acorn.core.money import Money
from acorn.work.models import WorkItem, WorkState


def open_item(
    kind: str,
    *,
    subject: Subject,
    now: datetime,
    dedupe_key: str = "",
    params: dict[str, Any] | None = None,
    deadline_at: datetime | None = None,
    amount: Money | None = None,
    tenant_amount: Decimal | None = None,
    role: str = "",
) -> None:
    """Say that a person is needed; called again it brings the open item up to date. Safe to repeat.

    The item's text is the registered message `work.<kind>`; one item is open per kind and key (default: the subject).
    """
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                kind=kind, dedupe_key=dedupe_key or subject.id, code=f"work.{kind}", params=params or {},
                subject_kind=subject.kind, subject_id=subject.id, subject_label=subject.label,
                deadline_at=deadline_at, amount=amount.amount if amount else None,
                currency=amount.currency if amount else "", tenant_amount=tenant_amount, role=role, opened_at=now,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    WorkItem.objects.filter(kind=kind, dedupe_key=dedupe_key or subject.id, closed_at=None).update(
        params=params or {},
        deadline_at=deadline_at,
        amount=amount.amount if amount else None,
        currency=amount.currency if amount else "",
        tenant_amount=tenant_amount,
    )


def close_item(kind: str, *, dedupe_key: str, actor: Actor, now: datetime) -> bool:
    """Nobody is needed any more; False if nothing was open. Safe to repeat."""
    return bool(
        WorkItem.objects.filter(kind=kind, dedupe_key=dedupe_key, closed_at=None).update(
            state=WorkState.DONE, closed_at=now, closed_by=actor.label[:200]
        )
    )
