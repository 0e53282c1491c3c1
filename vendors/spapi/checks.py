"""Is the answer what was asked for? Pure: returns findings, drops nothing.

Amazon ignores filters it does not understand and has let rows outside a window slip in; nothing but looking at each row shows it.
"Changed" and "updated" are held against the row's own date. "Created" means *became available*, not the order's date, so only
what cannot be true is reported: ordered in the future, or longer ago than Amazon keeps orders.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# Amazon rounds to seconds, and clocks differ a little
TOLERANCE = timedelta(seconds=2)
CLOCK_TOLERANCE = timedelta(minutes=15)
# six months of history, as Amazon counts them, and a few days for its counting
HISTORY = timedelta(days=190)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd about one row (counted from 0; None: about the whole page). `code` and `params` are for storing."""

    row: int | None
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the call, as they were sent. `since`/`until`: the changed or updated window, both aware."""

    since: datetime | None = None
    until: datetime | None = None
    created: bool = False
    vendor_code: str | None = None
    state: str | None = None
    number: str | None = None
    limit: int | None = None


def check_purchase_orders(payload: Mapping[str, Any], asked: Asked, now: datetime) -> list[Finding]:
    """Findings about one page of getPurchaseOrders."""
    findings = list(_page(payload, "orders", asked))
    for row, order in _objects(payload, "orders"):
        details = order.get("orderDetails")
        details = details if isinstance(details, Mapping) else {}
        findings += _window(row, details, "purchaseOrderChangedDate", asked)
        findings += _created(row, details, asked, now)
        findings += _filter(row, "purchaseOrderState", asked.state, order.get("purchaseOrderState"))
        findings += _filter(row, "orderingVendorCode", asked.vendor_code, _party(details))
    return findings


def check_purchase_orders_status(payload: Mapping[str, Any], asked: Asked, now: datetime) -> list[Finding]:
    """Findings about one page of getPurchaseOrdersStatus."""
    findings = list(_page(payload, "ordersStatus", asked))
    for row, status in _objects(payload, "ordersStatus"):
        findings += _window(row, status, "lastUpdatedDate", asked)
        findings += _created(row, status, asked, now)
        findings += _filter(row, "purchaseOrderStatus", asked.state, status.get("purchaseOrderStatus"))
        findings += _filter(row, "orderingVendorCode", asked.vendor_code, _party(status))
        findings += _filter(row, "purchaseOrderNumber", asked.number, status.get("purchaseOrderNumber"))
    return findings


def parse_instant(value: object) -> datetime | None:
    """An ISO 8601 time as Amazon writes it; without a zone it is UTC. None for anything else, a bare date included."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _page(payload: Mapping[str, Any], key: str, asked: Asked) -> Iterator[Finding]:
    rows = payload.get(key)
    if rows is None:
        if key in payload or "pagination" not in payload:
            yield Finding(None, "answer.no_list", {"field": key})
    elif not isinstance(rows, list):
        yield Finding(None, "answer.not_a_list", {"field": key})
    else:
        if asked.limit and len(rows) > asked.limit:
            yield Finding(None, "answer.too_many_rows", {"asked": asked.limit, "got": len(rows)})
        for row, entry in enumerate(rows):
            if not isinstance(entry, Mapping):
                yield Finding(row, "answer.not_an_object", {})


def _objects(payload: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = payload.get(key)
    for row, entry in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(entry, Mapping):
            yield row, entry


def _window(row: int, holder: Mapping[str, Any], name: str, asked: Asked) -> Iterator[Finding]:
    if asked.since is None and asked.until is None:
        return
    value = holder.get(name)
    at = parse_instant(value)
    if at is None:
        yield Finding(row, "answer.unreadable_date", {"field": name, "value": _short(value)})
        return
    too_early = asked.since is not None and at < asked.since - TOLERANCE
    too_late = asked.until is not None and at > asked.until + TOLERANCE
    if too_early or too_late:
        params = {"field": name, "value": at.isoformat(), "since": _iso(asked.since), "until": _iso(asked.until)}
        yield Finding(row, "answer.outside_window", params)


def _created(row: int, holder: Mapping[str, Any], asked: Asked, now: datetime) -> Iterator[Finding]:
    if not asked.created:
        return
    name = "purchaseOrderDate"
    at = parse_instant(holder.get(name))
    if at is None:
        yield Finding(row, "answer.unreadable_date", {"field": name, "value": _short(holder.get(name))})
    elif at > now + CLOCK_TOLERANCE:
        yield Finding(row, "answer.in_the_future", {"field": name, "value": at.isoformat()})
    elif at < now - HISTORY:
        yield Finding(row, "answer.too_old", {"field": name, "value": at.isoformat()})


def _filter(row: int, name: str, asked: str | None, got: object) -> Iterator[Finding]:
    if asked is not None and got != asked:
        yield Finding(row, "answer.other_than_asked", {"field": name, "asked": asked, "got": _short(got)})


def _party(holder: Mapping[str, Any]) -> object:
    party = holder.get("sellingParty")
    return party.get("partyId") if isinstance(party, Mapping) else None


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _short(value: object) -> str:
    return "" if value is None else str(value)[:80]
