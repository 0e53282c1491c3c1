"""The one door for what a plan allows."""

from acorn.tenancy.models import Tenant

# Everything is included when a company hosts ACORN itself; a hosted offer adds its plans here.
_PLANS: dict[str, frozenset[str] | None] = {"SELF_HOSTED": None}


def entitled(tenant: Tenant, feature: str) -> bool:
    """Whether the tenant's plan includes a feature. An unknown plan includes nothing."""
    features = _PLANS.get(tenant.plan, frozenset())
    return features is None or feature in features
