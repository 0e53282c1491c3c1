from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.errors import DomainError
from acorn.core.keyset import Order, iterate
from acorn.imports.types import Context, ImportField, ImportTable, Kind, Row, RowKind
from orders.models import PurchaseOrderLine
from shipments.errors import PackingRefused
from shipments.models import Carton, CartonContent
from shipments.rules.sscc import normalise_sscc
from shipments.services import import_cartons
from shipments.types import ReportedContent, ShipmentState
from vendors.types import RuleFinding

_ROUNDS = 3
# as the API has it
_MOST = {
    "eaches": 400_000, "scale_weight_g": 400_000, "weight_g": 2_000_000_000, "length_mm": 100_000, "width_mm": 100_000,
    "height_mm": 100_000,
}  # fmt: skip


class _Tried(Exception):
    """It would go: what was tried is rolled back by this."""


class CartonTable(ImportTable):
    """What another system packed: one row for each order line, lot and expiry in a carton."""

    name = "cartons"
    label = _("Packed cartons")
    right = Right.PACK
    see = Right.SEE_SHIPMENTS
    help = _(
        "One row for each order line in a carton, as your warehouse system packed it. Keep the rows of a carton together. A carton goes into the open shipment of its orders; where there is none, one is planned."
    )
    fields = (
        ImportField("sscc", _("SSCC"), is_key=True, is_required=True),
        ImportField("order", _("PO"), is_key=True, is_required=True, hint=_("Number or id.")),
        ImportField("sequence", _("Line"), is_key=True, is_required=True, hint=_("The order line's number.")),
        ImportField("eaches", _("Eaches"), Kind.INTEGER, is_required=True),
        ImportField("lot_number", _("Lot"), is_key=True),
        ImportField("expires_on", _("Expiry"), Kind.DATE, is_key=True),
        ImportField("manufactured_on", _("Manufactured"), Kind.DATE),
        ImportField("origin_country", _("Country of origin"), hint=_("Two letters.")),
        ImportField("scale_weight_g", _("Weight by the scale"), Kind.WEIGHT, hint=_("Of goods priced by weight.")),
        ImportField("pallet", _("Pallet"), hint=_("A number from 1, or its SSCC.")),
        ImportField("tracking_number", _("Tracking number")),
        ImportField("weight_g", _("Carton weight"), Kind.WEIGHT),
        ImportField("length_mm", _("Length"), Kind.LENGTH),
        ImportField("width_mm", _("Width"), Kind.LENGTH),
        ImportField("height_mm", _("Height"), Kind.LENGTH),
    )  # fmt: skip

    def find(self, rows: Sequence[Row], *, lock: bool) -> None:
        for row in rows:
            row.values["sscc"] = normalise_sscc(row.values["sscc"])
            row.values["order"] = row.values["order"].strip()
            row.values["origin_country"] = row.values.get("origin_country", "").strip().upper()
            _judge(row)
        known = _load({row.values["sscc"] for row in rows})
        for row in rows:
            if row.flaws:
                continue
            for name in ("number", "public_id"):
                found = known.get((name, *_key(row.values)))
                if found is not None:
                    row.before = found | {"order": row.values["order"]}
                    break
        by_carton = defaultdict(list)
        for row in rows:
            by_carton[row.values["sscc"]].append(row)
        for row in rows:
            row.related["carton"] = by_carton[row.values["sscc"]]
        _try(rows)

    def write(self, rows: Sequence[Row], context: Context) -> None:
        import_cartons(_report(rows), source=f"import:{context.run}", actor=context.actor, now=context.now)

    def export(self) -> Iterator[Mapping[str, Any]]:
        cartons = Carton.objects.exclude(shipment__state=ShipmentState.CANCELLED).select_related("pallet")
        for batch in iterate(cartons, Order("id", "id")):
            for content in _contents(batch):
                yield _values(content)


