"""What is in which carton: written here alone, with the numbers of cartons, the states of shipments and what orders hear of it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.tenancy.bulk import insert_many, update_many
from acorn.tenancy.choices import chosen
from orders.models import PurchaseOrderLine
from orders.services import lock_orders
from shipments import rules
from shipments.errors import (
    CartonNotFound,
    PackingChanged,
    PackingRefused,
    ShipmentClosed,
    ShipmentNotFound,
)
from shipments.models import Carton, CartonContent, Pallet, Shipment, ShipmentEvent, ShipmentOrder, TakenSscc
from shipments.rules import LineRoom
from shipments.rules.sscc import normalise_sscc
from shipments.selectors import OPEN, LoadedCarton, load_cartons, load_orders, shippable
from shipments.services.settling import settle
from shipments.services.sscc import claim_ssccs, issue_ssccs
from shipments.services.subjects import subject_of as subject_of
from shipments.types import GS1_PREFIX, Origin, PackedCarton
from vendors.types import RuleFinding, Severity

# a position that no carton has, while cartons change places
_ASIDE = 1_000_000
_MAX_REASON = 300
_BY_PROGRAM = (Origin.API, Origin.WMS)
# what a carton keeps where a new packing says nothing of it
_KEPT = ("tracking_number", "length_mm", "width_mm", "height_mm", "weight_g", "carton_type_id")
_COLUMNS = ("sscc", *(name.removesuffix("_id") for name in _KEPT))


def lock_shipments(public_ids: Collection[str]) -> list[Shipment]:
    """Shipments in the order of their keys, locked with their orders until the transaction ends: orders first.

    Whoever changes a shipment and its orders locks them by this, so that no two wait for each other. Raises
    ShipmentNotFound where one of them does not exist.
    """
    known = dict(Shipment.objects.filter(public_id__in=public_ids).values_list("pk", "public_id"))
    if len(known) < len(set(public_ids)):
        raise ShipmentNotFound
    lock_orders(set(ShipmentOrder.objects.filter(shipment_id__in=known).values_list("order_id", flat=True)))
    return list(Shipment.objects.select_for_update(no_key=True).filter(pk__in=known).order_by("pk"))


@transaction.atomic
def set_cartons(
    shipment_public_id: str,
    cartons: Sequence[PackedCarton],
    *,
    origin: Origin,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    overpack_reason: str = "",
) -> Shipment:
    """Replace the whole packing of a shipment that has not departed. Safe to repeat: the same packing changes nothing.

    A carton with the same contents and number (or none named) stays the same one, with its label and with what is known
    of it; any other gets a new number. What another program says is packed already; what a person plans, somebody packs.
    The step can be undone. Raises ShipmentNotFound, ShipmentClosed, PackingChanged where `version` is not the shipment's,
    PackingRefused (more than may be shipped needs an `overpack_reason`, which the audit trail keeps), SsccInvalid,
    SsccTaken, Gs1PrefixMissing.
    """
    (shipment,) = lock_open([shipment_public_id])
    before = load_cartons([shipment.pk])[shipment.pk]
    after = [
        replace(carton, contents=rules.merge_contents(carton.contents), sscc=normalise_sscc(carton.sscc))
        for carton in cartons
    ]
    repacking = prepare(shipment, before, after, origin=origin)
    if repacking.changes_nothing:
        return shipment
    if version is not None and version != shipment.version:
        raise PackingChanged
    overpacked = check(shipment, before, after, now=now, reason=overpack_reason)
    store([repacking], origin=origin, actor=actor, now=now)
    params = {"cartons": shipment.carton_count, "eaches": shipment.eaches, "origin": origin.value}
    reason = overpack_reason.strip()[:_MAX_REASON] if overpacked else ""
    tell(repacking, "shipments.repacked", params, reason=reason, actor=actor, now=now)
    if overpacked:
        audit.record(
            "shipments.overpacked", subject=subject_of(shipment), actor=actor, reason=reason,
            params={"number": shipment.number, "lines": ", ".join(overpacked)[:500]},
        )  # fmt: skip
    return shipment


@transaction.atomic
def mark_packed(
    carton_public_ids: Collection[str], *, actor: Actor, now: datetime, is_packed: bool = True
) -> list[Shipment]:
    """Say that cartons are closed (or, taken back, that they are not). Safe to repeat; the shipments that they are in.

    Each shipment has one step of its history, which can be undone. Raises CartonNotFound where one of them does not
    exist, ShipmentClosed.
    """
    wanted = set(carton_public_ids)
    found = dict(Carton.objects.filter(public_id__in=wanted).values_list("public_id", "shipment__public_id"))
    if len(found) < len(wanted):
        raise CartonNotFound
    shipments = lock_open(set(found.values()))
    loaded = load_cartons([shipment.pk for shipment in shipments])
    changed: list[Shipment] = []
    for shipment in shipments:
        moving = [
            carton for carton in loaded[shipment.pk]
            if carton.row.public_id in wanted and (carton.row.packed_at is not None) != is_packed
        ]  # fmt: skip
        if not moving:
            continue
        before = {"cartons": [carton.packed.stored() for carton in moving]}
        for carton in moving:
            carton.row.packed_at, carton.row.packed_by = (now, actor.label[:200]) if is_packed else (None, "")
        update_many([carton.row for carton in moving], ["packed_at", "packed_by"])
        changed.append(shipment)
        code = "shipments.packed" if is_packed else "shipments.unpacked"
        note(shipment, code, {"cartons": len(moving)}, before=before, actor=actor, now=now)
    settle(changed, actor=actor, now=now)
    return shipments


def lock_open(public_ids: Collection[str]) -> list[Shipment]:
    """`lock_shipments`, for those that can still be packed. Raises ShipmentClosed besides."""
    shipments = lock_shipments(public_ids)
    if any(shipment.state not in OPEN for shipment in shipments):
        raise ShipmentClosed
    return shipments


@dataclass(slots=True)
class Repacking:
    """A shipment's packing before and after; `places` says for each new carton which one it was. Both are complete."""

    shipment: Shipment
    before: Sequence[LoadedCarton]
    after: list[PackedCarton]
    places: list[int | None]

    @property
    def changes_nothing(self) -> bool:
        return self.places == list(range(len(self.before))) and not self.altered

    @property
    def altered(self) -> list[PackedCarton]:
        """The cartons that are gone or different, as they were."""
        after = {place: carton for place, carton in zip(self.places, self.after, strict=True) if place is not None}
        return [carton.packed for place, carton in enumerate(self.before) if after.get(place) != carton.packed]


