"""Items and warehouses as other tests need them: made by the services, with identifiers that count."""

from datetime import UTC, datetime
from typing import Any

from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.tenancy.models import TenantSetting
from catalog import services
from catalog.models import Item, Warehouse
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
