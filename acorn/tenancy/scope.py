"""Which tenant the current thread or request works for."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_tenant_id: ContextVar[int | None] = ContextVar("tenant_id", default=None)


class NoActiveTenant(Exception):
    """A tenant's data was touched outside every tenant scope: a bug, never shown to a person."""


class WrongTenant(Exception):
    """A row of one tenant was about to be written in the scope of another: a bug, never shown to a person."""


def find_tenant_id() -> int | None:
    """The active tenant's id, or None outside every scope."""
    return _tenant_id.get()


def current_tenant_id() -> int:
    """The active tenant's id. Raises NoActiveTenant outside every scope."""
    tenant_id = _tenant_id.get()
    if tenant_id is None:
        raise NoActiveTenant
    return tenant_id


@contextmanager
def tenant_scope(tenant_id: int) -> Iterator[None]:
    """Work for one tenant. Scopes nest; the inner one counts, and the outer one is back afterwards."""
    token = _tenant_id.set(tenant_id)
    try:
        yield
    finally:
        _tenant_id.reset(token)


@contextmanager
def no_tenant_scope() -> Iterator[None]:
    """Leave every scope for a while: platform work inside a request of one tenant."""
    token = _tenant_id.set(None)
    try:
        yield
    finally:
        _tenant_id.reset(token)