def prepare(
    shipment: Shipment, before: Sequence[LoadedCarton], after: Sequence[PackedCarton], *, origin: Origin,
    is_exact: bool = False,
) -> Repacking:  # fmt: skip
    """Which carton is which, and what each keeps; `is_exact` where the new packing says everything. Numbers come later."""
    places = rules.match_cartons([carton.packed for carton in before], after)
    told: list[PackedCarton] = []
    for carton, place in zip(after, places, strict=True):
        old = None if place is None else before[place].packed
        packed = carton.is_packed
        if packed is None:
            packed = origin in _BY_PROGRAM or (old is not None and bool(old.is_packed))
        values: dict[str, Any] = {"is_packed": packed}
        if old is not None:
            values["sscc"] = old.sscc
            if not is_exact:
                values |= {name: getattr(carton, name) or getattr(old, name) for name in _KEPT}
        told.append(replace(carton, **values))
    return Repacking(shipment, before, told, places)


def check(
    shipment: Shipment, before: Sequence[LoadedCarton], after: Sequence[PackedCarton], *, now: datetime, reason: str
) -> list[str]:
    """The lines of which more is packed than may be shipped, where a `reason` allows it. Raises PackingRefused."""
    orders = {order.pk: order.number for order in load_orders([shipment.pk])[shipment.pk]}
    held: Counter[tuple[int, str]] = Counter()
    for carton in before:
        for content in carton.contents:
            held[content.order_id, content.sequence] += content.eaches
    rooms = {
        (line.order_id, line.sequence): LineRoom(
            f"{orders[line.order_id]} {line.sequence}", line.eaches, held[line.order_id, line.sequence],
            rules.size_of_unit(line.unit, line.unit_size),
        )
        for lines in shippable(orders, now=now, apart_from=shipment).values()
        for line in lines
    }  # fmt: skip
    findings = rules.check_packing(after, rooms)
    beyond = [finding for finding in findings if finding.rule == rules.BEYOND_SHIPPABLE]
    if len(beyond) < len(findings) or (beyond and not reason.strip()):
        raise PackingRefused(findings)
    return sorted(finding.line for finding in beyond)


