from django.db.models import Q, QuerySet

from catalog.errors import WarehouseNotFound
from catalog.models import Warehouse


def list_warehouses(*, search: str = "", is_archived: bool | None = None) -> QuerySet[Warehouse]:
    """The company's warehouses. `search` is the start of a code or part of a name or of Amazon's id."""
    found = Warehouse.objects.order_by("code")
    if is_archived is not None:
        found = found.filter(archived_at__isnull=not is_archived)
    if search:
        found = found.filter(
            Q(code__istartswith=search) | Q(name__icontains=search) | Q(ship_from_party_id__istartswith=search)
        )
    return found


def get_warehouse(public_id: str) -> Warehouse:
    """Raises WarehouseNotFound."""
    warehouse = Warehouse.objects.filter(public_id=public_id).first()
    if warehouse is None:
        raise WarehouseNotFound
    return warehouse


def list_warehouse_choices() -> list[tuple[str, str]]:
    """Code and name of each warehouse in use, for forms and filters."""
    rows = Warehouse.objects.filter(archived_at=None).order_by("code").values_list("code", "name")
    return [(code, f"{code} · {name}") for code, name in rows]
