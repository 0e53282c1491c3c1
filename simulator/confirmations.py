"""Shipment confirmations (advance ship notices): what fails after the 202, and what is taken and found wrong all the same.

What Amazon cannot book is refused: the transaction fails and nothing has changed. What it can book and fines is taken,
and noted with the notice as a defect. Which of the two a fault is, and all codes but INVALID_ORDER_ID, were chosen here.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from simulator import asn_table, orders_table, pickup_table, pickups, receiving, times
from simulator.asn import SKEW, Asn, Carton, Content, Defect
from simulator.catalogue import products
from simulator.order import Line, Order
from simulator.transactions import Posted, Problem, problem
from simulator.worlds import World

Document = Mapping[str, Any]

_YEAR = 365 * times.DAY
_REPLACE_PERIOD = 7 * times.DAY
_OLDEST_DEPARTURE = 7 * times.DAY
_LONGEST_TRANSIT = 183 * times.DAY
_LONGEST_LIFE = 100 * 365
_SHELF_LIFE = 30 * times.DAY
_MOST_ORDERS_IN_CARTON = 5

_MODES = ("TruckLoad", "LessThanTruckLoad", "SmallParcel")
_WAYS = ("Road", "Air", "Ocean")
# Whether the goods lie on pallets; and what its hierarchy says of the cartons: all of one order and one product, one of
# several products but none of several orders, one (or its pallet) of several orders, or no cartons at all.
_STRUCTURES = {
    "PalletizedStandardCase": (True, "standard"),
    "PalletizedAssortmentCase": (True, "assortment"),
    "MasterPallet": (True, "shared"),
    "PalletOfItems": (True, "none"),
    "LooseStandardCase": (False, "standard"),
    "LooseAssortmentCase": (False, "assortment"),
    "MasterCase": (False, "shared"),
}
_PLATES = ("SSCC", "AMZNCC")
_SSCC = re.compile(r"00(\d{17})(\d)", re.ASCII)
_SCAC = re.compile(r"[A-Z]{2,4}", re.ASCII)
_DATE = re.compile(r"(19|20)\d\d[-/.]?(0[1-9]|1[0-2])[-/.]?([0-2]\d|3[01])([T ]?\d\d:?\d\d(:?\d\d)?)?", re.ASCII)


def take(connection: sqlite3.Connection, world: World, posted: Posted, at: int) -> list[Problem]:
    """Let a posted document take effect; the caller undoes it where there are problems."""
    problems: list[Problem] = []
    for document in posted.body["shipmentConfirmations"]:
        judge = _Judge(connection, world, document, posted.at)
        asn = judge.asn(posted.transaction)
        problems += judge.problems
        if not judge.problems:
            asn.defects = judge.defects(asn)
            asn_table.save(connection, world.name, asn)
            receiving.plan(connection, world, asn, at)
            pickups.mark_shipped(connection, world, asn, at)
    return problems


def is_sscc(code: str) -> bool:
    """Whether it is ``00`` and 18 digits, the last of which is the check digit of the others."""
    found = _SSCC.fullmatch(code)
    if found is None:
        return False
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(found[1]))
    return -total % 10 == int(found[2])


class _Judge:
    """One notice being read: all that is wrong with it gathers in `problems`."""

    def __init__(self, connection: sqlite3.Connection, world: World, document: Document, posted_at: int) -> None:
        self.problems: list[Problem] = []
        self._connection = connection
        self._world = world
        self._document = document
        self._posted_at = posted_at
        self._vendor_code = str(document["sellingParty"]["partyId"])
        self._centre = str(document["shipToParty"]["partyId"])
        self._cartons: list[Document] = document.get("cartons", [])
        self._pallets: list[Document] = document.get("pallets", [])
        self._orders: dict[str, Order | None] = {}
        self._booked: Counter[tuple[str, str]] = Counter()
        self._packs: dict[str, int] = {}
        self._earlier = asn_table.find(connection, world.name, document["shipmentIdentifier"], posted_at - _YEAR)

    @property
    def _is_strict(self) -> bool:
        """Where Amazon's table of mandatory fields is known."""
        return self._world.marketplace.region in ("NA", "EU")

    @property
    def _is_replacing(self) -> bool:
        return bool(self._document["shipmentConfirmationType"] == "Replace")

    def _blame(self, code: str, message: str, details: str = "") -> None:
        found = problem(code, message, details)
        if found not in self.problems:
            self.problems.append(found)

    def asn(self, transaction_id: str) -> Asn:
        """The notice as it is to be booked; good for nothing once there are problems."""
        document = self._document
        transport = document.get("transportationDetails", {})
        asn = Asn(
            identifier=document["shipmentIdentifier"],
            vendor_code=self._vendor_code,
            centre=self._centre,
            first_at=self._posted_at,
            posted_at=self._posted_at,
            shipped_at=self._instant("shippedDate", self._posted_at),
            expected_at=self._instant("estimatedDeliveryDate", self._posted_at + 3 * times.DAY),
            transaction=transaction_id,
            mode=document.get("shipmentType", ""),
            structure=document.get("shipmentStructure", ""),
            bol=transport.get("billOfLadingNumber", ""),
            pro=transport.get("carrierShipmentReferenceNumber", ""),
            scac=transport.get("carrierScac", ""),
            arn=document.get("amazonReferenceNumber", ""),
        )
        self._check_words()
        self._check_dates(asn)
        self._check_counts()
        asn.pallets = [self._plates(pallet["palletIdentifiers"], "pallet") for pallet in self._pallets]
        asn.cartons = self._read_cartons()
        self._check_orders()
        self._check_transport(asn)
        self._check_labels(asn)
        if self._is_replacing:
            self._replace(asn)
        elif self._earlier is not None:
            self._blame(
                "DUPLICATE_SHIPMENT_IDENTIFIER",
                "The shipment identifier was used in the last 365 days.",
                asn.identifier,
            )
        self._check_quantities(asn)
        return asn

    # -- the head ------------------------------------------------------------------------------------------------------

    def _instant(self, name: str, default: int) -> int:
        return times.parse(self._document[name]) if name in self._document else default

    def _require(self, name: str, value: object) -> None:
        if value in (None, "", []):
            self._blame("MISSING_FIELD", "A field that is mandatory for this shipment is missing.", name)

    def _check_words(self) -> None:
        document = self._document
        words = {
            "shipmentConfirmationType": (document["shipmentConfirmationType"], ("Original", "Replace")),
            "shipmentType": (document.get("shipmentType"), _MODES),
            "shipmentStructure": (document.get("shipmentStructure"), tuple(_STRUCTURES)),
            "transportationMode": (document.get("transportationDetails", {}).get("transportationMode"), _WAYS),
        }
        for name, (value, allowed) in words.items():
            if value is not None and value not in allowed:
                self._blame("INVALID_ENUM", "A value is not one of those allowed; they are case sensitive.", name)
        if self._vendor_code not in self._world.vendor_codes:
            self._blame("INVALID_SELLING_PARTY", "The selling party is not one of the account's.", self._vendor_code)
        if not document["shipmentIdentifier"].strip():
            self._blame(
                "MISSING_FIELD", "A field that is mandatory for this shipment is missing.", "shipmentIdentifier"
            )

    def _check_dates(self, asn: Asn) -> None:
        if self._is_strict:
            for name in ("shippedDate", "estimatedDeliveryDate", "shipmentType"):
                self._require(name, self._document.get(name))
        # The faster the clock runs, the further a client's idea of it may be ahead of ours.
        skew = max(SKEW, int(self._world.clock_rate * times.SECOND))
        if asn.shipped_at > self._posted_at + skew:
            self._blame("INVALID_SHIPPED_DATE", "The shipped date lies in the future.", times.text(asn.shipped_at))
        if asn.shipped_at < self._posted_at - _OLDEST_DEPARTURE:
            self._blame("INVALID_SHIPPED_DATE", "The shipped date is more than 7 days ago.", times.text(asn.shipped_at))
        if not 0 <= asn.expected_at - asn.shipped_at <= _LONGEST_TRANSIT:
            message = "The estimated delivery lies before the departure, or half a year after it."
            self._blame("INVALID_DELIVERY_DATE", message, times.text(asn.expected_at))

    def _check_transport(self, asn: Asn) -> None:
        market = self._world.marketplace
        is_truck = asn.mode in ("TruckLoad", "LessThanTruckLoad")
        if (market.region == "NA" and is_truck) or (market.region == "EU" and market.country != "IN"):
            self._require("billOfLadingNumber", asn.bol)
        if market.region == "NA":
            self._require("carrierScac", asn.scac)
            self._require("carrierShipmentReferenceNumber", asn.pro)
        if asn.bol and (len(asn.bol) < 2 or _DATE.fullmatch(asn.bol)):
            self._blame("INVALID_BILL_OF_LADING", "A bill of lading number is no date and no single letter.", asn.bol)
        if asn.scac and not _SCAC.fullmatch(asn.scac):
            self._blame("INVALID_CARRIER", "A SCAC is two to four capital letters.", asn.scac)
        if asn.mode == "SmallParcel":
            for carton in self._cartons:
                if not carton.get("trackingNumber"):
                    where = f"trackingNumber of carton {carton['cartonSequenceNumber']}"
                    self._require(where, None)
        collect = [
            order
            for order in self._orders.values()
            if order and order.is_collect(self._world.settings.collect_vendor_codes)
        ]
        if not self._is_strict or not collect:
            return
        self._require("amazonReferenceNumber", asn.arn)
        pickup = pickup_table.find_by_arn(self._connection, self._world.name, asn.arn) if asn.arn else None
        known = pickup is not None and not pickup.is_cancelled
        is_own = pickup is not None and (pickup.vendor_code, pickup.centre) == (asn.vendor_code, asn.centre)
        if asn.arn and not (known and is_own):
            details = "Not one that Amazon gave for this vendor code and fulfilment centre."
            self._blame("INVALID_AMAZON_REFERENCE_NUMBER", details, asn.arn)

    def _check_counts(self) -> None:
        measured = self._document.get("shipmentMeasurements", {})
        if self._is_strict:
            if not self._pallets:
                self._require("cartonCount", measured.get("cartonCount"))
            elif self._world.marketplace.region == "EU":
                self._require("palletCount", measured.get("palletCount"))
        for name, there in (("cartonCount", self._cartons), ("palletCount", self._pallets)):
            said = measured.get(name, len(there))
            # A pallet of loose items has cartons that nobody lists.
            if said != len(there) and self._cartons:
                self._blame("COUNT_MISMATCH", "The count is not that of the containers listed.", f"{name} {said}")

    # -- goods ---------------------------------------------------------------------------------------------------------

    def _read_cartons(self) -> list[Carton]:
        """What is in each carton, the order and the product read wherever they stand; sums checked against the items."""
        items = self._items()
        if not items:
            self._require("shippedItems", None)
        sums: Counter[str] = Counter()
        if not self._cartons and not self._pallets:
            if self._is_strict:
                self._require("cartons", None)
            contents = [self._content(item, item["shippedQuantity"], [item], sums) for item in items.values()]
            return [Carton("", [], "", "", [content for content in contents if content])]
        cartons = [*self._boxes(items, sums), *self._loose_pallets(items, sums)]
        for reference, item in items.items():
            whole = self._eaches(item["shippedQuantity"], self._packs.get(reference, 1))
            if whole != sums[reference]:
                details = f"item {reference}: {whole} eaches, in its containers {sums[reference]}"
                self._blame("QUANTITY_MISMATCH", "The containers do not hold what the item says.", details)
        return cartons

    def _items(self) -> dict[str, Document]:
        items: dict[str, Document] = {}
        for item in self._document["shippedItems"]:
            reference = item["itemSequenceNumber"]
            if reference in items:
                self._blame("DUPLICATE_ITEM", "An item sequence number occurs twice.", reference)
            items[reference] = item
        return items

    def _boxes(self, items: Mapping[str, Document], sums: Counter[str]) -> Iterator[Carton]:
        places = self._places()
        seen: set[str] = set()
        for carton in self._cartons:
            sequence = carton["cartonSequenceNumber"]
            where = f"carton {sequence}"
            if sequence in seen:
                self._blame("INVALID_CARTON_SEQUENCE", "A carton sequence number occurs twice.", sequence)
            seen.add(sequence)
            if self._pallets and sequence not in places:
                self._blame(
                    "INVALID_CARTON_REFERENCE", "A carton of a palletized shipment lies on no pallet.", sequence
                )
            pallet = places.get(sequence)
            around = list(self._pallets[pallet].get("items", [])) if pallet is not None else []
            yield Carton(
                sequence,
                self._plates(carton.get("cartonIdentifiers", []), where),
                str(pallet + 1) if pallet is not None else "",
                carton.get("trackingNumber", ""),
                self._contents(carton["items"], around, items, sums, where),
            )

    def _loose_pallets(self, items: Mapping[str, Document], sums: Counter[str]) -> Iterator[Carton]:
        """Pallets that name no cartons: the goods stand on them as they are."""
        for place, pallet in enumerate(self._pallets, start=1):
            if not pallet.get("cartonReferenceDetails", {}).get("cartonReferenceNumbers"):
                contents = self._contents(pallet.get("items", []), [], items, sums, f"pallet {place}")
                yield Carton(f"P{place}", [], str(place), "", contents)

    def _places(self) -> dict[str, int]:
        """Which pallet each carton lies on."""
        known = {carton["cartonSequenceNumber"] for carton in self._cartons}
        places: dict[str, int] = {}
        for place, pallet in enumerate(self._pallets):
            details = pallet.get("cartonReferenceDetails", {})
            references = details.get("cartonReferenceNumbers", [])
            for reference in references:
                if reference not in known or reference in places:
                    self._blame(
                        "INVALID_CARTON_REFERENCE",
                        "A pallet names a carton that is not there, or is elsewhere.",
                        reference,
                    )
                places[reference] = place
            if details.get("cartonCount", len(references)) != len(references):
                self._blame("COUNT_MISMATCH", "The count is not that of the cartons listed.", f"pallet {place + 1}")
        return places

    def _contents(
        self,
        inside: list[Document],
        around: list[Document],
        items: Mapping[str, Document],
        sums: Counter[str],
        where: str,
    ) -> list[Content]:
        contents = []
        if not inside:
            self._require(f"items of {where}", None)
        for part in inside:
            reference = part["itemReference"]
            item = items.get(reference)
            if item is None:
                self._blame(
                    "INVALID_ITEM_REFERENCE", "No shipped item has this sequence number.", f"{where}: {reference}"
                )
                continue
            levels = [part, *(entry for entry in around if entry["itemReference"] == reference), item]
            content = self._content(item, part["shippedQuantity"], levels, sums)
            if content:
                contents.append(content)
        return contents

    def _content(
        self, item: Document, quantity: Document, levels: list[Document], sums: Counter[str]
    ) -> Content | None:
        """A part of an order line; `levels` are where its details may stand, the innermost first."""
        reference, number = item["itemSequenceNumber"], self._number(levels)
        line = self._line(item, number)
        if line is not None:
            self._packs[reference] = line.pack
        eaches = self._eaches(quantity, self._packs.get(reference, 1))
        if eaches <= 0:
            self._blame("INVALID_QUANTITY", "A shipped quantity is zero or negative.", reference)
        sums[reference] += eaches
        if line is None:
            return None
        self._booked[number, line.sequence] += eaches
        return Content(number, line.sequence, eaches, str(_detail(levels, "lotNumber") or ""), self._expiry(levels))

    def _number(self, levels: list[Document]) -> str:
        """The order's number, which may stand at the carton, the pallet or the item, but nowhere another one."""
        found = [
            level["itemDetails"]["purchaseOrderNumber"]
            for level in levels
            if level.get("itemDetails", {}).get("purchaseOrderNumber")
        ]
        if not found:
            self._require("purchaseOrderNumber", None)
            return ""
        if len(set(found)) > 1:
            self._blame("ORDER_MISMATCH", "Item, carton and pallet name different orders.", ", ".join(found))
        return str(found[0])

    def _order(self, number: str) -> Order | None:
        if number not in self._orders:
            self._orders[number] = orders_table.find(self._connection, self._world.name, number)
        return self._orders[number]

    def _line(self, item: Document, number: str) -> Line | None:
        """The line of the order that has the item's product; of several the first with room for more."""
        order = self._order(number) if number else None
        if order is None:
            return None
        named = {"amazonProductIdentifier": "asin", "vendorProductIdentifier": "sku"}
        given = {attribute: item[name] for name, attribute in named.items() if name in item}
        if not given:
            self._require(f"product of item {item['itemSequenceNumber']}", None)
            return None
        lines = [line for line in order.lines if all(getattr(line, key) == value for key, value in given.items())]
        if not lines:
            details = f"{number} {' '.join(given.values())}"
            self._blame("INVALID_ITEM", "The item is not on the order.", details)
            return None
        free = (line for line in lines if self._booked[number, line.sequence] < line.accepted * line.unit_size)
        return next(free, lines[-1])

    def _eaches(self, quantity: Document, pack: int) -> int:
        """A quantity in eaches; a case that does not say its size has the order's."""
        unit, amount = quantity["unitOfMeasure"], int(quantity["amount"])
        if unit not in ("Cases", "Eaches"):
            self._blame("INVALID_ENUM", "A value is not one of those allowed; they are case sensitive.", str(unit))
        return amount * int(quantity.get("unitSize") or pack) if unit == "Cases" else amount

    def _expiry(self, levels: list[Document]) -> str:
        expiry: Document = _detail(levels, "expiry") or {}
        if "expiryDate" in expiry:
            return times.text(times.parse(expiry["expiryDate"]))
        if "manufacturerDate" in expiry and "expiryAfterDuration" in expiry:
            duration = expiry["expiryAfterDuration"]
            days = duration["durationValue"] * (30 if duration["durationUnit"] == "Months" else 1)
            if 0 <= days <= _LONGEST_LIFE:
                return times.text(times.parse(expiry["manufacturerDate"]) + days * times.DAY)
            self._blame("INVALID_EXPIRY", "A product expires after none to a hundred years.", f"{days} days")
        return ""

    # -- against what Amazon knows -------------------------------------------------------------------------------------

    def _check_orders(self) -> None:
        for number, order in self._orders.items():
            if order is None:
                self._blame("INVALID_ORDER_ID", "Invalid order ID.", number)
                continue
            if order.vendor_code != self._vendor_code:
                self._blame("INVALID_SELLING_PARTY", "The selling party is not the order's.", number)
            if order.ship_to.code != self._centre:
                details = f"{number} goes to {order.ship_to.code}"
                self._blame("INVALID_SHIP_TO_PARTY", "The order goes to another fulfilment centre.", details)
            if order.state == "New":
                self._blame("ORDER_NOT_ACKNOWLEDGED", "The order was not acknowledged.", number)
            elif order.state == "Closed" and not self._is_replacing:
                self._blame("ORDER_CLOSED", "The order is closed.", number)

    def _check_quantities(self, asn: Asn) -> None:
        """Never more than was confirmed and is not shipped yet."""
        own = self._earlier.id if self._earlier and self._is_replacing else 0
        for (number, sequence), eaches in asn.quantities().items():
            order = self._order(number)
            line = order.line(sequence) if order else None
            if order is None or line is None or order.state != "Acknowledged":
                continue
            sent = asn_table.sent_eaches(self._connection, self._world.name, number, own).get(sequence, 0)
            sent += sum(entry.eaches for entry in line.received if not entry.asn)
            left = line.accepted * line.unit_size - sent
            if eaches > left:
                details = f"{number} line {sequence}: {eaches} eaches, {max(left, 0)} are left to ship"
                self._blame("QUANTITY_EXCEEDS_CONFIRMED", "More is shipped than was confirmed.", details)

    def _plates(self, identifiers: list[Document], where: str) -> list[str]:
        """The numbers on a container's label; each SSCC must be one."""
        codes = []
        for identifier in identifiers:
            kind, code = identifier["containerIdentificationType"], identifier["containerIdentificationNumber"]
            if kind in _PLATES:
                codes.append(code)
            if kind == "SSCC" and not is_sscc(code):
                self._blame("INVALID_SSCC", "An SSCC is 00 and 18 digits, the last a check digit.", code)
        if not codes and self._is_strict:
            self._require(f"SSCC of {where}", None)
        return codes

    def _check_labels(self, asn: Asn) -> None:
        for code, count in Counter(asn.codes).items():
            if count > 1:
                self._blame("DUPLICATE_SSCC", "Two containers have the same label.", code)
        own = self._earlier.id if self._earlier else 0
        since = self._posted_at - _YEAR
        for code in asn_table.used_labels(self._connection, self._world.name, asn.codes, since, own):
            self._blame("SSCC_REUSED", "The SSCC was used in the last year.", code)

    def _replace(self, asn: Asn) -> None:
        """A replacement takes the place of the notice before it; it may only take goods out."""
        earlier = self._earlier
        if earlier is None:
            self._blame("REPLACE_WITHOUT_ORIGINAL", "There is no shipment of this identifier.", asn.identifier)
            return
        if earlier.vendor_code != asn.vendor_code:
            self._blame("INVALID_SELLING_PARTY", "The selling party is not the original's.", asn.vendor_code)
        if self._posted_at - earlier.first_at > _REPLACE_PERIOD:
            self._blame("REPLACE_TOO_LATE", "The original is more than 7 days old.", asn.identifier)
        if earlier.arrived_at is not None:
            self._blame("REPLACE_AFTER_ARRIVAL", "The shipment has arrived.", asn.identifier)
        before = earlier.quantities()
        for key, eaches in asn.quantities().items():
            if eaches > before[key]:
                self._blame("REPLACE_ADDS_QUANTITY", "A replacement may only reduce quantities.", " line ".join(key))
        asn.id, asn.first_at, asn.versions = earlier.id, earlier.first_at, earlier.versions + 1
        asn.appointment_at = earlier.appointment_at

    # -- what is taken all the same ------------------------------------------------------------------------------------

    def defects(self, asn: Asn) -> list[Defect]:
        """What Amazon fines: it shows in the notice itself."""
        found = [*self._structure_defects(asn), *self._carton_defects(asn)]
        if asn.is_late:
            found.append(("LATE", ""))
        return [Defect(self._posted_at, *entry) for entry in found]

    def _structure_defects(self, asn: Asn) -> Iterator[tuple[str, str]]:
        if not asn.structure:
            return
        products_share = any(len({self._asin(content) for content in carton.contents}) > 1 for carton in asn.cartons)
        orders_share = any(len({content.order for content in carton.contents}) > 1 for carton in asn.cartons)
        on_pallet: dict[str, set[str]] = defaultdict(set)
        for carton in asn.cartons:
            on_pallet[carton.pallet] |= {content.order for content in carton.contents}
        pallets_share = bool(self._pallets) and any(len(orders) > 1 for orders in on_pallet.values())
        is_so = {
            "standard": bool(self._cartons) and not orders_share and not products_share,
            "assortment": products_share and not orders_share,
            "shared": orders_share or pallets_share,
            "none": not self._cartons,
        }
        on_pallets, kind = _STRUCTURES[asn.structure]
        if on_pallets != bool(self._pallets) or not is_so[kind]:
            yield "STRUCTURE_MISMATCH", asn.structure

    def _asin(self, content: Content) -> str:
        order = self._order(content.order)
        line = order.line(content.line) if order else None
        return line.asin if line else ""

    def _carton_defects(self, asn: Asn) -> Iterator[tuple[str, str]]:
        market = self._world.marketplace
        perishable = {p.asin for p in products(self._world.seed, market.country) if p.is_perishable}
        for carton in asn.cartons:
            where = f"carton {carton.sequence}"
            if len({content.order for content in carton.contents}) > _MOST_ORDERS_IN_CARTON:
                yield "TOO_MANY_ORDERS", where
            lots = defaultdict(set)
            for content in carton.contents:
                asin = self._asin(content)
                lots[asin].add((content.lot, content.expiry))
                if asin in perishable and not (content.lot and content.expiry):
                    yield "MISSING_EXPIRY", f"{where}: {asin}"
                elif content.expiry and times.parse(content.expiry) < self._posted_at + _SHELF_LIFE:
                    yield "EXPIRES_SOON", f"{where}: {asin}"
            if any(len(found) > 1 for found in lots.values()):
                yield "MIXED_LOTS", where


def _detail(levels: list[Document], name: str) -> Any:
    """A detail from the innermost level that gives it."""
    return next((level["itemDetails"][name] for level in levels if name in level.get("itemDetails", {})), None)