def store(changes: Sequence[Repacking], *, origin: Origin, actor: Actor, now: datetime,
          returning: Collection[str] = ()) -> None:  # fmt: skip
    """Write new packings of locked shipments, their sums and states, and what orders hear of them.

    A few statements, however many shipments and cartons. `returning` are numbers that come back with the very contents
    that they had. `after` has its numbers then.
    """
    _give_numbers(changes, origin, returning, now)
    _remove(changes)
    pallets = _set_pallets(changes, now)
    kept: list[Carton] = []
    new: list[tuple[Carton, PackedCarton]] = []
    for change in changes:
        for position, (carton, place) in enumerate(zip(change.after, change.places, strict=True), start=1):
            row = Carton(shipment=change.shipment, origin=origin) if place is None else change.before[place].row
            is_same = place is not None and change.before[place].packed == carton and row.position == position
            row.position, row.sscc, row.pallet = position, carton.sscc, pallets.get((change.shipment.pk, carton.pallet))
            for name in _KEPT:
                setattr(row, name, getattr(carton, name))
            if carton.is_packed != (row.packed_at is not None):
                row.packed_at, row.packed_by = (now, actor.label[:200]) if carton.is_packed else (None, "")
            if place is None:
                row.content_hash = rules.hash_contents(carton.contents)
                new.append((row, carton))
            elif not is_same:
                kept.append(row)
    Carton.objects.filter(pk__in=[row.pk for row in kept]).update(position=F("position") + _ASIDE)
    update_many(kept, ["position", "pallet", *_COLUMNS, "packed_at", "packed_by"])
    _insert(new)
    for change in changes:
        change.shipment.version += 1
    settle([change.shipment for change in changes], actor=actor, now=now)


def tell(
    change: Repacking, code: str, params: dict[str, Any], *, actor: Actor, now: datetime, reason: str = "",
    is_undoable: bool = True,
) -> None:  # fmt: skip
    """The step in the shipment's history and in the trail, with what takes it back."""
    before = {
        "order": [carton.row.sscc for carton in change.before],
        "cartons": [carton.stored() for carton in change.altered],
    }
    note(change.shipment, code, params, before=before if is_undoable else None, reason=reason, actor=actor, now=now)


