"""What is printed on the labels of a shipment, and which of them are out of date."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shipments.labels import LabelData, LabelKind, LabelTemplate, find_template
from shipments.models import Carton, LabelPrint, Pallet, Shipment
from shipments.selectors.freight import Content, Freight, Unit, load_freight


class Label(NamedTuple):
    """A label and what it is bound to: once `content_hash` is another, it is void. Exactly one of the ids is given."""

    data: LabelData
    content_hash: str
    carton_id: int | None
    pallet_id: int | None


class LabelSheet(NamedTuple):
    """The labels of a shipment in the order in which they are printed: each pallet's, then its cartons', then the loose ones."""

    template: LabelTemplate
    labels: tuple[Label, ...]


def load_labels(shipment: Shipment, on: date, *, carton_ids: Collection[str] | None = None) -> LabelSheet:
    """Labels of all cartons and pallets, or of the cartons with these ids; those without a number yet are left out.

    A constant number of statements. `shipment` is loaded with its warehouse.
    """
    template = find_template(shipment.marketplace, on)
    freight = load_freight(shipment, on)
    cartons = {
        row.position: row
        for row in Carton.objects.filter(shipment=shipment).only("pk", "public_id", "position", "content_hash", "sscc")
    }
    labels = []
    for unit in freight.units:
        row = cartons.get(unit.position)
        if row is None or not unit.sscc or (carton_ids is not None and row.public_id not in carton_ids):
            continue
        labels.append(Label(_of_carton(freight, unit, template), row.content_hash, row.pk, None))
    if carton_ids is None:
        labels += [label for pallet in freight.pallets if (label := _of_pallet(freight, pallet, cartons, template))]
    pallet_of = {unit.sscc: unit.pallet for unit in freight.units}
    positions = {pallet.sscc: pallet.position for pallet in freight.pallets}
    last = len(freight.pallets) + 1

    def place(label: Label) -> tuple[int, bool, int]:
        pallet = positions.get(label.data.sscc) if label.pallet_id else pallet_of[label.data.sscc]
        return (pallet or last, label.pallet_id is None, label.data.position)

    return LabelSheet(template, tuple(sorted(labels, key=place)))


def find_void_labels(shipment: Shipment) -> dict[str, bool]:
    """By SSCC of each carton: whether its newest label is for other contents; cartons that were never printed are left out."""
    hashes = dict(Carton.objects.filter(shipment=shipment).exclude(sscc="").values_list("sscc", "content_hash"))
    return judge_labels(hashes)


def judge_labels(hashes: Mapping[str, str]) -> dict[str, bool]:
    """`find_void_labels` for the hashes of what is in cartons, by SSCC: one statement, whatever shipments they are in."""
    newest = dict(LabelPrint.objects.filter(sscc__in=hashes).order_by("id").values_list("sscc", "content_hash"))
    return {sscc: printed != hashes[sscc] for sscc, printed in newest.items()}


def hash_pallet(carton_hashes: Sequence[str]) -> str:
    """What a pallet's label is bound to: the cartons on it, whatever their order."""
    return hashlib.sha256("\n".join(sorted(carton_hashes)).encode()).hexdigest()[:32]


def _of_carton(freight: Freight, unit: Unit, template: LabelTemplate) -> LabelData:
    kind = LabelKind.CARTON_ON_PALLET if unit.pallet else LabelKind.CARTON
    return _label(
        freight, kind, unit.sscc, unit.contents, unit.position, len(freight.units), _cases(unit.contents), template
    )


def _of_pallet(
    freight: Freight, pallet: Pallet, cartons: Mapping[int, Carton], template: LabelTemplate
) -> Label | None:
    units = [unit for unit in freight.units if unit.pallet == pallet.position]
    if not pallet.sscc or not units:
        return None
    contents = tuple(content for unit in units for content in unit.contents)
    data = _label(
        freight, LabelKind.PALLET, pallet.sscc, contents, pallet.position, len(freight.pallets), len(units), template
    )
    hashes = [cartons[unit.position].content_hash for unit in units if unit.position in cartons]
    return Label(data, hash_pallet(hashes), None, pallet.pk)


def _label(
    freight: Freight, kind: LabelKind, sscc: str, contents: Sequence[Content], position: int, count: int, cases: int,
    template: LabelTemplate,
) -> LabelData:  # fmt: skip
    row, parties = freight.shipment, freight.parties
    items = {(content.sku, content.title) for content in contents}
    code, title = next(iter(items)) if len(items) == 1 else ("", "")
    return LabelData(
        kind, sscc, template.address_lines(parties.ship_from.address), template.address_lines(parties.ship_to.address),
        tuple(dict.fromkeys(content.order for content in contents)), sum(content.eaches for content in contents),
        position, count, row.ship_to_party, code, title, cases, row.carrier_scac, row.pro_number, row.bol_number,
    )  # fmt: skip


def _cases(contents: Sequence[Content]) -> int:
    """How many whole case packs are in it; 0 where that says nothing."""
    packs = {content.case_pack for content in contents}
    if len(packs) != 1:
        return 0
    (size,) = packs
    eaches = sum(content.eaches for content in contents)
    return eaches // size if size > 1 and eaches % size == 0 else 0
