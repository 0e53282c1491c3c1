"""What a person typed into the answering screen, line by line. Nothing typed is lost: what cannot be read is shown again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from orders.models import PurchaseOrderLine
from orders.rules import Window, set_day
from orders.types import LineAnswer, RejectionReason

_LARGEST = 10**12
_QUANTITIES = ("accepted", "backordered", "rejected")


@dataclass(slots=True)
class TypedAnswers:
    """The answers as far as they could be read. `typed` is what stood in each field, `unreadable` which fields of which
    line could not be read."""

    answers: list[LineAnswer] = field(default_factory=list)
    typed: dict[str, dict[str, str]] = field(default_factory=dict)
    unreadable: dict[str, list[str]] = field(default_factory=dict)


def read_answers(
    data: QueryDict | Mapping[str, str],
    lines: Iterable[PurchaseOrderLine],
    window: Window,
    shown: Mapping[str, LineAnswer],
) -> TypedAnswers:
    """Read `accepted.<sequence>`, `backordered.…`, `rejected.…`, `reason.…`, `later.…`, `day.…`, `cost.…` for each line.

    A line without a word about it is left out: the checks say so. Days and costs that the form does not show stay as
    they were `shown`.
    """
    found = TypedAnswers()
    for line in lines:
        typed = {
            name: data.get(f"{name}.{line.sequence}", "").replace("\x00", "").strip()[:40]
            for name in (*_QUANTITIES, "reason", "later", "day", "cost")
            if f"{name}.{line.sequence}" in data
        }
        if not typed:
            continue
        found.typed[line.sequence] = typed
        answer, unreadable = _read(typed, shown.get(line.sequence) or LineAnswer(line.sequence), window)
        found.answers.append(answer)
        if unreadable:
            found.unreadable[line.sequence] = unreadable
    return found


def _read(typed: Mapping[str, str], shown: LineAnswer, window: Window) -> tuple[LineAnswer, list[str]]:
    unreadable = []
    quantities = {}
    for name in _QUANTITIES:
        quantity = _whole(typed.get(name, ""))
        if quantity is None:
            unreadable.append(name)
        quantities[name] = quantity or 0
    days: dict[str, date | None] = {}
    for name in ("day", "later"):
        try:
            days[name] = date.fromisoformat(typed[name]) if typed.get(name) else None
        except ValueError:
            unreadable.append(name)
            days[name] = None
    reason = typed.get("reason", "")
    answer = shown._replace(
        accepted=quantities["accepted"],
        backordered=quantities["backordered"],
        rejected=quantities["rejected"],
        rejection_reason=reason if quantities["rejected"] and reason in RejectionReason.values else "",
    )
    if quantities["backordered"] and "later" in typed and not typed["later"]:
        answer = answer._replace(backorder_ship_at=None, backorder_delivery_at=None)
    if typed.get("cost"):
        cost = _decimal(typed["cost"])
        if cost is None:
            unreadable.append("cost")
        elif cost != shown.net_cost:
            answer = answer._replace(net_cost=cost)
    try:
        answer = set_day(answer, window, accepted=days["day"], backordered=days["later"])
    except OverflowError:
        unreadable.append("later" if days["later"] else "day")
    return answer, unreadable


def _whole(text: str) -> int | None:
    """A count of eaches; nothing typed is 0. Separators between thousands are let through."""
    bare = text.replace(",", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if not bare:
        return 0
    try:
        number = int(bare)
    except ValueError:
        return None
    return number if abs(number) < _LARGEST else None


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number.quantize(Decimal("0.000001")) if number.is_finite() and abs(number) < _LARGEST else None
