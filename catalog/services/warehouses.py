from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.flaws import Flaw, Flawed
from catalog.errors import WarehouseExists, WarehouseInUse, WarehouseNotFound
from catalog.models import StockBalance, Warehouse
from catalog.services.addresses import check_address, check_time_zone, find_too_long, one_line
from catalog.types import WAREHOUSE, Pool

_LONGEST = {"code": 30, "name": 120, "ship_from_party_id": 60}


@transaction.atomic
def create_warehouse(
    *, code: str, name: str, address: Mapping[str, Any], ship_from_party_id: str = "", time_zone: str = "",
    pool: str = Pool.OWN, actor: Actor, now: datetime,
) -> Warehouse:  # fmt: skip
    """A new warehouse. Raises Flawed for what it can't be, and WarehouseExists when the code is taken."""
    values = check_warehouse(
        {
            "code": code, "name": name, "address": address, "ship_from_party_id": ship_from_party_id,
            "time_zone": time_zone, "pool": pool,
        }
    )  # fmt: skip
    warehouse = Warehouse(**values, created_at=now)
    _save(warehouse)
    audit.record(
        "catalog.warehouse_created", actor=actor, subject=_subject_of(warehouse), params={"warehouse": warehouse.code}
    )
    return warehouse


@transaction.atomic
def change_warehouse(
    *, public_id: str, changes: Mapping[str, Any], is_archived: bool | None = None, actor: Actor, now: datetime
) -> Warehouse:
    """Change what is given; of `address`, too, the parts that are left out stay as they are. Safe to repeat.

    With `is_archived` it is also taken out of use or back. Raises WarehouseNotFound, Flawed, WarehouseExists and, for
    a warehouse with stock that shall be archived, WarehouseInUse: nothing is changed then.
    """
    warehouse = _change(public_id, changes, actor)
    if is_archived is not None:
        switch = archive_warehouse if is_archived else restore_warehouse
        warehouse = switch(public_id=public_id, actor=actor, now=now)
    return warehouse


def _change(public_id: str, changes: Mapping[str, Any], actor: Actor) -> Warehouse:
    warehouse = _lock(public_id)
    before = {name: getattr(warehouse, name) for name in _FIELDS}
    wanted = before | dict(changes)
    wanted["address"] = before["address"] | dict(changes.get("address") or {})
    after = check_warehouse(wanted)
    changed = sorted(name for name in _FIELDS if after[name] != before[name])
    if not changed:
        return warehouse
    for name in changed:
        setattr(warehouse, name, after[name])
    _save(warehouse, update_fields=changed)
    audit.record(
        "catalog.warehouse_changed",
        actor=actor,
        subject=_subject_of(warehouse),
        params={
            "warehouse": warehouse.code,
            "fields": ", ".join(changed),
            "before": {name: before[name] for name in changed},
            "after": {name: after[name] for name in changed},
        },
    )
    return warehouse


@transaction.atomic
def archive_warehouse(*, public_id: str, actor: Actor, now: datetime) -> Warehouse:
    """Take it out of use; what happened there stays. Safe to repeat. Raises WarehouseNotFound, and WarehouseInUse while
    it has stock."""
    warehouse = _lock(public_id)
    if warehouse.archived_at is not None:
        return warehouse
    held = StockBalance.objects.filter(warehouse=warehouse).aggregate(
        on_hand=Sum("on_hand", default=0), committed=Sum("committed", default=0)
    )
    if held["on_hand"] or held["committed"]:
        raise WarehouseInUse(warehouse=warehouse.code, **held)
    return _set_archived("catalog.warehouse_archived", warehouse, at=now, actor=actor)


@transaction.atomic
def restore_warehouse(*, public_id: str, actor: Actor, now: datetime) -> Warehouse:
    """Take it into use again. Safe to repeat. Raises WarehouseNotFound."""
    warehouse = _lock(public_id)
    if warehouse.archived_at is None:
        return warehouse
    return _set_archived("catalog.warehouse_restored", warehouse, at=None, actor=actor)


_FIELDS = ("code", "name", "address", "ship_from_party_id", "time_zone", "pool")


def check_warehouse(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a warehouse as they are stored. Raises Flawed with everything that is wrong with them."""
    clean: dict[str, Any] = {name: one_line(values.get(name)) for name in _LONGEST}
    clean["pool"] = values.get("pool") or Pool.OWN
    flaws = [Flaw(name, "flaws.missing") for name in ("code", "name") if not clean[name]]
    flaws += [flaw for name, limit in _LONGEST.items() if (flaw := find_too_long(name, clean[name], limit))]
    if clean["pool"] not in Pool.values:
        flaws.append(
            Flaw("pool", "flaws.choice", {"value": str(clean["pool"])[:20], "choices": ", ".join(Pool.values)})
        )
    try:
        given = {part: text for part, text in (values.get("address") or {}).items() if text}
        clean["address"] = check_address({"name": clean["name"]} | given)
    except Flawed as refusal:
        flaws += refusal.flaws
    try:
        clean["time_zone"] = check_time_zone(values.get("time_zone") or "")
    except Flawed as refusal:
        flaws += refusal.flaws
    if flaws:
        raise Flawed(flaws)
    return clean


def _set_archived(code: str, warehouse: Warehouse, *, at: datetime | None, actor: Actor) -> Warehouse:
    warehouse.archived_at = at
    warehouse.save(update_fields=["archived_at"])
    audit.record(code, actor=actor, subject=_subject_of(warehouse), params={"warehouse": warehouse.code})
    return warehouse


def _lock(public_id: str) -> Warehouse:
    warehouse = Warehouse.objects.select_for_update(no_key=True).filter(public_id=public_id).first()
    if warehouse is None:
        raise WarehouseNotFound
    return warehouse


def _save(warehouse: Warehouse, **options: Any) -> None:
    try:
        with transaction.atomic():
            warehouse.save(**options)
    except IntegrityError:
        raise WarehouseExists(
            fields={"code": [_("Another warehouse has this code.")]}, warehouse=warehouse.code
        ) from None


def _subject_of(warehouse: Warehouse) -> Subject:
    return Subject(WAREHOUSE, warehouse.public_id, warehouse.code)
