"""The papers that travel with a shipment: packing list, bill of lading or delivery note, commercial invoice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acorn.core.money import Money
from acorn.ui import formats
from acorn.ui.papers import Column, Paper, Section
from orders.types import FreightTerms
from shipments.selectors.freight import Content, Freight, Unit, address_text, sum_values
from shipments.types import Mode, TransportationMode

PACKING_LIST, BILL_OF_LADING, COMMERCIAL_INVOICE = "packing-list", "bill-of-lading", "commercial-invoice"
FORMS = ("pdf", "xlsx")
PAPERS = {
    PACKING_LIST: gettext_lazy("Packing list"),
    BILL_OF_LADING: gettext_lazy("Bill of lading / delivery note"),
    COMMERCIAL_INVOICE: gettext_lazy("Commercial invoice"),
}
_GRAMS = Decimal(1000)


def make_paper(kind: str, freight: Freight, *, company: str, printed_by: str, now: datetime) -> Paper:
    """One of the papers, in the active language and zone. Raises KeyError for another kind."""
    sections = {
        PACKING_LIST: _packing_list, BILL_OF_LADING: _bill_of_lading, COMMERCIAL_INVOICE: _commercial_invoice,
    }[kind](freight)  # fmt: skip
    title = str(PAPERS[kind])
    facts = [
        (_("Company"), company),
        (_("Shipment"), f"{freight.shipment.number} · {formats.moment(now)} · {printed_by}"),
        *_facts(freight),
        *(_trade_facts(freight) if kind == COMMERCIAL_INVOICE else []),
    ]
    return Paper(title, facts, sections, f"{title} · {freight.shipment.number}", _("Page {page} of {pages}"))


def _facts(freight: Freight) -> list[tuple[str, str]]:
    row, parties = freight.shipment, freight.parties
    terms = FreightTerms(row.freight_terms).label if row.freight_terms else ""
    ways = [
        Mode(row.mode).label if row.mode else "",
        TransportationMode(row.transportation_mode).label if row.transportation_mode else "",
        row.carrier_scac,
    ]
    departure = row.departed_at or row.planned_departure_at
    facts = [
        (_("Vendor code"), row.vendor_code),
        (_("Ship from"), address_text(parties.ship_from)),
        (_("Ship to"), address_text(parties.ship_to)),
        (_("Orders"), ", ".join(order.number for order in freight.orders)),
        (_("Freight"), str(terms)),
        (_("Carrier"), " · ".join(str(way) for way in ways if way)),
        (_("PRO number"), row.pro_number),
        (_("Bill of lading"), row.bol_number),
        (_("Amazon reference number (ARN)"), row.amazon_reference_number),
        (_("Departure"), formats.moment(departure) if departure else ""),
        (
            _("Container and seal"),
            " · ".join(filter(None, map(row.import_details.get, ("import_containers", "seal_number")))),
        ),
    ]
    return [(label, value) for label, value in facts if value]


def _packing_list(freight: Freight) -> list[Section]:
    columns = [
        Column(_("Carton"), 0.9), Column("SSCC", 2.3), Column(_("Order"), 1.3), Column(_("SKU"), 1.8),
        Column(_("Title"), 3.4), Column(_("Eaches"), 0.9, is_numeric=True), Column(_("Cases"), 1.1),
        Column(_("Lot"), 1.1), Column(_("Expires"), 1.2), Column(_("Weight (kg)"), 1.1, is_numeric=True),
        Column(_("Packed"), 0.8, is_tick=True),
    ]  # fmt: skip
    total = len(freight.units)
    sections = []
    for pallet, units in _by_pallet(freight.units):
        rows = [row for unit in units for row in _unit_rows(unit, total)]
        eaches = sum(content.eaches for unit in units for content in unit.contents)
        totals = [_("Total"), "", "", "", "", eaches, "", "", "", _weight(units), ""]
        sections.append(Section(_pallet_name(freight, pallet), columns, rows, totals))
    return sections or [Section(_("Nothing is packed yet"), columns, [])]


def _unit_rows(unit: Unit, total: int) -> list[list[Any]]:
    rows = []
    for place, content in enumerate(unit.contents):
        is_first = place == 0
        rows.append(
            [
                _("{position} of {total}").format(position=unit.position, total=total) if is_first else "",
                unit.sscc if is_first else "", content.order, content.sku, content.title, content.eaches,
                _cases(content), content.lot_number, content.expires_on,
                _kilograms(unit.weight_g) if is_first and unit.weight_g else None, "",
            ]
        )  # fmt: skip
    return rows


def _bill_of_lading(freight: Freight) -> list[Section]:
    columns = [
        Column(_("Order"), 1.6), Column(_("Cartons"), 1, is_numeric=True), Column(_("Eaches"), 1, is_numeric=True),
        Column(_("Delivery window"), 3),
    ]  # fmt: skip
    rows = []
    for order in freight.orders:
        units = [unit for unit in freight.units if any(part.order == order.number for part in unit.contents)]
        eaches = sum(part.eaches for unit in units for part in unit.contents if part.order == order.number)
        window = [order.delivery_window_start, order.delivery_window_end]
        rows.append([order.number, len(units), eaches, " – ".join(formats.day(day) for day in window if day)])
    loose = [unit for unit in freight.units if not unit.pallet]
    handling = [
        [_pallet_name(freight, pallet), len(units), _weight(units), pallets]
        for pallet, units in _by_pallet(freight.units)
        if (pallets := _plate(freight, pallet)) or pallet
    ]
    if loose:
        handling.append([_("Loose cartons"), len(loose), _weight(loose), ""])
    unit_columns = [
        Column(_("Handling unit"), 2), Column(_("Cartons"), 1, is_numeric=True),
        Column(_("Weight (kg)"), 1, is_numeric=True), Column("SSCC", 2.4),
    ]  # fmt: skip
    signatures = [
        Column(_("Handed over by"), 2), Column(_("Signature"), 2.4, is_tick=True), Column(_("Day and time"), 1.6, is_tick=True)
    ]  # fmt: skip
    total = [_("Total"), len(freight.units), freight.eaches, ""]
    return [
        Section(_("Orders"), columns, rows, total),
        Section(_("Handling units"), unit_columns, handling, [_("Total"), len(freight.units), _weight(freight.units), ""]),
        Section(
            _("Handed over"), signatures, [[_("Shipper"), "", ""], [_("Carrier"), "", ""], [_("Consignee"), "", ""]]
        ),
    ]  # fmt: skip


def _commercial_invoice(freight: Freight) -> list[Section]:
    """What customs asks for, as far as the order and the items say it."""
    columns = [
        Column(_("Order"), 1.3), Column("ASIN", 1.5), Column(_("SKU"), 1.8), Column(_("Title"), 4),
        Column(_("Country of origin"), 1.2), Column(_("Eaches"), 1, is_numeric=True), Column(_("Value"), 1.8, is_numeric=True),
    ]  # fmt: skip
    by_line: dict[tuple[str, str, str], list[Content]] = {}
    for unit in freight.units:
        for content in unit.contents:
            by_line.setdefault((content.order, content.sequence, content.origin_country), []).append(content)
    rows = []
    for (order, _sequence, origin), parts in by_line.items():
        eaches = sum(part.eaches for part in parts)
        rows.append([order, parts[0].asin, parts[0].sku, parts[0].title, origin or "?", eaches, _money(parts)])
    contents = [content for unit in freight.units for content in unit.contents]
    totals = [_("Total"), "", "", "", "", freight.eaches, _money(contents)]
    return [Section(_("Goods"), columns, rows, totals)]


def _trade_facts(freight: Freight) -> list[tuple[str, str]]:
    told: Mapping[str, str] = next((order.import_details for order in freight.orders if order.import_details), {})
    known = {**told, **freight.shipment.import_details}
    labels = {
        "international_commercial_terms": _("Incoterm"), "method_of_payment": _("Method of payment"),
        "port_of_loading": _("Port of loading"), "port_of_delivery": _("Port of delivery"),
    }  # fmt: skip
    facts = [(label, str(known[name])) for name, label in labels.items() if known.get(name)]
    return [*facts, (_("Not covered"), _("Tariff numbers and customs declarations are not part of this paper."))]


def _by_pallet(units: Iterable[Unit]) -> list[tuple[int, list[Unit]]]:
    found: dict[int, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.pallet, []).append(unit)
    return sorted(found.items(), key=lambda entry: (entry[0] == 0, entry[0]))


def _pallet_name(freight: Freight, pallet: int) -> str:
    if not pallet:
        return _("Loose cartons")
    name = _("Pallet {position} of {total}").format(position=pallet, total=len(freight.pallets))
    plate = _plate(freight, pallet)
    return f"{name} · {plate}" if plate else name


def _plate(freight: Freight, pallet: int) -> str:
    return next((row.sscc for row in freight.pallets if row.position == pallet), "")


def _cases(content: Content) -> str:
    if content.case_pack <= 1:
        return ""
    full, loose = divmod(content.eaches, content.case_pack)
    text = f"{formats.number(full)} × {formats.number(content.case_pack)}" if full else ""
    return " + ".join(filter(None, [text, formats.number(loose) if loose else ""]))


def _weight(units: Iterable[Unit]) -> Decimal | None:
    """In kilograms; None where a carton was not weighed: half a sum would be read as the whole."""
    weights = [unit.weight_g for unit in units]
    return None if None in weights else _kilograms(sum(weight or 0 for weight in weights))


def _kilograms(grams: int) -> Decimal:
    return Decimal(grams) / _GRAMS


def _money(contents: list[Content]) -> str:
    if any(content.value is None for content in contents):
        return "?"
    return " + ".join(formats.money(Money(amount, currency)) for currency, amount in sum_values(contents).items())
