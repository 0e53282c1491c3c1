"""The demo's own books: what its companies sell, where it lies, what was agreed. Entered as imports of tables are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from acorn.accounts.models import User
from acorn.accounts.services import tenants
from acorn.core.actor import Actor
from acorn.imports.registry import find_table
from acorn.imports.types import Context, Row, RowKind
from acorn.tenancy.days import local_day
from catalog.models import Item
from catalog.types import DEFAULT_BUFFER, TWO_PERSON_REVIEW, CostStatus, IdentifierKind, ItemStatus, PartyKind
from dashboard.gateway import SimulatedWorld
from dashboard.services.companies import DemoCompany, DemoConnection
from orders.services import set_policy
from orders.types import AnswerMode, FreightTerms, PolicyTerms

# Of each assortment's products, by place: what is not as it should be, so that there is something to do.
_UNKNOWN = frozenset({3})
# the mapping queue has something to suggest: identifiers that are known of another marketplace only, and items that are
# called like Amazon's vendor SKU, with their EAN alone; where that SKU is the EAN, nothing has to be suggested
_KNOWN_ELSEWHERE = frozenset(range(20, 25))
_EAN_ALONE = frozenset(range(38, 42))
_WAITING = 12
_PAUSED = 33
_SOLD_OUT = frozenset({7, 25, 43, 61})
_SCARCE = frozenset({5, 16, 28, 37, 49, 58, 66})
# what was agreed, as a share of what orders say
_AGREED = {4: "1.04", 10: "1.06", 18: "0.97", 31: "1.03", 46: "1.05", 55: "0.96", 68: "1.08"}
_ASKED_FOR = {2: "1.05", 9: "1.04"}
_BUFFER = 12
_SHELF_LIFE = 540
_ALSO_ELSEWHERE = 8  # every so many products lie in a second warehouse, too


@dataclass(frozen=True, slots=True)
class _Product:
    """What the company sells: a product of the simulator under an own SKU. `place` counts from 0 in its marketplace."""

    place: int
    sku: str
    title: str
    facts: Mapping[str, Any]
    connection: DemoConnection
    vendor_codes: tuple[str, ...]

    @property
    def pack(self) -> int:
        return int(self.facts["case_pack"])


def load_catalogue(
    company: DemoCompany, worlds: Mapping[str, SimulatedWorld], *, person: User, actor: Actor, now: datetime
) -> None:
    """Enter what the company in scope sells, where it lies and what was agreed, and one identifier that waits.

    `worlds` are by name, `person` is the author of what waits. Safe to repeat, and after a crash: what is there stays
    as it is, and once all of it is there nothing is looked at again. Call outside a transaction.
    """
    products = [product for connection in company.connections for product in _list(company, connection, worlds)]
    waiting = [product for product in products if product.place == _WAITING]
    if Item.objects.filter(sku__in=[product.sku for product in waiting]).exists():
        return
    known = [product for product in products if product.place not in _UNKNOWN | {_WAITING}]
    # a company's first identifiers come from its own books, without a second person; the trail says so
    tenants.choose(key=TWO_PERSON_REVIEW, value=False, actor=actor)
    tenants.choose(key=DEFAULT_BUFFER, value=_BUFFER, actor=actor)
    with transaction.atomic():
        _enter("warehouses", company.warehouses, actor=actor, now=now)
        _enter("addresses", _addresses(company, worlds, now), actor=actor, now=now)
        _enter("customer_numbers", _customer_numbers(company, worlds), actor=actor, now=now)
        _enter("items", map(_item, known), actor=actor, now=now)
        _enter("identifiers", [row for each in known for row in _identifiers(each)], actor=actor, now=now)
        _enter_terms(known, actor, now)
        _decide_policies(company, worlds, actor, now)
    tenants.choose(key=TWO_PERSON_REVIEW, value=True, actor=actor)
    with transaction.atomic():
        _enter("items", map(_item, waiting), actor=actor, now=now)
        _enter(
            "identifiers", [next(_identifiers(product)) for product in waiting[:1]], actor=person.actor(),
            person=person.public_id, now=now,
        )  # fmt: skip
        _enter_terms(waiting, actor, now)


def _enter_terms(products: Sequence[_Product], actor: Actor, now: datetime) -> None:
    """What was agreed about products, and how much of them there is."""
    today = local_day(now)
    _enter("agreed_costs", [row for each in products for row in _costs(each, today)], actor=actor, now=now)
    _enter("stock_counts", [row for each in products for row in _counts(each, now)], actor=actor, now=now)
    _enter("inbound", [row for each in products for row in _inbound(each, today)], actor=actor, now=now)


def _enter(name: str, values: Any, *, actor: Actor, now: datetime, person: str = "") -> None:
    """Write the rows that are new, as an import of that table does; what is there stays as it is."""
    table = find_table(name)
    if table is None:
        raise LookupError(name)
    rows = [Row(number, dict(each)) for number, each in enumerate(values, start=1)]
    table.find(rows, lock=True)
    if refused := [row for row in rows if row.flaws]:
        raise ValueError(f"{name}: {refused[0].values}: {refused[0].flaws[0]}")
    if new := [row for row in rows if row.kind == RowKind.NEW]:
        table.write(new, Context(actor, person, now, "load_demo"))


def _list(company: DemoCompany, connection: DemoConnection, worlds: Mapping[str, SimulatedWorld]) -> Iterator[_Product]:
    world = worlds[connection.world]
    for place, facts in enumerate(world.products):
        title = str(facts["title"])
        for word, translated in company.words.items():
            title = title.replace(f" {word}", translated).replace(word, translated)
        sku = f"{company.sku_prefix}-{connection.first_number + place}"
        if place in _EAN_ALONE and facts["vendor_sku"] != facts["ean"]:
            sku = str(facts["vendor_sku"])
        yield _Product(place, sku, title, facts, connection, world.vendor_codes)


def _item(product: _Product) -> Mapping[str, Any]:
    is_food = product.facts["is_perishable"]
    return {
        "sku": product.sku, "title": product.title, "case_pack": product.pack,
        "status": ItemStatus.PAUSED if product.place == _PAUSED else ItemStatus.ACTIVE,
        "weight_g": 1000 if product.facts["weight_unit"] else 180 + product.place * 13, "origin_country": "CN",
        "tracks_lots": is_food, "tracks_expiry": is_food, "shelf_life_days": _SHELF_LIFE if is_food else None,
    }  # fmt: skip


def _identifiers(product: _Product) -> Iterator[Mapping[str, Any]]:
    """The ASIN first."""
    marketplace = product.connection.marketplace
    if product.place in _KNOWN_ELSEWHERE and product.facts["vendor_sku"] != product.facts["ean"]:
        marketplace = "CA" if marketplace == "US" else "US"
    names = {IdentifierKind.ASIN: "asin", IdentifierKind.VENDOR_SKU: "vendor_sku", IdentifierKind.EAN: "ean"}
    for kind, name in names.items():
        if product.sku == product.facts["vendor_sku"] and kind != IdentifierKind.EAN:
            continue
        where = "" if kind == IdentifierKind.EAN else marketplace
        yield {
            "sku": product.sku, "kind": kind, "value": product.facts[name], "marketplace": where,
            "effective_from": None,
        }  # fmt: skip


def _addresses(
    company: DemoCompany, worlds: Mapping[str, SimulatedWorld], now: datetime
) -> Iterator[Mapping[str, Any]]:
    for connection in company.connections:
        for party in worlds[connection.world].parties:
            parts = {part: text for part, text in party["address"].items() if part != "name"}
            yield {
                "kind": PartyKind(party["kind"]), "marketplace": connection.marketplace, "party_id": party["party_id"],
                "valid_from": _since(now.date()), "address_name": party["name"], **parts,
                "tax_number": party["tax_number"], "source": "Vendor Central",
            }  # fmt: skip


def _customer_numbers(company: DemoCompany, worlds: Mapping[str, SimulatedWorld]) -> Iterator[Mapping[str, Any]]:
    for connection in company.connections:
        for place, code in enumerate(worlds[connection.world].vendor_codes):
            yield {"vendor_code": code, "ship_to_party": "", "number": f"D{connection.first_number * 10 + place}"}


def _costs(product: _Product, today: date) -> Iterator[Mapping[str, Any]]:
    """Under each vendor code what was agreed, and of a few what we ask for from next month on."""
    if product.facts["weight_unit"]:
        return  # orders price these by weight
    common = {"sku": product.sku, "currency": product.facts["currency"], "deal_code": ""}
    for code in product.vendor_codes:
        cost = _share(product, _AGREED.get(product.place, "1"))
        yield {
            **common, "vendor_code": code, "cost": cost, "valid_from": _since(today), "status": CostStatus.ACTIVE
        }  # fmt: skip
    if product.place in _ASKED_FOR:
        yield {
            **common, "vendor_code": product.vendor_codes[0], "cost": _share(product, _ASKED_FOR[product.place]),
            "valid_from": (today.replace(day=1) + timedelta(days=32)).replace(day=1), "status": CostStatus.REQUESTED,
        }  # fmt: skip


def _share(product: _Product, share: str) -> Decimal:
    """A share of what orders say, as fine as that is."""
    cost = Decimal(product.facts["cost"])
    return (cost * Decimal(share)).quantize(cost)


def _counts(product: _Product, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Plenty of most things in the first warehouse, and some more of a few in the second."""
    first, *others = product.connection.warehouses
    cases = 0 if product.place in _SOLD_OUT else 2 if product.place in _SCARCE else 40 + product.place * 7 % 60
    yield {"sku": product.sku, "warehouse": first, "on_hand": cases * product.pack, "as_of": now, "reason": ""}
    if others and product.place % _ALSO_ELSEWHERE == 0:
        yield {"sku": product.sku, "warehouse": others[0], "on_hand": 15 * product.pack, "as_of": now, "reason": ""}


