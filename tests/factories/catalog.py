from typing import Any

from acorn.core import clock
from acorn.core.actor import Actor
from catalog import services
from catalog.models import Warehouse

ACTOR = Actor.system("test")
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