def _judge(row: Row) -> None:
    """What a row can't be, whatever there is."""
    for name, limit in {"sequence": 100, "lot_number": 60, "tracking_number": 60, "origin_country": 2}.items():
        if len(row.values.get(name) or "") > limit:
            row.refuse(name, "flaws.too_long", limit=limit)
    for name, most in _MOST.items():
        value = row.values.get(name)
        if value is not None and not 1 <= value <= most:
            row.refuse(name, "shipments.out_of_range", least=1, most=most)


def _load(numbers: Collection[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What is known to be in cartons with these numbers, by how a row names it."""
    cartons = Carton.objects.filter(sscc__in=numbers).exclude(shipment__state=ShipmentState.CANCELLED)
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for content in _contents(list(cartons.select_related("pallet"))):
        values = _values(content)
        for name in ("number", "public_id"):
            found[name, *_key(values | {"order": getattr(content.line.order, name)})] = values
    return found


def _contents(cartons: Sequence[Carton]) -> list[CartonContent]:
    """What is in these cartons, with their lines and orders; two statements (see `load_cartons` for why not one)."""
    by_key = {carton.pk: carton for carton in cartons}
    rows = list(CartonContent.objects.filter(carton_id__in=by_key).order_by("carton_id", "id"))
    lines = PurchaseOrderLine.objects.select_related("order").in_bulk({row.line_id for row in rows})
    for row in rows:
        row.carton, row.line = by_key[row.carton_id], lines[row.line_id]
    return rows


def _key(values: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        values["sscc"], values["order"], values["sequence"], values.get("lot_number") or "", values.get("expires_on"),
    )  # fmt: skip


def _values(content: CartonContent) -> dict[str, Any]:
    carton = content.carton
    return {
        "sscc": carton.sscc, "order": content.line.order.number, "sequence": content.line.sequence,
        "eaches": content.eaches, "lot_number": content.lot_number, "expires_on": content.expires_on,
        "manufactured_on": content.manufactured_on, "origin_country": content.origin_country,
        "scale_weight_g": content.scale_weight_g, "pallet": str(carton.pallet.position) if carton.pallet else "",
        "tracking_number": carton.tracking_number, "weight_g": carton.weight_g, "length_mm": carton.length_mm,
        "width_mm": carton.width_mm, "height_mm": carton.height_mm,
    }  # fmt: skip


def _try(rows: Sequence[Row]) -> None:
    """Refuse the rows that the packing service would refuse, by asking it: what it does is rolled back."""
    for _round in range(_ROUNDS):
        _refuse_whole(rows)
        going = [row for row in rows if row.kind in (RowKind.NEW, RowKind.CHANGED)]
        if not going:
            return
        try:
            with transaction.atomic():
                import_cartons(_report(going), source="import", actor=Actor.system("import"), now=clock.now())
                raise _Tried
        except _Tried:
            return
        except PackingRefused as refusal:
            for finding in refusal.findings:
                _refuse(going, finding)
        except DomainError as refusal:
            for row in going:
                row.refuse("order", "catalog.said", text=str(refusal))


def _refuse_whole(rows: Sequence[Row]) -> None:
    """A carton is taken as a whole or not at all."""
    for row in rows:
        if not row.flaws and any(each.flaws for each in row.related["carton"]):
            row.refuse("sscc", "shipments.carton_refused")


def _refuse(rows: Sequence[Row], finding: RuleFinding) -> None:
    """The rows that a finding is about; all of them, where it names none."""
    params = finding.params
    numbers = {params.get("sscc"), params.get("carton")}
    about = [row for row in rows if row.values["sscc"] in numbers] or [
        row for row in rows if finding.line in (row.values["order"], f"{row.values['order']} {row.values['sequence']}")
    ]
    field = "order" if "order" in params else "eaches" if "eaches" in params else "sscc"
    for row in about or rows:
        row.refuse(field, finding.code, **params)


def _report(rows: Sequence[Row]) -> list[ReportedContent]:
    """The whole cartons that these rows are in, as the service reads them."""
    whole = {id(each): each for row in rows for each in row.related["carton"] if not each.flaws}
    names = ReportedContent._fields
    return [
        ReportedContent(**{name: row.values[name] for name in names if row.values.get(name) is not None})
        for row in whole.values()
    ]
