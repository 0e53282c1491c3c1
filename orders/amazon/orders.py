"""What Amazon says about orders: answers of `getPurchaseOrders` and `getPurchaseOrdersStatus`.

Nothing that Amazon sends makes this crash, and no row is dropped. What is odd is kept as far as it can be, and noted
as a finding; what cannot be kept stays readable in the raw document. This runs for each line of each answer, so the
usual value takes the short way: one look-up and one type check.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from orders.types import (
    CASES,
    EACHES,
    LineSnapshot,
    OrderSnapshot,
    OrderStatus,
    ParsedOrder,
    ParsedStatus,
    RowFinding,
    StatusLine,
)
from vendors.gateway import SpApiClient
from vendors.spapi.answers import Answer
from vendors.spapi.checks import Asked, Finding, check_purchase_orders, check_purchase_orders_status
from vendors.types import FetchedPage
from vendors.types import RowFinding as PageFinding

PAGE_SIZE = 100
MAX_TEXT = 100
MAX_NUMBER = 60
# products of two of these, summed over the lines of an order, still fit a bigint
MAX_AMOUNT = 10**9
MAX_UNIT_SIZE = 10**6
MAX_FINDINGS = 50
STATES = frozenset({"New", "Acknowledged", "Closed"})
TYPES = frozenset({"RegularOrder", "ConsignedOrder", "NewProductIntroduction", "RushOrder"})
PAYMENT_METHODS = frozenset({"Invoice", "Consignment", "CreditCard", "Prepaid"})
UNITS = frozenset({CASES, EACHES})
PRICE_UNITS = frozenset({"POUNDS", "OUNCES", "GRAMS", "KILOGRAMS"})
CONFIRMATIONS = frozenset({"ACCEPTED", "PARTIALLY_ACCEPTED", "REJECTED", "UNCONFIRMED"})
# PARTIALLY_RECEIVE stands in the model's text, PARTIALLY_RECEIVED in its enum
RECEIVINGS = frozenset({"NOT_RECEIVED", "PARTIALLY_RECEIVED", "PARTIALLY_RECEIVE", "RECEIVED"})
STATUSES = frozenset({"OPEN", "CLOSED"})

_MONEY = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
# sequence, net cost, list price, currency, ASIN, SKU of a line without oddities
_USUAL_TEXTS = re.compile(
    rf"[0-9A-Za-z]{{1,20}}\t{_MONEY.pattern}\t{_MONEY.pattern}\t[A-Za-z]{{3}}\t[ -~]{{0,{MAX_TEXT}}}\t[ -~]{{0,{MAX_TEXT}}}"
)
_VENDOR_CODE = re.compile(r"[0-9A-Za-z]{1,20}")
_NUMBER = re.compile(r"[0-9A-Za-z]{8}")
ADDRESS = {
    "name": "name", "addressLine1": "address_line_1", "addressLine2": "address_line_2",
    "addressLine3": "address_line_3", "city": "city", "county": "county", "district": "district",
    "stateOrRegion": "state_or_region", "postalCode": "postal_code", "countryCode": "country_code", "phone": "phone",
}  # fmt: skip
_IMPORT = {
    "methodOfPayment": "method_of_payment", "internationalCommercialTerms": "international_commercial_terms",
    "portOfDelivery": "port_of_delivery", "importContainers": "import_containers",
    "shippingInstructions": "shipping_instructions",
}  # fmt: skip
_PARTIES = (("sellingParty", "selling"), ("shipToParty", "ship_to"), ("billToParty", "bill_to"),
            ("buyingParty", "buying"))  # fmt: skip


def fetch_created(client: SpApiClient, since: datetime, until: datetime, token: str | None) -> FetchedPage:
    """Orders that became available in a window. Raises vendors.errors.AmazonError."""
    answer = client.get_purchase_orders(
        created_after=since, created_before=until, include_details=True, limit=PAGE_SIZE, next_token=token
    )
    asked = Asked(created=True, limit=PAGE_SIZE)
    return _page(answer, check_purchase_orders(answer.payload, asked, client.now()), list_orders(answer.payload))


def fetch_changed(client: SpApiClient, since: datetime, until: datetime, token: str | None) -> FetchedPage:
    """Orders that Amazon changed in a window. Raises vendors.errors.AmazonError."""
    answer = client.get_purchase_orders(
        changed_after=since, changed_before=until, include_details=True, limit=PAGE_SIZE, next_token=token
    )
    asked = Asked(since=since, until=until, limit=PAGE_SIZE)
    return _page(answer, check_purchase_orders(answer.payload, asked, until), list_orders(answer.payload))


def fetch_updated(client: SpApiClient, since: datetime, until: datetime, token: str | None) -> FetchedPage:
    """Statuses that were updated in a window. Raises vendors.errors.AmazonError."""
    answer = client.get_purchase_orders_status(
        updated_after=since, updated_before=until, limit=PAGE_SIZE, next_token=token
    )
    asked = Asked(since=since, until=until, limit=PAGE_SIZE)
    return _page(answer, check_purchase_orders_status(answer.payload, asked, until), list_statuses(answer.payload))


def fetch_order(client: SpApiClient, number: str) -> Answer:
    """One order, as it is now: the payload is its row. Raises vendors.errors.AmazonError."""
    return client.get_purchase_order(number)


def fetch_status(client: SpApiClient, number: str) -> tuple[Answer, list[Any]]:
    """The status of one order, as it came: no row where Amazon does not know it (yet). Raises vendors.errors.AmazonError."""
    answer = client.get_purchase_orders_status(purchase_order_number=number, limit=PAGE_SIZE)
    return answer, [row for row in list_statuses(answer.payload) if _is_about(row, number)]


def _is_about(row: Any, number: str) -> bool:
    return isinstance(row, Mapping) and row.get("purchaseOrderNumber") == number


def _page(answer: Answer, findings: Iterable[Finding], rows: list[Any]) -> FetchedPage:
    return FetchedPage(
        answer, answer.payload, answer.next_token or None,
        tuple(PageFinding(finding.row, finding.code, finding.params) for finding in findings),
        frozenset(filter(None, map(_ordering_code, rows))),
    )  # fmt: skip


def _ordering_code(row: Any) -> str:
    """The vendor code that a row was ordered from, empty where it names none that could be one."""
    details = row.get("orderDetails", row) if isinstance(row, Mapping) else None
    party = details.get("sellingParty") if isinstance(details, Mapping) else None
    code = party.get("partyId") if isinstance(party, Mapping) else None
    return code if isinstance(code, str) and _VENDOR_CODE.fullmatch(code) else ""


def list_orders(payload: Any) -> list[Any]:
    """The rows of a getPurchaseOrders answer, as they came; empty where there are none."""
    return _rows(payload, "orders")


def list_statuses(payload: Any) -> list[Any]:
    """The rows of a getPurchaseOrdersStatus answer, as they came; empty where there are none."""
    return _rows(payload, "ordersStatus")


def parse_orders(rows: Iterable[Any]) -> list[ParsedOrder]:
    """One result per row, in the same order. Never raises for what a row holds."""
    return [parse_order(row) for row in rows]


def parse_order(row: Any) -> ParsedOrder:
    """One order; `order` is None where no number could be read. Never raises."""
    read = _Reader()
    number = read.number(row)
    if number is None:
        return ParsedOrder(None, tuple(read.findings))
    details = row.get("orderDetails")
    if not isinstance(details, dict):
        read.note("orders.no_details")
        details = {}
    (vendor_code, ship_to, bill_to, buying), parties = read.parties(details)
    ship_start, ship_end = read.window(details, "shipWindow")
    delivery_start, delivery_end = read.window(details, "deliveryWindow")
    if details and ship_start is None and ship_end is None and delivery_start is None and delivery_end is None:
        read.note("orders.no_window")
    order = OrderSnapshot(
        number,
        read.word(row, "purchaseOrderState", STATES),
        read.word(details, "purchaseOrderType", TYPES, optional=True),
        read.word(details, "paymentMethod", PAYMENT_METHODS, optional=True),
        read.text(details, "dealCode"),
        read.instant(details, "purchaseOrderDate"),
        read.instant(details, "purchaseOrderChangedDate"),
        read.instant(details, "purchaseOrderStateChangedDate"),
        ship_start,
        ship_end,
        delivery_start,
        delivery_end,
        vendor_code,
        ship_to,
        bill_to,
        buying,
        parties,
        read.mapped(details, "importDetails", _IMPORT),
        read.lines(details),
    )
    return ParsedOrder(order, tuple(read.findings))


def parse_statuses(rows: Iterable[Any]) -> list[ParsedStatus]:
    """One result per row, in the same order. Never raises for what a row holds."""
    return [parse_status(row) for row in rows]


def parse_status(row: Any) -> ParsedStatus:
    """The status of one order; `status` is None where no number could be read. Never raises."""
    read = _Reader()
    number = read.number(row)
    if number is None:
        return ParsedStatus(None, tuple(read.findings))
    items = read.items(row, "itemStatus") or []
    status = OrderStatus(
        number,
        read.word(row, "purchaseOrderStatus", STATUSES),
        read.instant(row, "lastUpdatedDate"),
        tuple(line for place, item in enumerate(items) if (line := read.status_line(item, place)) is not None),
    )
    return ParsedStatus(status, tuple(read.findings))


def _rows(payload: Any, key: str) -> list[Any]:
    rows = payload.get(key) if isinstance(payload, dict) else None
    return rows if isinstance(rows, list) else []


@lru_cache(maxsize=8192)
def _instant(text: str) -> tuple[datetime | None, bool]:
    """The instant in UTC, and whether its zone had to be assumed. (None, False) where it is no date."""
    try:
        value = datetime.fromisoformat(text.strip().upper())
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC), True
        return value.astimezone(UTC), False
    except (ValueError, OverflowError):
        return None, False


def _usual_line(item: Any, seen: set[str]) -> LineSnapshot | None:
    """A line with nothing to remark on, in one go; None for any other. A first sync has a hundred thousand of these."""
    try:
        sequence, quantity, net, listed = (
            item["itemSequenceNumber"], item["orderedQuantity"], item["netCost"], item["listPrice"],
        )  # fmt: skip
        asin, sku, is_allowed = (
            item["amazonProductIdentifier"],
            item["vendorProductIdentifier"],
            item["isBackOrderAllowed"],
        )
        amount, unit, size = quantity["amount"], quantity["unitOfMeasure"], quantity["unitSize"]
        net_cost, list_price, currency = net["amount"], listed["amount"], net["currencyCode"]
        if (
            sequence in seen or unit not in UNITS or currency != listed["currencyCode"]
            or type(amount) is not int or type(size) is not int or type(is_allowed) is not bool
            or not 0 <= amount <= MAX_AMOUNT or not 0 < size <= MAX_UNIT_SIZE
            or len(net) != 2 or len(listed) != 2
            or not _USUAL_TEXTS.fullmatch("\t".join((sequence, net_cost, list_price, currency, asin, sku)))
        ):  # fmt: skip
            return None
    except (KeyError, TypeError):
        return None
    seen.add(sequence)
    return LineSnapshot(
        sequence, asin, sku, amount, unit, size, Decimal(net_cost), Decimal(list_price), currency, "", is_allowed
    )


class _Reader:
    """Reads the fields of one row and collects what is odd. `line` names the line that is being read."""

    __slots__ = ("findings", "line")

    def __init__(self) -> None:
        self.findings: list[RowFinding] = []
        self.line = ""

    def note(self, code: str, **params: Any) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(RowFinding(code, self.line, params))

    # --- plain values -------------------------------------------------------------------------------------------

    def text(self, source: Mapping[str, Any], key: str) -> str:
        value = source.get(key)
        if type(value) is str and len(value) <= MAX_TEXT and value.isascii() and value.isprintable():
            return value
        return "" if value is None else self._odd_text(key, value, MAX_TEXT)

    def _odd_text(self, key: str, value: Any, limit: int) -> str:
        if not isinstance(value, str):
            self.note("orders.not_text", field=key, value=_shown(value))
            if isinstance(value, bool | dict | list):
                return ""
            value = str(value)
        clean = "".join(
            character if character.isprintable() else " "
            for character in value.encode("utf-8", "replace").decode("utf-8")
        )
        if len(clean) > limit:
            self.note("orders.too_long", field=key, limit=limit)
        return clean[:limit]

    def word(self, source: Mapping[str, Any], key: str, known: frozenset[str], optional: bool = False) -> str:
        """One of Amazon's words; an unknown one is kept as it came."""
        value = source.get(key)
        if type(value) is str and value in known:
            return value
        word = self.text(source, key)
        if word:
            self.note("orders.unknown_word", field=key, value=word)
        elif not optional:
            self.note("orders.missing", field=key)
        return word

    def instant(self, source: Mapping[str, Any], key: str) -> datetime | None:
        value = source.get(key)
        return None if value is None else self._instant_of(key, value)

    def _instant_of(self, key: str, value: Any) -> datetime | None:
        instant, is_naive = _instant(value) if isinstance(value, str) else (None, False)
        if instant is None:
            self.note("orders.bad_date", field=key, value=_shown(value))
        elif is_naive:
            self.note("orders.naive_date", field=key, value=value)
        return instant

    def window(self, source: Mapping[str, Any], key: str) -> tuple[datetime | None, datetime | None]:
        """`start--end`. A window with one readable end keeps that end."""
        value = source.get(key)
        if value is None:
            return None, None
        start, separator, end = value.partition("--") if isinstance(value, str) else ("", "", "")
        if not separator:
            self.note("orders.bad_window", field=key, value=_shown(value))
            return None, None
        start_at = self._instant_of(key, start) if start.strip() else None
        end_at = self._instant_of(key, end) if end.strip() else None
        if start_at is None or end_at is None or start_at > end_at:
            self.note("orders.bad_window", field=key, value=_shown(value))
        return start_at, end_at

    def integer(self, key: str, value: Any, limit: int) -> int | None:
        """A whole number, also from text or a decimal; None and a finding where it is none, or absurdly large."""
        number: int | None = None
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
        elif isinstance(value, str | float | Decimal):
            try:
                decimal = Decimal(str(value).strip())
                number = int(decimal) if abs(decimal) <= limit and decimal == decimal.to_integral_value() else None
            except (InvalidOperation, ValueError):
                number = None
        if number is None or abs(number) > limit:
            self.note("orders.bad_number", field=key, value=_shown(value))
            return None
        return number

    # --- quantities and money -----------------------------------------------------------------------------------

    def quantity(self, source: Mapping[str, Any], key: str) -> tuple[int, str, int] | None:
        """(amount, unit, unit size); None where there is no readable amount."""
        quantity = source.get(key)
        if type(quantity) is dict:
            amount, unit, size = quantity.get("amount"), quantity.get("unitOfMeasure"), quantity.get("unitSize")
            if (
                type(amount) is int and 0 <= amount <= MAX_AMOUNT and type(unit) is str and unit in UNITS
                and type(size) is int and 0 < size <= MAX_UNIT_SIZE
            ):  # fmt: skip
                return amount, unit, size
            return self._odd_quantity(key, quantity)
        if quantity is not None:
            self.note("orders.not_an_object", field=key, value=_shown(quantity))
        return None

    def _odd_quantity(self, key: str, quantity: dict[str, Any]) -> tuple[int, str, int] | None:
        unit = self.word(quantity, "unitOfMeasure", UNITS)
        size: int | None = 1
        if quantity.get("unitSize") is not None:
            size = self.integer("unitSize", quantity["unitSize"], MAX_UNIT_SIZE)
        elif unit == CASES:
            self.note("orders.missing", field="unitSize")
        if size is None or size < 1:
            if size is not None:
                self.note("orders.bad_number", field="unitSize", value=size)
            size = 1
        if quantity.get("amount") is None:
            self.note("orders.missing", field=key)
            return None
        amount = self.integer(key, quantity["amount"], MAX_AMOUNT)
        if amount is None:
            return None
        if amount < 0:
            self.note("orders.negative_quantity", field=key, value=amount)
        return amount, unit, size

    def eaches(self, source: Mapping[str, Any], key: str) -> int | None:
        found = self.quantity(source, key)
        if found is None:
            return None
        amount, unit, size = found
        return amount * size if unit == CASES else amount

    def money(self, source: Mapping[str, Any], key: str) -> tuple[Decimal | None, str, str]:
        """(amount, currency, unit of weight or empty)."""
        money = source.get(key)
        if money is None:
            return None, "", ""
        if type(money) is not dict:
            self.note("orders.not_an_object", field=key, value=_shown(money))
            return None, "", ""
        amount, currency = money.get("amount"), money.get("currencyCode")
        if type(amount) is str and _MONEY.fullmatch(amount):
            value: Decimal | None = Decimal(amount)
        else:
            value = self._odd_money(key, amount)
        if type(currency) is not str or len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            self.note("orders.bad_currency", field=key, value=_shown(currency))
            currency = ""
        if "unitOfMeasure" in money:
            return value, currency, self.word(money, "unitOfMeasure", PRICE_UNITS, optional=True)
        return value, currency, ""

    def _odd_money(self, key: str, amount: Any) -> Decimal | None:
        if isinstance(amount, int | float | Decimal) and not isinstance(amount, bool):
            self.note("orders.money_as_number", field=key, value=_shown(amount))
            amount = str(amount)
        try:
            value = Decimal(amount.strip()) if isinstance(amount, str) else None
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite() or abs(value) >= 10**12:
            self.note("orders.bad_money", field=key, value=_shown(amount))
            return None
        rounded = value.quantize(Decimal("0.000001"))
        if rounded != value:
            self.note("orders.rounded_money", field=key, value=_shown(amount))
        return rounded.normalize() + 0 if rounded == rounded.to_integral_value() else rounded.normalize()

    # --- parts of an order --------------------------------------------------------------------------------------

    def number(self, row: Any) -> str | None:
        if not isinstance(row, dict):
            self.note("orders.not_an_order", value=_shown(row))
            return None
        value = row.get("purchaseOrderNumber")
        if type(value) is str and _NUMBER.fullmatch(value):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        number = value.strip() if isinstance(value, str) else ""
        if not number or len(number) > MAX_NUMBER or not number.isprintable():
            self.note("orders.no_number", value=_shown(value))
            return None
        self.note("orders.odd_number", value=number)
        return number

    def items(self, source: Mapping[str, Any], key: str) -> list[Any] | None:
        items = source.get(key)
        if type(items) is list:
            return items
        if key in source:
            self.note("orders.null_list" if items is None else "orders.not_a_list", field=key)
        elif source:
            self.note("orders.missing", field=key)
        return None

    def mapped(self, source: Mapping[str, Any], key: str, names: Mapping[str, str]) -> dict[str, str]:
        value = source.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.note("orders.not_an_object", field=key, value=_shown(value))
            return {}
        result = {}
        for theirs, ours in names.items():
            content = value.get(theirs)
            if content is not None:
                text = content if isinstance(content, str) else ""
                plain = text.isascii() and text.isprintable() and len(text) <= 1000 and text != ""
                result[ours] = text if plain else self._odd_text(theirs, content, 1000)
        return result

    def parties(self, details: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """Party ids in the order of OrderSnapshot, and addresses and tax numbers by role where there are any."""
        ids: list[str] = []
        known: dict[str, Any] = {}
        for key, role in _PARTIES:
            party = details.get(key)
            if type(party) is not dict:
                if party is not None:
                    self.note("orders.not_an_object", field=key, value=_shown(party))
                elif details and role in ("selling", "ship_to"):
                    self.note("orders.missing", field=key)
                ids.append("")
                continue
            ids.append(self.text(party, "partyId"))
            if len(party) > 1:
                extra: dict[str, Any] = {}
                if address := self.mapped(party, "address", ADDRESS):
                    extra["address"] = address
                if tax := self.mapped(
                    party, "taxInfo", {"taxRegistrationType": "tax_type", "taxRegistrationNumber": "tax_number"}
                ):
                    extra["tax"] = tax
                if extra:
                    known[role] = extra
        return ids, known

    def lines(self, details: Mapping[str, Any]) -> tuple[LineSnapshot, ...] | None:
        items = self.items(details, "items")
        if items is None:
            return None
        seen: set[str] = set()
        lines = [line for place, item in enumerate(items) if (line := self._line(item, place, seen)) is not None]
        self.line = ""
        return tuple(lines)

    def _line(self, item: Any, place: int, seen: set[str]) -> LineSnapshot | None:
        if (usual := _usual_line(item, seen)) is not None:
            return usual
        return self._odd_line(item, place, seen)

    def _odd_line(self, item: Any, place: int, seen: set[str]) -> LineSnapshot | None:
        """Any line, field by field; what `_usual_line` takes comes out the same here."""
        if type(item) is not dict:
            self.line = ""
            self.note("orders.not_a_line", place=place + 1, value=_shown(item))
            return None
        self.line = sequence = self._sequence(item, place, seen)
        amount, unit, size = self._ordered(item)
        net_cost, currency, price_unit = self.money(item, "netCost")
        list_price, list_currency, list_unit = self.money(item, "listPrice")
        if net_cost is None and "netCost" not in item:
            self.note("orders.missing", field="netCost")
        if list_currency and currency and list_currency != currency:
            self.note("orders.mixed_currency", net=currency, list=list_currency)
        allowed = item.get("isBackOrderAllowed")
        if type(allowed) is not bool:
            allowed = self._flag("isBackOrderAllowed", allowed)
        return LineSnapshot(
            sequence,
            self.text(item, "amazonProductIdentifier"),
            self.text(item, "vendorProductIdentifier"),
            amount,
            unit,
            size,
            net_cost,
            list_price,
            currency or list_currency,
            price_unit or list_unit,
            allowed,
        )

    def _ordered(self, item: Mapping[str, Any]) -> tuple[int, str, int]:
        found = self.quantity(item, "orderedQuantity")
        if found is None:
            if "orderedQuantity" not in item or item["orderedQuantity"] is None:
                self.note("orders.missing", field="orderedQuantity")
            return 0, EACHES, 1
        return found

    def _flag(self, key: str, value: Any) -> bool | None:
        if value is None:
            self.note("orders.missing", field=key)
            return None
        self.note("orders.not_a_flag", field=key, value=_shown(value))
        text = str(value).strip().lower()
        return True if text in ("true", "1") else False if text in ("false", "0") else None

    def _sequence(self, item: Mapping[str, Any], place: int, seen: set[str]) -> str:
        """Amazon's line number as it came; where it is missing or repeated, one that says so and is stable."""
        sequence = item.get("itemSequenceNumber")
        if (
            type(sequence) is not str
            or not sequence
            or sequence in seen
            or not sequence.isalnum()
            or len(sequence) > 20
        ):
            sequence = self._odd_sequence(item, place, seen)
        seen.add(sequence)
        return sequence

    def _odd_sequence(self, item: Mapping[str, Any], place: int, seen: set[str]) -> str:
        value = item.get("itemSequenceNumber")
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
            self.note("orders.not_text", field="itemSequenceNumber", value=value[:MAX_TEXT])
        sequence = self._odd_text("itemSequenceNumber", value, 80).strip() if isinstance(value, str) else ""
        if not sequence:
            sequence = f"?{place + 1}"
            self.note("orders.no_sequence", place=place + 1)
        if sequence in seen:
            self.note("orders.duplicate_line", value=sequence)
            sequence = f"{sequence}?{place + 1}"
        return sequence

    # --- parts of a status --------------------------------------------------------------------------------------

    def status_line(self, item: Any, place: int) -> StatusLine | None:
        self.line = ""
        if type(item) is not dict:
            self.note("orders.not_a_line", place=place + 1, value=_shown(item))
            return None
        self.line = sequence = self._sequence(item, place, set())
        ordered = self._section(item, "orderedQuantity")
        confirmed = self._section(item, "acknowledgementStatus")
        receiving = self._section(item, "receivingStatus")
        original, cancelled = self._ordered_history(ordered)
        line = StatusLine(
            sequence,
            self.eaches(ordered, "orderedQuantity"),
            original,
            cancelled,
            self.eaches(confirmed, "acceptedQuantity"),
            self.eaches(confirmed, "rejectedQuantity"),
            self.eaches(receiving, "receivedQuantity"),
            self.word(confirmed, "confirmationStatus", CONFIRMATIONS, optional=True),
            self.word(receiving, "receiveStatus", RECEIVINGS, optional=True),
            self.instant(receiving, "lastReceiveDate"),
            self._confirmed_at(confirmed),
        )
        self.line = ""
        return line

    def _section(self, item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        section = item.get(key)
        if isinstance(section, dict):
            return section
        if section is not None:
            self.note("orders.not_an_object", field=key, value=_shown(section))
        return {}

    def _confirmed_at(self, confirmed: Mapping[str, Any]) -> datetime | None:
        """When Amazon took the newest answer that it shows."""
        if "acknowledgementStatusDetails" not in confirmed:
            return None
        details = self.items(confirmed, "acknowledgementStatusDetails") or []
        dates = [self.instant(detail, "acknowledgementDate") for detail in details if isinstance(detail, dict)]
        return max(filter(None, dates), default=None)

    def _ordered_history(self, ordered: Mapping[str, Any]) -> tuple[int | None, int | None]:
        """What was ordered first, and how much was cancelled since: the details are deltas, the total is net."""
        if "orderedQuantityDetails" not in ordered:
            return None, None
        first: tuple[datetime, int] | None = None
        cancelled = 0
        for detail in self.items(ordered, "orderedQuantityDetails") or []:
            if not isinstance(detail, dict):
                self.note("orders.not_an_object", field="orderedQuantityDetails", value=_shown(detail))
                continue
            at = self.instant(detail, "updatedDate") or datetime.min.replace(tzinfo=UTC)
            added = self.eaches(detail, "orderedQuantity")
            if added and (first is None or at <= first[0]):
                first = at, added
            cancelled += self.eaches(detail, "cancelledQuantity") or 0
        return (first[1] if first else None), cancelled


def _shown(value: Any) -> str:
    """A value as a finding quotes it: short, and storable whatever it is."""
    try:
        text = repr(value) if not isinstance(value, str) else value
    except (RecursionError, ValueError):  # an integer of thousands of digits has no decimal form
        text = type(value).__name__
    return "".join(c if c.isprintable() else " " for c in text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8"))
