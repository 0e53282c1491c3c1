import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from acorn.core.actor import Actor, Subject
from acorn.core.ids import new_public_id
from acorn.core.money import Money
from acorn.tenancy.scope import current_tenant_id
from acorn.work.models import WorkItem, WorkState


class Opening(NamedTuple):
    """One thing that needs a person, among many of a kind. The key is by default the subject's id."""

    subject: Subject
    params: dict[str, Any]
    deadline_at: datetime | None = None
    amount: Money | None = None
    tenant_amount: Decimal | None = None
    dedupe_key: str = ""


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
    open_items(
        kind, [Opening(subject, params or {}, deadline_at, amount, tenant_amount, dedupe_key)], now=now, role=role
    )


_OPEN = """
INSERT INTO work_workitem (tenant_id, public_id, kind, dedupe_key, state, code, params, subject_kind, subject_id,
  subject_label, deadline_at, amount, currency, tenant_amount, role, opened_at, closed_by)
SELECT t.id, x.public_id, %(kind)s, x.dedupe_key, 'OPEN', %(code)s, x.params, x.subject_kind, x.subject_id,
  x.subject_label, x.deadline_at, x.amount, x.currency,
  coalesce(x.tenant_amount, CASE WHEN x.currency = t.currency THEN x.amount END), %(role)s, %(now)s, ''
FROM json_to_recordset(%(items)s) AS x(public_id text, dedupe_key text, params jsonb, subject_kind text,
  subject_id text, subject_label text, deadline_at timestamptz, amount numeric, currency text, tenant_amount numeric)
JOIN tenancy_tenant t ON t.id = %(tenant)s
ON CONFLICT (tenant_id, kind, dedupe_key) WHERE closed_at IS NULL DO UPDATE SET params = excluded.params,
  deadline_at = excluded.deadline_at, amount = excluded.amount, currency = excluded.currency,
  tenant_amount = excluded.tenant_amount
"""


def open_items(kind: str, openings: Sequence[Opening], *, now: datetime, role: str = "") -> None:
    """`open_item` for many subjects in one statement. An amount in the company's own currency needs no rate."""
    if not openings:
        return
    rows = [
        {
            "public_id": new_public_id("wi"),
            "dedupe_key": opening.dedupe_key or opening.subject.id,
            "params": opening.params,
            "subject_kind": opening.subject.kind,
            "subject_id": opening.subject.id,
            "subject_label": opening.subject.label[:200],
            "deadline_at": opening.deadline_at,
            "amount": opening.amount.amount if opening.amount else None,
            "currency": opening.amount.currency if opening.amount else "",
            "tenant_amount": opening.tenant_amount,
        }
        for opening in openings
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "kind": kind, "code": f"work.{kind}", "role": role, "now": now, "tenant": current_tenant_id(),
                "items": json.dumps(rows, default=str),
            },
        )  # fmt: skip


def move_deadlines(kind: str, deadlines: Mapping[str, datetime | None]) -> int:
    """Give open items, by dedupe key, another deadline; how many differed. Keys without an open item are left out."""
    items = WorkItem.objects.filter(kind=kind, dedupe_key__in=deadlines, closed_at=None)
    differing = [item for item in items if item.deadline_at != deadlines[item.dedupe_key]]
    for item in differing:
        item.deadline_at = deadlines[item.dedupe_key]
    WorkItem.objects.bulk_update(differing, ["deadline_at"])
    return len(differing)


def close_item(kind: str, *, dedupe_key: str, actor: Actor, now: datetime) -> bool:
    """Nobody is needed any more; False if nothing was open. Safe to repeat."""
    return bool(
        WorkItem.objects.filter(kind=kind, dedupe_key=dedupe_key, closed_at=None).update(
            state=WorkState.DONE, closed_at=now, closed_by=actor.label[:200]
        )
    )


def close_items(kind: str, *, dedupe_keys: Collection[str], actor: Actor, now: datetime) -> int:
    """`close_item` for many subjects in one statement; how many were open. Safe to repeat."""
    return WorkItem.objects.filter(kind=kind, dedupe_key__in=dedupe_keys, closed_at=None).update(
        state=WorkState.DONE, closed_at=now, closed_by=actor.label[:200]
    )
