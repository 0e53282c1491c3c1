"""Absolute counts: what lay in a place at an instant. Later ones win, whatever the order in which they arrive."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.tenancy.choices import chosen
from acorn.tenancy.scope import current_tenant_id
from catalog.models import Item
from catalog.services.stock.shortages import follow_up
from catalog.types import COUNT_SKEW, DEFAULT_BUFFER, ITEM, CountResult, CountRow, Place

_COUNTED = """
unnest(%(items)s::bigint[], %(warehouses)s::bigint[], %(pools)s::text[], %(counted)s::bigint[],
  %(instants)s::timestamptz[], %(reasons)s::text[]) WITH ORDINALITY
AS x(item_id, warehouse_id, pool, counted, as_of, reason, row)"""
_PLACE = "b.tenant_id = %(tenant)s AND (b.item_id, b.warehouse_id, b.pool) = (x.item_id, x.warehouse_id, x.pool)"
_MAKE = f"""
INSERT INTO catalog_stockbalance (tenant_id, item_id, warehouse_id, pool, buffer)
SELECT DISTINCT %(tenant)s, x.item_id, x.warehouse_id, x.pool, %(buffer)s FROM {_COUNTED}
WHERE NOT EXISTS (SELECT FROM catalog_stockbalance b WHERE {_PLACE})
ORDER BY x.item_id, x.warehouse_id, x.pool ON CONFLICT DO NOTHING
"""  # noqa: S608 -- names from code
_LOCK = f"SELECT FROM catalog_stockbalance b JOIN {_COUNTED} ON {_PLACE} ORDER BY b.id FOR NO KEY UPDATE OF b"
# A statement of its own: it sees what was committed while the locks were waited for. No join of what it has found:
# the planner knows nothing of how much that is, and would compare each row with each.
_APPLY = f"""
WITH told AS (
  SELECT x.*, b.id AS balance_id, b.on_hand, b.committed, b.counted_at,
    'count:' || b.id || ':' || (extract(epoch FROM x.as_of) * 1000000)::bigint || ':' || x.counted AS key,
    row_number() OVER (PARTITION BY b.id ORDER BY x.as_of DESC, x.row DESC) AS age
  FROM {_COUNTED} JOIN catalog_stockbalance b ON {_PLACE}
), judged AS (
  SELECT t.*, CASE WHEN t.age = 1 AND (
    t.counted_at IS NULL OR t.as_of > t.counted_at OR (t.as_of = t.counted_at AND NOT EXISTS (
      SELECT FROM catalog_stockentry e WHERE e.tenant_id = %(tenant)s AND e.key = t.key AND e.key <> ''))
  ) THEN t.counted + coalesce((
    SELECT sum(e.on_hand_change) FROM catalog_stockentry e
    WHERE e.tenant_id = %(tenant)s AND e.balance_id = t.balance_id AND e.as_of > t.as_of AND e.kind <> 'COUNT'
  ), 0)::bigint END AS target
  FROM told t
), applied AS (
  SELECT * FROM judged WHERE target IS NOT NULL
), balances AS (
  UPDATE catalog_stockbalance b SET on_hand = a.target, counted_at = a.as_of FROM applied a
  WHERE b.tenant_id = %(tenant)s AND b.id = a.balance_id
), entries AS (
  INSERT INTO catalog_stockentry (tenant_id, balance_id, kind, on_hand_change, committed_change, on_hand_after,
    committed_after, key, as_of, at, reason, source, actor_label)
  SELECT %(tenant)s, a.balance_id, 'COUNT', a.target - a.on_hand, 0, a.target, a.committed, a.key, a.as_of, %(now)s,
    a.reason, %(source)s, %(actor)s
  FROM applied a WHERE a.target <> a.on_hand
)
SELECT balance_id, target IS NOT NULL, on_hand, coalesce(max(target) OVER (PARTITION BY balance_id), on_hand), committed
FROM judged ORDER BY row
"""  # noqa: S608


def record_counts(rows: Sequence[CountRow], *, source: str, actor: Actor, now: datetime) -> list[CountResult]:
    """Set what is on hand: as counted, plus what has moved since. One result a row, in the order given.

    Safe to repeat and to shuffle: a count that is older than the last one of its place, or that was told before,
    changes nothing. Of two counts of the same instant the one told last holds. More may be promised than is left:
    then a work item opens. A handful of statements, however many rows; their balances are locked until the caller's
    transaction ends. Raises Invalid for a count from the future and for less than nothing.
    """
    if not rows:
        return []
    _check(rows, now)
    with transaction.atomic(savepoint=False):
        params = _params(rows) | {
            "tenant": current_tenant_id(), "now": now, "source": source[:60], "actor": actor.label[:200],
            "buffer": chosen(DEFAULT_BUFFER),
        }  # fmt: skip
        with connection.cursor() as cursor:
            for statement in (_MAKE, _LOCK, _APPLY):
                cursor.execute(statement, params)
            found = cursor.fetchall()
        thin = {key for key, _applied, before, after, committed in found if committed > min(before, after)}
        follow_up(thin, actor=actor, now=now)
        results = [CountResult(is_applied, after, committed) for _key, is_applied, _before, after, committed in found]
        _tell(rows, results, source=source, actor=actor)
    return results


def record_count(row: CountRow, *, source: str, actor: Actor, now: datetime) -> CountResult:
    """`record_counts` for one place."""
    return record_counts([row], source=source, actor=actor, now=now)[0]


def lock_places(places: Collection[Place], *, now: datetime) -> None:
    """Lock the balances of many places, made where they do not exist, for the rest of the caller's transaction.

    In the order of their keys and in two statements: for a feed that goes on part by part, and would otherwise hold one
    place and wait for another that somebody else holds.
    """
    if places:
        params = _params([CountRow(place, 0, now) for place in places]) | {
            "tenant": current_tenant_id(), "buffer": chosen(DEFAULT_BUFFER)
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_MAKE, params)
            cursor.execute(_LOCK, params)


def _check(rows: Sequence[CountRow], now: datetime) -> None:
    if any(row.as_of > now + COUNT_SKEW for row in rows):
        raise Invalid(fields={"as_of": [_("A count cannot be from the future. Check the clock of whoever counts.")]})
    if any(row.on_hand < 0 for row in rows):
        raise Invalid(fields={"on_hand": [_("There cannot be less than nothing.")]})


def _params(rows: Sequence[CountRow]) -> dict[str, Any]:
    return {
        "items": [row.place.item_id for row in rows],
        "warehouses": [row.place.warehouse_id for row in rows],
        "pools": [row.place.pool for row in rows],
        "counted": [row.on_hand for row in rows],
        "instants": [row.as_of for row in rows],
        "reasons": [row.reason[:300] for row in rows],
    }


def _tell(rows: Sequence[CountRow], results: Sequence[CountResult], *, source: str, actor: Actor) -> None:
    """One audit event for a feed: the ledger has the rest."""
    item = Item.objects.get(pk=rows[0].place.item_id) if len(rows) == 1 else None
    audit.record(
        "catalog.stock_counted",
        actor=actor,
        subject=Subject(ITEM, item.public_id, item.sku) if item else None,
        params={"rows": len(rows), "applied": sum(result.is_applied for result in results), "source": source},
        reason=rows[0].reason if item else "",
    )
