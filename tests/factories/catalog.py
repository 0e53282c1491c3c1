"""Items and warehouses as other tests need them: made by the services, with identifiers that count."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.files.models import File
from acorn.files.services import store_file
from acorn.tenancy.models import TenantSetting
from catalog import services
from catalog.models import AgreedCost, CustomerNumber, Item, PartyAddress, Warehouse
from catalog.types import TWO_PERSON_REVIEW, NewIdentifier

ACTOR = Actor.system("test")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ALICE = Actor(ActorKind.USER, "us_alice", "Alice")
BOB = Actor(ActorKind.USER, "us_bob", "Bob")
ADDRESS = {
    "name": "Acme Yiwu", "address_line_1": "1 Harbor Road", "city": "Reno", "state_or_region": "NV",
    "postal_code": "89501", "country_code": "US",
}  # fmt: skip


def make_warehouse(code: str = "MAIN", **fields: Any) -> Warehouse:
    """A warehouse, made as the API makes it; the same one for the same code."""
    if (known := Warehouse.objects.filter(code=code).first()) is not None:
        return known
    values: dict[str, Any] = {"name": code.title(), "address": ADDRESS, "actor": ACTOR, "now": clock.now()}
    return services.create_warehouse(code=code, **values | fields)


def two_person_review(is_on: bool) -> None:
    TenantSetting.objects.update_or_create(key=TWO_PERSON_REVIEW, defaults={"value": is_on})


def make_item(sku: str = "SKU-1", *identifiers: tuple[str, ...], **facts: Any) -> Item:
    """An item whose identifiers (kind, value, marketplace) count; the company's choice about reviews stays as it was."""
    chosen = TenantSetting.objects.filter(key=TWO_PERSON_REVIEW).first()
    two_person_review(False)
    item, _outcomes = services.create_item(
        sku=sku, title=facts.pop("title", f"Item {sku}"), identifiers=[NewIdentifier(*each) for each in identifiers],
        actor=ALICE, person="us_alice", now=facts.pop("now", NOW), **facts,
    )  # fmt: skip
    if chosen is None:
        TenantSetting.objects.filter(key=TWO_PERSON_REVIEW).delete()
    else:
        two_person_review(chosen.value)
    return item


def make_cost(sku: str = "SKU-1", **fields: Any) -> AgreedCost:
    """A cost as the page enters it; active unless told otherwise."""
    item = Item.objects.filter(sku=sku).first() or make_item(sku)
    if not fields and (known := AgreedCost.objects.filter(item=item).first()) is not None:
        return known
    values: dict[str, Any] = {
        "vendor_code": "ACMUS", "currency": "USD", "cost": Decimal("2.50"), "valid_from": date(2026, 1, 1),
        "status": "ACTIVE", "actor": ACTOR, "now": clock.now(),
    }  # fmt: skip
    return services.create_cost(sku=sku, **values | fields)


def make_address(party_id: str = "PHX7", **fields: Any) -> PartyAddress:
    values = {
        "kind": "FC", "marketplace": "US", "party_id": party_id, "valid_from": date(2026, 1, 1), "address": ADDRESS,
    }  # fmt: skip
    return services.save_address(values=values | fields, actor=ACTOR, now=clock.now())


def make_customer_number(**fields: Any) -> CustomerNumber:
    values = {"vendor_code": "ACMUS", "number": "10001", "ship_to_party": "PHX7"}
    return services.save_customer_number(**values | fields, actor=ACTOR, now=clock.now())


def make_file(right: str = "costs.view", content: bytes = b"agreed") -> File:
    return store_file(
        BytesIO(content), name="agreed.txt", content_type="text/plain", right=right, actor=ACTOR, now=clock.now()
    )
