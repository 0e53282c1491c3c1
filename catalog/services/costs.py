from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import list_currencies
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.errors import Invalid
from acorn.core.flaws import Flaw, Flawed
from acorn.files.models import File
from catalog.errors import CostDecided, CostExists, CostNotFound, ItemUnknown
from catalog.models import AgreedCost, Item
from catalog.services.addresses import find_too_long, one_line
from catalog.services.review import ask_orders
from catalog.types import AGREED_COST, CostStatus

_LARGEST = Decimal(10) ** 13
_EXACT = Decimal("0.000001")
_FIELDS = ("vendor_code", "currency", "cost", "valid_from", "valid_until", "deal_code", "note", "document")
_LONGEST = {"deal_code": 60, "note": 2000}
# what an active cost may still get: its amount is history, a new one is a new row
LATER = frozenset({"valid_until", "note", "document"})


@transaction.atomic
def create_cost(
    *, sku: str, vendor_code: str, currency: str, cost: Decimal, valid_from: date, valid_until: date | None = None,
    status: str = CostStatus.REQUESTED, deal_code: str = "", note: str = "", document: File | None = None,
    ends_previous: bool = False, actor: Actor, now: datetime,
) -> AgreedCost:  # fmt: skip
    """A cost that was agreed (ACTIVE) or that the company asks for (REQUESTED).

    With `ends_previous` an active one's predecessor ends on the day before it begins. Raises ItemUnknown, Invalid, and
    CostExists when the item has one from the same day (so that repeating makes no second).
    """
    item = Item.objects.filter(sku=sku.strip()).first()
    if item is None:
        raise ItemUnknown(fields={"sku": [_("No item has this SKU.")]}, sku=sku)
    if status not in (CostStatus.REQUESTED, CostStatus.ACTIVE):
        raise Invalid(fields={"status": [_("A new cost is requested or active.")]})
    values = check_cost(
        {
            "vendor_code": vendor_code, "currency": currency, "cost": cost, "valid_from": valid_from,
            "valid_until": valid_until, "deal_code": deal_code, "note": note,
        }
    )  # fmt: skip
    row = AgreedCost(
        item=item, **values, status=status, document=document, author_label=actor.label[:200], created_at=now,
        decided_at=now if status == CostStatus.ACTIVE else None,
    )  # fmt: skip
    _save(row, force_insert=True)
    _record("catalog.cost_created", row, actor, status=status, **told(row))
    if status == CostStatus.ACTIVE:
        if ends_previous:
            _end_previous(row, actor)
        ask_orders()
    return row


@transaction.atomic
def change_cost(*, public_id: str, changes: Mapping[str, Any], actor: Actor, now: datetime) -> AgreedCost:
    """Change a requested cost; of an active one only its last day, note and document. Safe to repeat.

    Raises CostNotFound, Invalid, and CostDecided for what can't be changed any more.
    """
    row = _lock(public_id)
    before = {name: getattr(row, name) for name in _FIELDS}
    wanted = before | dict(changes)
    after = check_cost(wanted) | {"document": wanted["document"]}
    changed = sorted(name for name in _FIELDS if after[name] != before[name])
    if not changed:
        return row
    if row.status == CostStatus.REFUSED or (row.status == CostStatus.ACTIVE and not LATER.issuperset(changed)):
        raise CostDecided(cost=_label(row))
    for name in changed:
        setattr(row, name, after[name])
    _save(row, update_fields=changed)
    _record(
        "catalog.cost_changed",
        row,
        actor,
        fields=", ".join(changed),
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(after[name]) for name in changed},
    )
    if row.status == CostStatus.ACTIVE:
        ask_orders()
    return row


@transaction.atomic
def decide_cost(
    *, public_id: str, status: str, reason: str = "", ends_previous: bool = False, actor: Actor, now: datetime
) -> AgreedCost:
    """What became of a requested cost: ACTIVE counts from its first day, REFUSED never does. Safe to repeat.

    Raises CostNotFound, Invalid for another status, and CostDecided when it was decided otherwise before.
    """
    row = _lock(public_id)
    if status not in (CostStatus.ACTIVE, CostStatus.REFUSED):
        raise Invalid(fields={"status": [_("Decide active or refused.")]})
    if row.status == status:
        return row
    if row.status != CostStatus.REQUESTED:
        raise CostDecided(cost=_label(row))
    row.status, row.decided_at = status, now
    row.save(update_fields=["status", "decided_at"])
    code = "catalog.cost_activated" if status == CostStatus.ACTIVE else "catalog.cost_refused"
    audit.record(code, actor=actor, subject=subject_of(row), params=told(row), reason=reason)
    if status == CostStatus.ACTIVE:
        if ends_previous:
            _end_previous(row, actor)
        ask_orders()
    return row


