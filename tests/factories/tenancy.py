from typing import Any

from acorn.tenancy.models import Tenant


def make_tenant(slug: str, **fields: Any) -> Tenant:
    return Tenant.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)
