"""What is on its way: announced, moved to another day, arrived, or never coming.

Goods count for the days after the one they are expected on, and go on counting for the company's days of grace. Then
they are overdue: nobody can be promised any of them, and a person is asked to receive them, move the day or cancel.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from acorn.accounts.types import Role
from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.jobs.queue import ensure_repeating
from acorn.tenancy.bulk import insert_many, update_many
from acorn.tenancy.choices import chosen
from acorn.tenancy.days import local_day, local_zone
from acorn.work.services import Opening, close_items, open_items
from catalog.errors import InboundEnded, InboundNotFound
from catalog.models import Inbound, Item, Warehouse
from catalog.services.stock.book import Book
from catalog.services.stock.shortages import follow_up
from catalog.types import (
    COMING,
    COUNT_SKEW,
    INBOUND,
    INBOUND_GRACE,
    INBOUND_OVERDUE,
    ITEM,
    EntryKind,
    InboundState,
    Place,
)

CHECK_SECONDS = 3_600
_BATCH = 500


class Announcement(NamedTuple):
    """So many are expected on a day, under a reference of whoever sends or awaits them."""

    item: Item
    warehouse: Warehouse
    pool: str
    quantity: int
    expected_on: date
    reference: str

    @property
    def key(self) -> tuple[int, int, str]:
        return self.item.pk, self.warehouse.pk, self.reference


def expect_inbound(
    *, item: Item, warehouse: Warehouse, pool: str, quantity: int, expected_on: date, reference: str,
    actor: Actor, now: datetime,
) -> Inbound:  # fmt: skip
    """`expect_many` for one."""
    row = Announcement(item, warehouse, pool, quantity, expected_on, reference)
    return expect_many([row], actor=actor, now=now)[0]


def expect_many(rows: Sequence[Announcement], *, actor: Actor, now: datetime, import_run: str = "") -> list[Inbound]:
    """Announce goods, or say anew how many come and when: one arrival an item, warehouse and reference.

    The arrivals, in the order given; of two rows about one the later holds. The pool is that of the first
    announcement. Safe to repeat; once goods have arrived or were cancelled, a late repetition changes nothing. A later
    day may leave what was promised uncovered: then a work item opens. A day that has passed longer ago than the days
    of grace makes them overdue at once. Constant statements for any number of rows, each change told in the trail.
    """
    if not rows:
        return []
    with transaction.atomic():
        wanted = {row.key: row for row in rows}
        known = _find(wanted.values())
        places = {
            Place(row.item.pk, row.warehouse.pk, known[key].pool if key in known else row.pool)
            for key, row in wanted.items()
        }
        book = Book.open(actor=actor, now=now, places=places)
        first = _first_counted_day(now)
        new = [_new(row, first, now) for key, row in wanted.items() if key not in known]
        insert_many(new, ignore_conflicts=True)
        made = {inbound.public_id for inbound in new}
        found = _find(wanted.values())
        told, changed = [], []
        for key, row in wanted.items():
            inbound = found[key]
            inbound.item, inbound.warehouse = row.item, row.warehouse
            said = (row.quantity, row.expected_on)
            if inbound.public_id in made:
                told.append(inbound)
            elif inbound.state in COMING and said != (inbound.quantity, inbound.expected_on):
                inbound.quantity, inbound.expected_on = said
                inbound.state, inbound.changed_at = _state(inbound.expected_on, first), now
                told.append(inbound)
                changed.append(inbound)
        update_many(changed, ["quantity", "expected_on", "state", "changed_at"])
        _tell("catalog.inbound_expected", told, actor, import_run=import_run)
        _ask(told, actor, now)
        follow_up(book.promised, actor=actor, now=now)
        ensure_repeating("catalog.check_inbound", every_seconds=CHECK_SECONDS, dedupe_key="inbound")
    return [found[row.key] for row in rows]


def check_inbound(*, actor: Actor, now: datetime) -> int:
    """Let what did not come within the days of grace count no more, and ask about it; how many changed. Safe to repeat.

    More days of grace, chosen since, bring it back.
    """
    first = _first_counted_day(now)
    wrong = Inbound.objects.filter(
        Q(state=InboundState.EXPECTED, expected_on__lt=first) | Q(state=InboundState.OVERDUE, expected_on__gte=first)
    )
    count = 0
    while ids := list(wrong.order_by("id").values_list("id", flat=True)[:_BATCH]):
        with transaction.atomic():
            places = {
                Place(*place)
                for place in Inbound.objects.filter(pk__in=ids).values_list("item_id", "warehouse_id", "pool")
            }
            book = Book.open(actor=actor, now=now, places=places)
            rows = list(
                wrong.filter(pk__in=ids)
                .select_related("item", "warehouse")
                .select_for_update(of=("self",))
                .order_by("id")
            )
            for inbound in rows:
                inbound.state, inbound.changed_at = _state(inbound.expected_on, first), now
            update_many(rows, ["state", "changed_at"])
            _tell("catalog.inbound_overdue", [row for row in rows if row.state == InboundState.OVERDUE], actor)
            _ask(rows, actor, now)
            follow_up(book.promised, actor=actor, now=now)
        count += len(rows)
    return count


def receive_inbound(
    public_id: str, *, quantity: int | None = None, arrived_at: datetime | None = None, actor: Actor, now: datetime
) -> Inbound:
    """Goods have arrived, all that were announced or another quantity: on hand grows by them.

    Safe to repeat: they arrive once. Goods that arrived before the last count of their place were counted with it.
    Raises InboundNotFound, InboundEnded for what was cancelled, or Invalid for an arrival in the future.
    """
    if arrived_at is not None and arrived_at > now + COUNT_SKEW:
        raise Invalid(fields={"arrived_at": [_("Goods cannot have arrived in the future.")]})
    with transaction.atomic():
        inbound, book = _lock(public_id, actor, now)
        if inbound.state == InboundState.ARRIVED:
            return inbound
        if inbound.state == InboundState.CANCELLED:
            raise InboundEnded(reference=inbound.reference)
        inbound.state = InboundState.ARRIVED
        inbound.arrived_quantity = inbound.quantity if quantity is None else quantity
        inbound.arrived_at = arrived_at or now
        inbound.changed_at = now
        inbound.save(update_fields=["state", "arrived_quantity", "arrived_at", "changed_at"])
        (balance,) = book.by_id.values()
        book.move(
            balance, EntryKind.RECEIPT, on_hand=inbound.arrived_quantity, key=f"inbound:{inbound.public_id}",
            as_of=inbound.arrived_at, reason=inbound.reference,
        )  # fmt: skip
        _tell("catalog.inbound_arrived", [inbound], actor)
        _ask([inbound], actor, now)
        book.write()
    return inbound


def cancel_inbound(public_id: str, *, reason: str = "", actor: Actor, now: datetime) -> Inbound:
    """It never comes. Safe to repeat. Raises InboundNotFound, or InboundEnded for what has arrived."""
    with transaction.atomic():
        inbound, book = _lock(public_id, actor, now)
        if inbound.state == InboundState.CANCELLED:
            return inbound
        if inbound.state == InboundState.ARRIVED:
            raise InboundEnded(reference=inbound.reference)
        inbound.state, inbound.changed_at = InboundState.CANCELLED, now
        inbound.save(update_fields=["state", "changed_at"])
        _tell("catalog.inbound_cancelled", [inbound], actor, reason=reason)
        _ask([inbound], actor, now)
        follow_up(book.promised, actor=actor, now=now)
    return inbound


def _lock(public_id: str, actor: Actor, now: datetime) -> tuple[Inbound, Book]:
    """The balance first: whoever changes what comes to a place does so one after the other."""
    known = Inbound.objects.filter(public_id=public_id).first()
    if known is None:
        raise InboundNotFound
    book = Book.open(actor=actor, now=now, places=[Place(known.item_id, known.warehouse_id, known.pool)])
    return Inbound.objects.select_related("item", "warehouse").select_for_update(of=("self",)).get(pk=known.pk), book


def _find(rows: Collection[Announcement]) -> dict[tuple[int, int, str], Inbound]:
    found = Inbound.objects.filter(
        item_id__in={row.item.pk for row in rows}, warehouse_id__in={row.warehouse.pk for row in rows},
        reference__in={row.reference for row in rows},
    )  # fmt: skip
    return {(row.item_id, row.warehouse_id, row.reference): row for row in found}


def _new(row: Announcement, first_counted: date, now: datetime) -> Inbound:
    return Inbound(
        item=row.item, warehouse=row.warehouse, pool=row.pool, quantity=row.quantity, expected_on=row.expected_on,
        reference=row.reference, state=_state(row.expected_on, first_counted), changed_at=now,
    )  # fmt: skip


def _first_counted_day(now: datetime) -> date:
    """What was expected before this day, and has not come, is overdue."""
    return local_day(now) - timedelta(days=chosen(INBOUND_GRACE))


def _state(expected_on: date, first_counted: date) -> InboundState:
    return InboundState.OVERDUE if expected_on < first_counted else InboundState.EXPECTED


def _ask(rows: Iterable[Inbound], actor: Actor, now: datetime) -> None:
    """On Today while it is overdue, and not a moment longer."""
    zone, grace = local_zone(), timedelta(days=chosen(INBOUND_GRACE) + 1)
    openings, settled = [], []
    for row in rows:
        if row.state != InboundState.OVERDUE:
            settled.append(row.public_id)
            continue
        params = {
            "sku": row.item.sku, "warehouse": row.warehouse.code, "quantity": row.quantity, "reference": row.reference,
            "day": row.expected_on.isoformat(),
        }  # fmt: skip
        subject = Subject(INBOUND, row.public_id, row.reference)
        openings.append(Opening(subject, params, deadline_at=datetime.combine(row.expected_on + grace, time.min, zone)))
    open_items(INBOUND_OVERDUE, openings, now=now, role=Role.OPERATIONS)
    if settled:
        close_items(INBOUND_OVERDUE, dedupe_keys=settled, actor=actor, now=now)


def _tell(code: str, rows: Iterable[Inbound], actor: Actor, *, reason: str = "", import_run: str = "") -> None:
    entries = []
    for row in rows:
        params = {
            "sku": row.item.sku, "warehouse": row.warehouse.code, "reference": row.reference,
            "quantity": row.quantity if row.arrived_quantity is None else row.arrived_quantity,
            "day": row.expected_on.isoformat(),
        }  # fmt: skip
        if import_run:
            params["import"] = import_run
        entries.append(audit.Entry(Subject(ITEM, row.item.public_id, row.item.sku), params))
    audit.record_many(code, entries, actor=actor, reason=reason)
