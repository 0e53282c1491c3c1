"""What a sync can pull. Higher apps register it in `AppConfig.ready()`; this app knows no order and no invoice."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Invalid
from vendors.errors import UnknownResource
from vendors.types import Resource

_RESOURCES: dict[str, Resource] = {}
RESOURCE_LABELS: dict[str, str | Promise] = {}
"""What each resource is called: the vocabulary `vendors.resource` of stored messages."""


def register_resource(resource: Resource) -> None:
    """Make a resource known. A second, different one of the same name is a programming error (ValueError)."""
    if _RESOURCES.setdefault(resource.name, resource) != resource:
        raise ValueError(f"resource {resource.name} is registered twice")
    RESOURCE_LABELS[resource.name] = resource.label


def list_resources() -> list[Resource]:
    """Everything a sync can pull, in the order of registration."""
    return list(_RESOURCES.values())


def get_resource(name: str) -> Resource:
    """Raises UnknownResource."""
    try:
        return _RESOURCES[name]
    except KeyError:
        raise _unknown(name) from None


def choose_resources(names: Iterable[str] | None) -> list[Resource]:
    """The resources of these names, each once, in the order of registration; None means all. Raises UnknownResource, Invalid."""
    if names is None:
        return list_resources()
    wanted = list(names)
    for name in wanted:
        get_resource(name)
    if not wanted:
        raise Invalid(fields={"resources": [_("Name at least one resource, or leave the field out for all.")]})
    return [resource for resource in list_resources() if resource.name in wanted]


def _unknown(name: str) -> UnknownResource:
    error = UnknownResource(name=name[:80], known=", ".join(_RESOURCES))
    error.fields = {"resources": [str(error)]}
    return error
