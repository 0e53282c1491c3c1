"""The usual reservation in one message: lock, look, take, say so. Whatever is unusual changes nothing and is left to the book."""

from datetime import datetime

from django.db import connection

from acorn.core.actor import Actor, Subject
from acorn.core.ids import new_public_id
from acorn.tenancy.scope import current_tenant_id
from catalog.models import Commitment
from catalog.types import Promise

_PLACE = "tenant_id = %(tenant)s AND item_id = %(item)s AND warehouse_id = %(warehouse)s AND pool = %(pool)s"
# Two statements: the second sees what was committed while the first waited for the lock, the twin of this very promise
# included. In autocommit the message is its own transaction, so that nobody waits for our way to the database and back.
_TAKE = f"""
SELECT FROM catalog_stockbalance WHERE {_PLACE} FOR NO KEY UPDATE;
WITH taken AS (
  UPDATE catalog_stockbalance SET committed = committed + %(quantity)s
  WHERE {_PLACE} AND on_hand - committed - buffer >= %(quantity)s
    AND NOT EXISTS (SELECT FROM catalog_commitment WHERE tenant_id = %(tenant)s AND reference_kind = %(kind)s
      AND key = %(key)s)
  RETURNING id, on_hand, committed
), made AS (
  INSERT INTO catalog_commitment (tenant_id, public_id, balance_id, purpose, reference_kind, reference_id,
    reference_label, key, quantity, state, actor_label, created_at, changed_at)
  SELECT %(tenant)s, %(public_id)s, id, %(purpose)s, %(kind)s, %(reference)s, %(label)s, %(key)s, %(quantity)s, 'HELD',
    %(actor)s, %(now)s, %(now)s FROM taken
  RETURNING id, balance_id
), told AS (
  INSERT INTO catalog_stockentry (tenant_id, balance_id, kind, on_hand_change, committed_change, on_hand_after,
    committed_after, commitment_id, key, as_of, at, reason, source, actor_label)
  SELECT %(tenant)s, taken.id, 'RESERVE', 0, %(quantity)s, on_hand, committed, made.id, '', %(now)s, %(now)s, '', '',
    %(actor)s FROM taken, made
)
SELECT id, balance_id FROM made
"""  # noqa: S608 -- names from code


def take(
    promise: Promise, *, key: str, purpose: str, reference: Subject, actor: Actor, now: datetime
) -> Commitment | None:
    """Hold what is on hand now under a new key; None, and nothing changed, if that is not possible just so."""
    if promise.quantity <= 0:
        return None
    made = Commitment(
        public_id=new_public_id("cm"), purpose=purpose, reference_kind=reference.kind, reference_id=reference.id,
        reference_label=reference.label[:200], key=key, quantity=promise.quantity, actor_label=actor.label[:200],
        created_at=now, changed_at=now,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "tenant": current_tenant_id(), "item": promise.item_id, "warehouse": promise.warehouse_id,
                "pool": promise.pool, "quantity": promise.quantity, "key": key, "public_id": made.public_id,
                "purpose": purpose, "kind": reference.kind, "reference": reference.id, "label": made.reference_label,
                "actor": made.actor_label, "now": now,
            },
        )  # fmt: skip
        cursor.nextset()
        row = cursor.fetchone()
    if row is None:
        return None
    made.pk, made.balance_id = row
    made._state.adding = False
    return made