def note(
    shipment: Shipment, code: str, params: dict[str, Any], *, actor: Actor, now: datetime, reason: str = "",
    before: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """A step of a shipment, in its history and in the audit trail."""
    ShipmentEvent.objects.create(
        shipment=shipment, at=now, code=code, params=params, before=before, reason=reason[:_MAX_REASON],
        actor_label=actor.label[:200],
    )  # fmt: skip
    told = {"number": shipment.number} | params
    audit.record(code, subject=subject_of(shipment), actor=actor, params=told, reason=reason[:_MAX_REASON])


def _give_numbers(changes: Sequence[Repacking], origin: Origin, returning: Collection[str], now: datetime) -> None:
    """Each new carton has the number it came with, if that is free, or the next one of the company's own.

    A number of ours whose carton has other contents now is not used again. One that another system gave, or labels by,
    is refused then: nobody but that system can give the carton another.
    """
    _drop_used(changes, origin, returning)
    waiting = [
        (change, index)
        for change in changes
        for index, place in enumerate(change.places)
        if place is None and change.after[index].sscc not in returning
    ]
    foreign = [(change, index) for change, index in waiting if change.after[index].sscc]
    missing = [(change, index) for change, index in waiting if not change.after[index].sscc]
    claimed = claim_ssccs([change.after[index].sscc for change, index in foreign], now=now) if foreign else []
    issued = issue_ssccs(len(missing), now=now) if missing else []
    for (change, index), sscc in zip([*foreign, *missing], [*claimed, *issued], strict=True):
        change.after[index] = replace(change.after[index], sscc=sscc)


def _drop_used(changes: Sequence[Repacking], origin: Origin, returning: Collection[str]) -> None:
    used: list[tuple[Repacking, int]] = []
    for change in changes:
        known = {carton.row.sscc for carton in change.before}
        used += [
            (change, index) for index, place in enumerate(change.places)
            if place is None and change.after[index].sscc in known and change.after[index].sscc not in returning
        ]  # fmt: skip
    numbers = [change.after[index].sscc for change, index in used]
    if not numbers:
        return
    labelled = TakenSscc.objects.filter(value__in=numbers)
    if origin != Origin.WMS:
        labelled = labelled.filter(is_imported=True)
    if others := sorted(labelled.values_list("value", flat=True)):
        code = "shipments.sscc_of_other_contents"
        raise PackingRefused(
            [RuleFinding("SSCC_OF_OTHER_CONTENTS", Severity.BLOCK, code, "", {"sscc": sscc}) for sscc in others]
        )
    for change, index in used:
        change.after[index] = replace(change.after[index], sscc="")


def _remove(changes: Sequence[Repacking]) -> None:
    gone: list[int] = []
    for change in changes:
        kept = set(change.places)
        gone += [carton.row.pk for place, carton in enumerate(change.before) if place not in kept]
    if gone:
        CartonContent.objects.filter(carton_id__in=gone).delete()
        Carton.objects.filter(pk__in=gone).delete()


def _set_pallets(changes: Sequence[Repacking], now: datetime) -> dict[tuple[int, int], Pallet]:
    """The pallets that the cartons stand on, by shipment and position. One with the same cartons as before stays the same.

    Pallets get numbers of the company's own; none where it has no prefix, since another system numbered the cartons.
    """
    wanted: dict[tuple[int, int], set[str]] = {}
    stood: dict[tuple[int, int], set[str]] = {}
    for change in changes:
        for carton in change.after:
            wanted.setdefault((change.shipment.pk, carton.pallet), set()).add(carton.sscc)
        for old in change.before:
            stood.setdefault((change.shipment.pk, old.pallet), set()).add(old.row.sscc)
    wanted = {key: cartons for key, cartons in wanted.items() if key[1]}
    stored = Pallet.objects.filter(shipment__in=[change.shipment for change in changes])
    rows = {(row.shipment_id, row.position): row for row in stored}
    gone = [row.pk for key, row in rows.items() if key not in wanted]
    if gone:
        Carton.objects.filter(pallet_id__in=gone).update(pallet=None)
        Pallet.objects.filter(pk__in=gone).delete()
    given = {
        (change.shipment.pk, carton.pallet): normalise_sscc(carton.pallet_sscc)
        for change in changes
        for carton in change.after
        if carton.pallet and carton.pallet_sscc
    }
    other = [key for key, cartons in wanted.items() if key not in rows or stood.get(key) != cartons]
    theirs = [key for key in other if key in given]
    foreign = [key for key in theirs if key not in rows or rows[key].sscc != given[key]]
    ours = [key for key in other if key not in given]
    claimed = claim_ssccs([given[key] for key in foreign], now=now) if foreign else []
    for key, sscc in zip([*foreign, *ours], [*claimed, *_issue_for_pallets(len(ours), now)], strict=True):
        rows.setdefault(key, Pallet(shipment_id=key[0], position=key[1])).sscc = sscc
    Pallet.objects.bulk_create([rows[key] for key in other if rows[key].pk is None])
    Pallet.objects.bulk_update([rows[key] for key in other if rows[key].pk is not None], ["sscc"])
    return {key: rows[key] for key in wanted}


def _issue_for_pallets(count: int, now: datetime) -> list[str]:
    return issue_ssccs(count, now=now) if count and chosen(GS1_PREFIX) else [""] * count


def _insert(new: Sequence[tuple[Carton, PackedCarton]]) -> None:
    """New cartons with what is in them."""
    if not new:
        return
    insert_many([row for row, _ in new])
    keys = dict(Carton.objects.filter(public_id__in=[row.public_id for row, _ in new]).values_list("public_id", "pk"))
    orders = {content.order_id for _, carton in new for content in carton.contents}
    lines = {
        (order_id, sequence): pk
        for order_id, sequence, pk in PurchaseOrderLine.objects.filter(order_id__in=orders).values_list(
            "order_id", "sequence", "pk"
        )
    }
    insert_many(
        [
            CartonContent(
                carton_id=keys[row.public_id], line_id=lines[content.order_id, content.sequence],
                **{name: value for name, value in content._asdict().items() if name not in ("order_id", "sequence")},
            )
            for row, carton in new
            for content in carton.contents
        ]
    )  # fmt: skip
