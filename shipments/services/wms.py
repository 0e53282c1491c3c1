"""Cartons that a warehouse system packed: into the shipments that there are, or new ones."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from acorn.core.actor import Actor
from catalog.models import Warehouse
from orders.models import PurchaseOrder
from orders.services import lock_orders
from shipments import rules
from shipments.errors import PackingChanged, PackingRefused, SsccTaken, WarehouseUnknown
from shipments.models import Carton, Shipment, ShipmentOrder
from shipments.rules.sscc import find_sscc_fault, normalise_sscc
from shipments.selectors import OPEN, LoadedCarton, load_cartons, load_pallets
from shipments.services.packing import Repacking, check, lock_shipments, prepare, store, tell
from shipments.services.planning import plan_shipments
from shipments.types import Content, Origin, PackedCarton, PlanKind, ReportedContent
from vendors.types import RuleFinding, Severity

_OF_CARTON = ("tracking_number", "weight_g", "length_mm", "width_mm", "height_mm")


@dataclass(slots=True)
class _Reported:
    """A carton as it was reported, with the orders that it has goods of."""

    sscc: str
    pallet: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)

    @property
    def orders(self) -> set[int]:
        return {content.order_id for content in self.contents}


@transaction.atomic
def import_cartons(
    rows: Sequence[ReportedContent], *, source: str, warehouse_public_id: str = "", actor: Actor, now: datetime
) -> list[Shipment]:
    """Take over how another system packed: the shipments that these cartons are in. Safe to repeat.

    A carton goes into the open shipment of its orders; where there is none, one is planned, to leave from the warehouse
    that is named or from the only one. Cartons that were reported before stay, those that only the planner proposed make
    way. All of it or nothing, in a constant number of statements. Raises PackingRefused with everything that is wrong,
    WarehouseUnknown, OrderNotAnswered, NothingToShip, PackingChanged where somebody plans the same orders meanwhile.
    """
    names = _find_orders(rows)
    cartons = _read(rows, names)
    shipments = _open_shipments(set(names.values()), warehouse_public_id, actor, now)
    loaded = load_cartons([shipment.pk for shipment in shipments])
    placed = _place(cartons, shipments, loaded)
    changes: list[Repacking] = []
    findings: list[RuleFinding] = []
    for shipment in shipments:
        if not placed[shipment.pk]:
            continue
        before = loaded[shipment.pk]
        after = _merge(shipment, before, placed[shipment.pk])
        change = prepare(shipment, before, after, origin=Origin.WMS)
        if change.changes_nothing:
            continue
        try:
            check(shipment, before, after, now=now, reason="")
        except PackingRefused as refusal:
            findings += refusal.findings
        changes.append(change)
    if findings:
        raise PackingRefused(findings)
    try:
        store(changes, origin=Origin.WMS, actor=actor, now=now)
    except SsccTaken as refusal:
        raise PackingRefused([_finding("SSCC_TAKEN", sscc=sscc) for sscc in refusal.taken]) from refusal
    for change in changes:
        params = {"source": source[:60], "cartons": change.shipment.carton_count, "eaches": change.shipment.eaches}
        tell(change, "shipments.imported", params, actor=actor, now=now)
    return [shipment for shipment in shipments if placed[shipment.pk]]


def _find_orders(rows: Sequence[ReportedContent]) -> dict[str, int]:
    """Orders by the id or number that rows name; of a number that several vendor accounts have, none."""
    wanted = {row.order for row in rows}
    found = PurchaseOrder.objects.filter(Q(public_id__in=wanted) | Q(number__in=wanted))
    names: dict[str, set[int]] = defaultdict(set)
    for pk, public_id, number in found.values_list("pk", "public_id", "number"):
        names[public_id].add(pk)
        names[number].add(pk)
    unknown = sorted(name for name in wanted if len(names[name]) != 1)
    if unknown:
        raise PackingRefused(
            [_finding("ORDER_AMBIGUOUS" if names[name] else "ORDER_UNKNOWN", name, order=name) for name in unknown]
        )
    return {name: next(iter(names[name])) for name in wanted}


def _read(rows: Sequence[ReportedContent], names: Mapping[str, int]) -> list[_Reported]:
    """The rows as cartons. Raises PackingRefused for numbers that are none."""
    found: dict[str, _Reported] = {}
    wrong: dict[str, RuleFinding] = {}
    for row in rows:
        sscc = normalise_sscc(row.sscc)
        if find_sscc_fault(sscc):
            wrong[row.sscc] = _finding("SSCC_WRONG", sscc=row.sscc[:40])
            continue
        pallet = normalise_sscc(row.pallet)
        if pallet and not _is_pallet(pallet):
            wrong[row.pallet] = _finding("PALLET_WRONG", sscc=sscc, pallet=row.pallet[:40])
        carton = found.setdefault(sscc, _Reported(sscc))
        carton.pallet = carton.pallet or pallet
        for name in _OF_CARTON:
            carton.values[name] = carton.values.get(name) or getattr(row, name)
        carton.contents.append(
            Content(
                names[row.order], row.sequence, row.eaches, row.lot_number, row.expires_on, row.manufactured_on,
                row.origin_country, row.scale_weight_g,
            )
        )  # fmt: skip
    if wrong:
        raise PackingRefused(list(wrong.values()))
    return list(found.values())


def _is_pallet(text: str) -> bool:
    return (text.isascii() and text.isdigit() and 0 < len(text) <= 4 and int(text) > 0) or not find_sscc_fault(text)


def _open_shipments(order_ids: set[int], warehouse: str, actor: Actor, now: datetime) -> list[Shipment]:
    """The open shipments of these orders, locked; new ones for orders that have none."""
    known = _shipments_of(order_ids)
    others = ShipmentOrder.objects.filter(shipment__public_id__in=known).values_list("order_id", flat=True)
    locked = lock_orders({*order_ids, *others})
    known = _shipments_of(order_ids)
    members = list(
        ShipmentOrder.objects.filter(shipment__public_id__in=known).values_list("order_id", "shipment__public_id")
    )
    if not {order_id for order_id, _ in members} <= locked.keys():
        raise PackingChanged
    found = lock_shipments(known) if known else []
    homeless = [locked[order_id].public_id for order_id in order_ids - {order_id for order_id, _ in members}]
    if homeless:
        found += plan_shipments(
            order_public_ids=homeless, warehouse_public_id=warehouse or _only_warehouse(), plan=PlanKind.EMPTY,
            actor=actor, now=now,
        )  # fmt: skip
    return found


def _shipments_of(order_ids: Collection[int]) -> list[str]:
    rows = ShipmentOrder.objects.filter(order_id__in=order_ids, shipment__state__in=OPEN)
    return sorted(set(rows.values_list("shipment__public_id", flat=True)))


def _only_warehouse() -> str:
    found = list(Warehouse.objects.filter(archived_at=None).values_list("public_id", flat=True)[:2])
    if len(found) != 1:
        raise WarehouseUnknown
    return found[0]


def _place(
    cartons: Sequence[_Reported], shipments: Sequence[Shipment], loaded: Mapping[int, Sequence[LoadedCarton]]
) -> dict[int, list[_Reported]]:
    """Each carton in the shipment that it is in, or else in the youngest that has all of its orders.

    Raises PackingRefused for cartons whose orders do not leave together, and numbers that left with another shipment.
    """
    members: dict[int, set[int]] = {shipment.pk: set() for shipment in shipments}
    for shipment_id, order_id in ShipmentOrder.objects.filter(shipment_id__in=members).values_list(
        "shipment_id", "order_id"
    ):
        members[shipment_id].add(order_id)
    at = {carton.row.sscc: key for key, found in loaded.items() for carton in found}
    placed: dict[int, list[_Reported]] = {shipment.pk: [] for shipment in shipments}
    findings = []
    for carton in cartons:
        fitting = [key for key, orders in members.items() if carton.orders <= orders]
        if not fitting:
            findings.append(_finding("NOT_TOGETHER", sscc=carton.sscc))
            continue
        here = at.get(carton.sscc)
        placed[here if here in fitting else max(fitting)].append(carton)
    gone = Carton.objects.filter(sscc__in=[carton.sscc for carton in cartons]).exclude(shipment_id__in=members)
    findings += [_finding("SSCC_TAKEN", sscc=sscc) for sscc in sorted(set(gone.values_list("sscc", flat=True)))]
    if findings:
        raise PackingRefused(findings)
    return placed


def _merge(shipment: Shipment, before: Sequence[LoadedCarton], cartons: Sequence[_Reported]) -> list[PackedCarton]:
    """What was reported before, in its place, and what is reported now; the planner's own proposals make way."""
    reported = {carton.sscc: carton for carton in cartons}
    pallets = {row.sscc: row.position for row in load_pallets([shipment.pk])[shipment.pk] if row.sscc}
    free = max([carton.pallet for carton in before] + [0])
    after: list[PackedCarton] = []
    for old in before:
        if old.row.sscc not in reported and (old.row.origin != Origin.PLANNER or old.row.packed_at is not None):
            after.append(old.packed)
    order = {old.row.sscc: place for place, old in enumerate(before)}
    for carton in cartons:
        if len(carton.pallet) == 18 and carton.pallet not in pallets:
            free += 1
            pallets[carton.pallet] = free
        number = pallets[carton.pallet] if len(carton.pallet) == 18 else int(carton.pallet or 0)
        after.append(
            PackedCarton(
                rules.merge_contents(carton.contents), number, carton.sscc,
                pallet_sscc=carton.pallet if len(carton.pallet) == 18 else "", **carton.values,
            )
        )  # fmt: skip
    return sorted(after, key=lambda carton: order.get(carton.sscc, len(order)))


def _finding(rule: str, where: str = "", **params: Any) -> RuleFinding:
    return RuleFinding(rule, Severity.BLOCK, f"shipments.{rule.lower()}", where, params)