@transaction.atomic
def decide_costs(*, public_ids: Collection[str], status: str, actor: Actor, now: datetime) -> int:
    """`decide_cost` for those of a selection that still wait, each one's predecessor ending; how many. Safe to repeat."""
    waiting = AgreedCost.objects.filter(public_id__in=public_ids, status=CostStatus.REQUESTED).order_by("pk")
    for public_id in (found := list(waiting.values_list("public_id", flat=True))):
        decide_cost(public_id=public_id, status=status, ends_previous=True, actor=actor, now=now)
    return len(found)


def check_cost(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a cost as they are stored. Raises Flawed with everything that is wrong with them."""
    clean: dict[str, Any] = {
        "vendor_code": str(values["vendor_code"] or "").strip().upper(),
        "currency": str(values["currency"] or "").strip().upper(),
        "cost": values["cost"],
        "valid_from": values["valid_from"],
        "valid_until": values.get("valid_until"),
        "deal_code": one_line(values.get("deal_code")),
        "note": str(values.get("note") or "").strip(),
    }
    flaws = [Flaw("vendor_code", "catalog.vendor_code_malformed")] if not is_vendor_code(clean["vendor_code"]) else []
    if clean["currency"] not in currencies():
        flaws.append(Flaw("currency", "flaws.currency", {"value": clean["currency"][:20]}))
    cost = clean["cost"]
    if not isinstance(cost, Decimal) or not cost.is_finite() or not 0 < cost < _LARGEST:
        flaws.append(Flaw("cost", "catalog.cost_not_positive"))
    elif cost != cost.quantize(_EXACT):
        flaws.append(Flaw("cost", "catalog.cost_too_fine"))
    if clean["valid_from"] is None:
        flaws.append(Flaw("valid_from", "flaws.missing"))
    elif clean["valid_until"] is not None and clean["valid_until"] < clean["valid_from"]:
        flaws.append(Flaw("valid_until", "catalog.ends_before_it_begins"))
    if clean["deal_code"] and clean["valid_until"] is None:
        flaws.append(Flaw("valid_until", "catalog.deal_without_end"))
    flaws += [flaw for name, limit in _LONGEST.items() if (flaw := find_too_long(name, clean[name], limit))]
    if flaws:
        raise Flawed(flaws)
    return clean


def is_vendor_code(text: str) -> bool:
    """Whether this can be a vendor code: 1 to 20 letters and digits."""
    return text.isascii() and text.isalnum() and len(text) <= 20


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The currencies of the world as three letters."""
    return frozenset(list_currencies())


def subject_of(row: AgreedCost) -> Subject:
    """A cost as the audit trail names it."""
    return Subject(AGREED_COST, row.public_id, _label(row))


def _end_previous(row: AgreedCost, actor: Actor) -> None:
    """Regular costs end before the next regular one begins; a deal ends nothing, it only counts before them."""
    if row.deal_code:
        return
    earlier = AgreedCost.objects.select_for_update(no_key=True).filter(
        item_id=row.item_id, vendor_code=row.vendor_code, currency=row.currency, status=CostStatus.ACTIVE,
        deal_code="", valid_from__lt=row.valid_from,
    )  # fmt: skip
    for other in earlier.order_by("pk"):
        if other.valid_until is None or other.valid_until >= row.valid_from:
            other.valid_until = row.valid_from - timedelta(days=1)
            other.save(update_fields=["valid_until"])
            _record("catalog.cost_ended", other, actor, day=other.valid_until.isoformat(), **told(other))


def _save(row: AgreedCost, **options: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError:
        raise CostExists(
            fields={"valid_from": [_("There is a cost from this day.")]},
            cost=_label(row),
            day=row.valid_from.isoformat(),
        ) from None


def _lock(public_id: str) -> AgreedCost:
    rows = AgreedCost.objects.select_related("item").select_for_update(of=("self",), no_key=True)
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise CostNotFound
    return row


def _record(code: str, row: AgreedCost, actor: Actor, **params: Any) -> None:
    audit.record(code, actor=actor, subject=subject_of(row), params={"sku": row.item.sku} | params)


def told(row: AgreedCost) -> dict[str, Any]:
    """A cost in the words of the trail."""
    return {
        "sku": row.item.sku, "vendor_code": row.vendor_code, "cost": f"{row.cost.normalize():f}",
        "currency": row.currency, "since": row.valid_from.isoformat(),
    }  # fmt: skip


def _label(row: AgreedCost) -> str:
    return f"{row.item.sku} · {row.vendor_code}"


def _plain(value: Any) -> Any:
    if isinstance(value, File):
        return value.name
    return value if value is None or isinstance(value, str) else str(value)