def _inbound(product: _Product, today: date) -> Iterator[Mapping[str, Any]]:
    """A container with what is sold out comes next week, another with what is scarce after it."""
    container = {_SOLD_OUT: ("MSKU-4711820", 6, 60), _SCARCE: ("TCNU-8093316", 17, 40)}
    for places, (reference, days, cases) in container.items():
        if product.place in places and product.place % 2:
            yield {
                "sku": product.sku, "warehouse": product.connection.warehouses[0], "reference": reference,
                "quantity": cases * product.pack, "expected_on": today + timedelta(days=days),
            }  # fmt: skip


def _decide_policies(company: DemoCompany, worlds: Mapping[str, SimulatedWorld], actor: Actor, now: datetime) -> None:
    for connection in company.connections:
        terms = PolicyTerms(
            warehouses=connection.warehouses, whole_cases=False, freight_terms=FreightTerms.COLLECT.value
        )  # fmt: skip
        for code in worlds[connection.world].vendor_codes:
            set_policy(
                vendor_code=code, mode=AnswerMode.PROPOSE, terms=terms, reason=company.policy_reason, actor=actor,
                now=now,
            )  # fmt: skip


def _since(today: date) -> date:
    """The first day on which things hold: well before the oldest order."""
    return date(today.year - 1, 1, 1)
