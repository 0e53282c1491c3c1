"""The papers that follow an answer: the pick list, and the request to make or buy what is missing."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from acorn.ui import formats
from acorn.ui.papers import Column, Paper, Section, draw
from orders.models import PurchaseOrder
from orders.selectors.preparation import Missing, Pick, Preparation, load_preparation

PICK_LIST, PRODUCTION = "pick-list", "production-request"
# more orders than this are work for a Job, and more than it does in its time are too many
AT_ONCE, MOST = 500, 5_000
FORMS = ("pdf", "xlsx")
PAPERS = {PICK_LIST: gettext_lazy("Pick list"), PRODUCTION: gettext_lazy("Production request")}
_MOST_DAYS = 6  # more columns than this are no table to print
_NAMED = 12


class Printed(NamedTuple):
    """A paper as a file."""

    body: bytes
    content_type: str
    name: str


def print_paper(
    kind: str, form: str, orders: Sequence[PurchaseOrder], *, company: str, printed_by: str, now: datetime
) -> Printed:
    """A paper over one or more orders, in the active language and zone. Raises KeyError for another kind or form."""
    paper = make_paper(kind, load_preparation(orders), company=company, printed_by=printed_by, now=now)
    body, content_type = draw(paper, form)
    number = orders[0].number if len(orders) == 1 else now.strftime("%Y%m%d-%H%M")
    safe = "".join(character if character.isascii() and character.isalnum() else "-" for character in number)
    return Printed(body, content_type, f"{kind}-{safe}.{form}")


def make_paper(kind: str, found: Preparation, *, company: str, printed_by: str, now: datetime) -> Paper:
    """One of the two papers, in the active language and zone. Raises KeyError for another kind."""
    make = {PICK_LIST: _pick_list, PRODUCTION: _production_request}[kind]
    title, sections = make(found)
    facts = [
        (_("Company"), company),
        (_("Printed"), f"{formats.moment(now)} · {printed_by}"),
        (_("Orders"), _orders(found)),
    ]
    return Paper(title, facts, sections, f"{title} · {formats.moment(now)}", _("Page {page} of {pages}"))


def _orders(found: Preparation) -> str:
    numbers = [order.number for order in found.orders]
    if len(numbers) <= _NAMED:
        return ", ".join(numbers)
    more = len(numbers) - _NAMED
    return ", ".join(numbers[:_NAMED]) + " " + ngettext("and {count} more", "and {count} more", more).format(count=more)


def _pick_list(found: Preparation) -> tuple[str, list[Section]]:
    columns = [
        Column(_("SKU"), 2), Column(_("Title"), 4), Column(_("By"), 1.3), Column(_("Eaches"), 1.1, is_numeric=True),
        Column(_("Cases"), 1.6), Column(_("Not here yet"), 1.2, is_numeric=True), Column(_("For"), 4.6),
        Column(_("Picked"), 1, is_tick=True),
    ]  # fmt: skip
    sections = []
    for warehouse, picks in groupby(found.picks, key=lambda pick: pick.warehouse):
        rows = [_pick_row(pick) for pick in picks]
        heading = _("Warehouse {code}").format(code=warehouse) if warehouse else _("No stock is kept of these here")
        totals = [_("Total"), "", None, sum(row[3] for row in rows), "", sum(row[5] or 0 for row in rows), "", ""]
        sections.append(Section(heading, columns, rows, totals))
    return _("Pick list"), sections or [Section(_("Nothing to pick"), columns, [])]


def _pick_row(pick: Pick) -> list[Any]:
    parts = ", ".join(f"{part.number} → {part.ship_to}: {formats.number(part.eaches)}" for part in pick.parts)
    return [
        pick.sku, pick.title, pick.day, pick.eaches, _cases(pick.eaches, pick.case_pack),
        pick.eaches - pick.here or None, parts, "",
    ]  # fmt: skip


def _cases(eaches: int, case_pack: int) -> str:
    """`20 × 12 + 3`; empty where an item has no cases."""
    if case_pack <= 1:
        return ""
    full, loose = divmod(eaches, case_pack)
    text = f"{formats.number(full)} × {formats.number(case_pack)}"
    return f"{text} + {formats.number(loose)}" if loose else text


def _production_request(found: Preparation) -> tuple[str, list[Section]]:
    """Items by days; the days beyond the first few are told together."""
    days = sorted({day for row in found.missing for day, _eaches in row.by_day}, key=lambda day: day or date.max)
    shown, rest = days[:_MOST_DAYS], days[_MOST_DAYS:]
    columns = [Column(_("SKU"), 2), Column(_("Title"), 4)]
    columns += [Column(formats.day(day) if day else _("No day"), 1.4, is_numeric=True) for day in shown]
    columns += [Column(_("Later"), 1.2, is_numeric=True)] if rest else []
    columns += [
        Column(_("Missing"), 1.2, is_numeric=True), Column(_("Cases"), 1.6), Column(_("On its way"), 2.4),
    ]  # fmt: skip
    rows = [_missing_row(row, shown, rest) for row in found.missing]
    totals = ["" if place < 2 else _sum(rows, place) for place in range(len(columns) - 2)]
    totals[0] = _("Total")
    section = Section(
        _("Missing by day") if rows else _("Nothing is missing"), columns, rows, [*totals, "", ""] if rows else None
    )
    return _("Production request"), [section]


def _missing_row(row: Missing, shown: Sequence[date | None], rest: Sequence[date | None]) -> list[Any]:
    by_day = dict(row.by_day)
    inbound = ", ".join(f"{formats.day(day)}: {formats.number(eaches)}" for day, eaches in row.inbound)
    return [
        row.sku, row.title, *(by_day.get(day) for day in shown),
        *([sum(by_day.get(day, 0) for day in rest) or None] if rest else []), row.eaches,
        _cases(row.eaches, row.case_pack), inbound,
    ]  # fmt: skip


def _sum(rows: Sequence[Sequence[Any]], place: int) -> int:
    return sum(value for row in rows if isinstance(value := row[place], int))
