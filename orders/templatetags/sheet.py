"""The lines of the answering screen. Five hundred of them are written at once, so each is one piece of text, not forty
template nodes; every value in it is escaped here."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from acorn.core import messages
from acorn.core.money import Money
from acorn.ui import formats
from acorn.ui.templatetags.ui import NOTHING, badge
from orders.selectors.answers import StageShare
from orders.selectors.sheet import SheetLine, SheetOrder, Totals
from orders.types import LineAnswer, Option, RejectionReason, Told
from vendors.types import RuleFinding, Severity

register = template.Library()

COLUMNS = 12  # of the narrow sheet, the checkbox included
WIDE_COLUMNS = COLUMNS + 2
STAGES = {
    "ANSWERED": gettext_lazy("Answered"),
    "PACKED": gettext_lazy("Packed"),
    "SHIPPED": gettext_lazy("Shipped"),
    "RECEIVED": gettext_lazy("Received"),
    "INVOICED": gettext_lazy("Invoiced"),
    "PAID": gettext_lazy("Paid"),
}
_TONES = {Severity.BLOCK: "red", Severity.CONFIRM: "amber", Severity.WARN: "amber"}


@register.simple_tag
def sheet_columns(*, wide: bool = False) -> int:
    """How many columns a row that says something has to span, the checkbox left out."""
    return (WIDE_COLUMNS if wide else COLUMNS) - 1


@register.simple_tag
def sheet_lines(sheet: SheetOrder, *, may: bool, wide: bool = False) -> SafeString:
    """All lines of one order as table rows: fields where the person may answer, figures where not."""
    words = _Words(sheet, may, wide)
    return mark_safe("".join(words.row(entry) for entry in sheet.lines))  # noqa: S308 -- each value is escaped in row()


@register.simple_tag
def sheet_sums(sums: Totals) -> SafeString:
    """What an order or all of them add up to: units, money, and the share that is accepted. The browser writes the same."""
    parts = (formats.number(sums.accepted), formats.number(sums.backordered), formats.number(sums.rejected))
    ordered = _("of {ordered}").format(ordered=formats.number(sums.ordered))
    amount = formats.money(sums.amount) if sums.amount else "–"
    return mark_safe(  # noqa: S308 -- figures and our words
        f'<span><b>{parts[0]}</b> / {parts[1]} / {parts[2]} <span class="muted">{escape(ordered)}</span></span>'
        f' <span class="money">{escape(amount)}</span> <span class="fill">{sums.fill} %</span>'
    )


@register.simple_tag
def rule_finding(finding: RuleFinding, form: str = "") -> SafeString:
    """What a check found: what is wrong, what to do, the money at stake, where it is written; and where a person may
    say yes to it, the box that does, as a field of `form`."""
    return mark_safe(_finding(finding, form))  # noqa: S308 -- each value is escaped there


@register.simple_tag
def told(reasons: Iterable[Told]) -> SafeString:
    """Reasons as a list of sentences."""
    items = "".join(f"<li>{escape(messages.render(one['code'], one['params']))}</li>" for one in reasons)
    return mark_safe(f'<ul class="reasons">{items}</ul>' if items else "")  # noqa: S308 -- escaped above


@register.simple_tag
def stages(shares: Iterable[StageShare]) -> SafeString:
    """Stage fractions as a row of small bars: answered, packed, shipped, received, invoiced, paid."""
    language = get_language() or ""
    bars = "".join(_stage(*share, language) for share in shares)
    return mark_safe(f'<span class="stages">{bars}</span>')  # noqa: S308 -- numbers and our words


@register.simple_tag
def stage(share: StageShare) -> SafeString:
    """One stage fraction, with its figures beside the bar."""
    figures = f"{formats.number(share.done)} / {formats.number(share.total)}"
    bar = mark_safe(_stage(*share, get_language() or ""))  # noqa: S308 -- numbers and our words
    return format_html('<span class="stage-figures">{} <span>{}</span></span>', bar, figures)


@register.filter
def stage_name(share: StageShare) -> str:
    """What a stage is called."""
    return str(STAGES[share.stage])


@register.filter
def rejection(reason: str) -> str:
    """Why a line is rejected, in words."""
    return str(dict(RejectionReason.choices).get(reason, reason))


# a page has six bars a row, and most of them say the same
@lru_cache(maxsize=4096)
def _stage(stage: str, done: int, total: int, _language: str) -> str:
    label = f"{STAGES[stage]}: {formats.number(done)} / {formats.number(total)}"
    tone = "none" if not done else "all" if done >= total else "some"
    return (
        f'<meter class="stage {tone}" min="0" max="{max(total, 1)}" value="{min(done, max(total, 1))}"'
        f' title="{escape(label)}">{escape(label)}</meter>'
    )


class _Texts(NamedTuple):
    """What is the same in every row of every order, in one language: labels of fields, reasons, and their choices."""

    # escaped; the line's number, escaped too, goes in
    labels: dict[str, str]
    heads: dict[str, str]
    reasons: dict[str, str]
    # the options of the choice of a reason, by the one that is chosen
    options: dict[str, str]
    # the mark of a line without an item, and where such products wait
    unmapped: str
    queue: str


@cache
def _texts(_language: str) -> _Texts:
    labels = {
        "accepted": _("Accept, line {line}"), "backordered": _("Back-order, line {line}"),
        "rejected": _("Reject, line {line}"), "reason": _("Why rejected, line {line}"),
        "later": _("Day of the back-order, line {line}"), "day": _("Day, line {line}"), "cost": _("Cost, line {line}"),
    }  # fmt: skip
    labels = {name: escape(label) for name, label in labels.items()}
    heads = {
        "ordered": _("Ordered"), "available": _("Available"), "accepted": _("Accept"), "backordered": _("Back-order"),
        "later": pgettext("day of a back-order", "until"), "rejected": _("Reject"), "reason": _("Reason"),
        "day": _("Day"), "net_cost": _("Cost"), "cost": _("Answer at"),
    }  # fmt: skip
    reasons = {choice.value: str(choice.label) for choice in RejectionReason}
    options = {
        chosen: '<option value="">–</option>'
        + "".join(
            f'<option value="{value}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
            for value, label in reasons.items()
        )
        for chosen in ("", *reasons)
    }
    return _Texts(
        labels, {name: escape(head) for name, head in heads.items()}, reasons, options,
        badge(_("Unmapped"), tone="red"), reverse("orders:unmapped_list"),
    )  # fmt: skip


class _Words:
    """What is the same in every row of an order, said once."""

    def __init__(self, sheet: SheetOrder, may: bool, wide: bool) -> None:
        self.sheet, self.may, self.wide = sheet, may, wide
        self.form = f"f-{sheet.order.public_id}"
        self.query = escape(urlencode({"order": sheet.order.public_id}))
        self.currency = sheet.order.currency
        self.texts = _texts(get_language() or "")

    def row(self, entry: SheetLine) -> str:
        line, answer = entry.line, entry.answer
        open_ = self.may and line.ordered_eaches > 0
        days = (
            _day(self.sheet.window.day_of(answer.scheduled_ship_at, answer.scheduled_delivery_at)),
            _day(self.sheet.window.day_of(answer.backorder_ship_at, answer.backorder_delivery_at)),
        )
        shown = [answer.accepted, answer.backordered, answer.rejected, answer.rejection_reason, days[1], days[0]]
        sequence, heads = escape(line.sequence), self.texts.heads
        cells = [
            f'<td class="check"></td><th scope="row">{sequence}</th>',
            f'<td class="item">{self._item(entry)}</td>',
            f'<td class="numeric ordered" data-label="{heads["ordered"]}">{_ordered(entry)}</td>',
            f'<td class="numeric available" data-label="{heads["available"]}">{NOTHING if entry.available is None else formats.number(entry.available)}</td>',
            self._quantity("accepted", entry, answer.accepted, open_),
            self._quantity("backordered", entry, answer.backordered, open_ and line.is_backorder_allowed is True),
            self._date("later", entry, days[1], open_ and line.is_backorder_allowed is True),
            self._quantity("rejected", entry, answer.rejected, open_),
            self._reason(entry, answer, open_),
            self._date("day", entry, days[0], open_) if self.wide else "",
            f'<td class="numeric cost" data-label="{heads["net_cost"]}">{self._cost(entry)}</td>',
            self._text("cost", entry, "" if answer.net_cost is None else f"{answer.net_cost.normalize():f}", open_)
            if self.wide
            else "",
            f'<td class="why">{self._why(entry)}</td>',
        ]
        said = "".join(_finding(finding, self.form) for finding in entry.findings) + _unreadable(entry)
        return (
            f'<tr class="line{_classes(answer)}{" refused" if said else ""}" data-line="{sequence}" data-ordered="{max(line.ordered_eaches, 0)}"'
            f' data-step="{entry.step}" data-later="{int(line.is_backorder_allowed is True)}"'
            f' data-available="{"" if entry.available is None else entry.available}" data-cost="{entry.cost or 0:f}"'
            f' data-shown="{escape(json.dumps(shown))}"{"" if open_ else " data-closed"}>{"".join(cells)}</tr>'
            + (
                f'<tr class="said"><td></td><td colspan="{sheet_columns(wide=self.wide)}">{said}</td></tr>'
                if said
                else ""
            )
        )

    def _value(self, name: str, entry: SheetLine, value: Any) -> str:
        typed = entry.typed.get(name)
        return (
            str(value) if typed is None and isinstance(value, int) else escape(str(value if typed is None else typed))
        )

    def _attributes(self, name: str, entry: SheetLine) -> str:
        sequence = escape(entry.line.sequence)
        label = self.texts.labels[name].format(line=sequence)
        wrong = ' aria-invalid="true"' if name in entry.unreadable else ""
        return f'name="{name}.{sequence}" form="{self.form}" data-field="{name}" aria-label="{label}"{wrong}'

    def _label(self, name: str) -> str:
        """What the cell's column is called, for windows that are too narrow for columns."""
        return f' data-label="{self.texts.heads[name]}"'

    def _quantity(self, name: str, entry: SheetLine, value: int, open_: bool) -> str:
        if not open_:
            return f'<td class="numeric quantity"{self._label(name)}>{formats.number(value)}</td>'
        return (
            f'<td class="numeric quantity"{self._label(name)}><input class="eaches" inputmode="numeric" autocomplete="off"'
            f' value="{self._value(name, entry, value)}" {self._attributes(name, entry)}></td>'
        )

    def _date(self, name: str, entry: SheetLine, value: str, open_: bool) -> str:
        if not open_:
            return f"<td{self._label(name)}>{escape(value) or NOTHING}</td>"
        return f'<td{self._label(name)}><input type="date" value="{self._value(name, entry, value)}" {self._attributes(name, entry)}></td>'

    def _text(self, name: str, entry: SheetLine, value: str, open_: bool) -> str:
        if not open_:
            return f"<td{self._label(name)}>{escape(value) or NOTHING}</td>"
        return (
            f'<td{self._label(name)}><input class="eaches" inputmode="decimal" autocomplete="off"'
            f' value="{self._value(name, entry, value)}" {self._attributes(name, entry)}></td>'
        )

    def _reason(self, entry: SheetLine, answer: LineAnswer, open_: bool) -> str:
        chosen = entry.typed.get("reason", answer.rejection_reason)
        if not open_:
            return f"<td{self._label('reason')}>{escape(self.texts.reasons.get(chosen, chosen)) or NOTHING}</td>"
        options = self.texts.options.get(chosen, self.texts.options[""])
        return f"<td{self._label('reason')}><select {self._attributes('reason', entry)}>{options}</select></td>"

    def _cost(self, entry: SheetLine) -> str:
        line = entry.line
        if line.net_cost is None:
            return NOTHING
        currency = line.currency or self.currency
        text = escape(formats.money(Money(line.net_cost, currency)) if currency else formats.number(line.net_cost))
        if line.price_unit:
            return f'{text}<small class="muted">/ {escape(line.price_unit)}</small>'
        if entry.agreed_cost is None or entry.agreed_cost == line.net_cost:
            return text
        agreed = _("agreed {cost}").format(cost=formats.money(Money(entry.agreed_cost, currency)))
        return f'{text}<small class="tone-amber">{escape(agreed)}</small>'

    def _item(self, entry: SheetLine) -> str:
        line = entry.line
        own = line.item.sku if line.item is not None else ""
        asked = " · ".join(escape(text) for text in (line.asin, line.vendor_sku) if text and text != own)
        if line.item is not None:
            return (
                f'<span class="code">{escape(line.item.sku)}</span>'
                f'<small title="{escape(line.item.title)}">{asked}</small>'
            )
        query = urlencode({"search": line.asin or line.vendor_sku})
        mark = f'<a href="{self.texts.queue}?{query}">{self.texts.unmapped}</a>' if line.item_problem else ""
        return f'{mark}<span class="code">{asked or NOTHING}</span>'

    def _why(self, entry: SheetLine) -> str:
        proposed = entry.proposed
        if proposed is None:
            return ""
        doubts = [(one, "amber") for one in proposed.doubts]
        if proposed.problem:
            doubts = [(one, "red" if one == proposed.problem else tone) for one, tone in doubts]
        known = [dict(one) for one, _tone in doubts]
        sayings = [*doubts, *((one, "") for one in proposed.answer.reasons if dict(one) not in known)]
        if not sayings and not proposed.options:
            return ""
        texts = [(*_say(one["code"], one["params"]), tone) for one, tone in sayings]
        first = f'<span class="tone-{texts[0][2] or "neutral"}">{texts[0][0]}</span>' if texts else ""
        if len(texts) < 2 and not proposed.options:
            return f'<span class="first">{first}</span>'
        options = "".join(self._option(entry, place, option) for place, option in enumerate(proposed.options))
        count = len(proposed.options)
        more = (
            ngettext("{count} option", "{count} options", count).format(count=count)
            if count
            else ngettext("{count} reason", "{count} reasons", len(texts)).format(count=len(texts))
        )
        reasons = "".join(f'<li class="tone-{tone or "neutral"}">{text}{fix}</li>' for text, fix, tone in texts)
        return (
            f'<details><summary><span class="first">{first}</span><small>{escape(more)}</small></summary>'
            f'<ul class="reasons">{reasons}</ul>{f"<ol class=options>{options}</ol>" if options else ""}</details>'
        )

    def _option(self, entry: SheetLine, place: int, option: Option) -> str:
        answer, window = option.answer, self.sheet.window
        values = [
            answer.accepted, answer.backordered, answer.rejected, answer.rejection_reason,
            _day(window.day_of(answer.backorder_ship_at, answer.backorder_delivery_at)),
            _day(window.day_of(answer.scheduled_ship_at, answer.scheduled_delivery_at)),
        ]  # fmt: skip
        text, _fix = _say(option.code, option.params)
        risk = (
            f'<span class="money tone-amber">{escape(_("{amount} at risk").format(amount=formats.money(option.at_risk)))}</span>'
            if option.at_risk is not None
            else ""
        )
        parts = escape(_split(answer))
        if not self.may:
            return f"<li>{text} <span class=muted>{parts}</span> {risk}</li>"
        chosen = quote_plus(f"{entry.line.sequence}:{place}")
        return (
            f'<li><a href="?{self.query}&amp;option={chosen}" data-option="{escape(json.dumps(values))}">{text}</a>'
            f' <span class="muted">{parts}</span> {risk}</li>'
        )


def _classes(answer: LineAnswer) -> str:
    """What the line says in all, for the eye."""
    parts = (("accepts", answer.accepted), ("backorders", answer.backordered), ("rejects", answer.rejected))
    return "".join(f" {name}" for name, eaches in parts if eaches)


def _ordered(entry: SheetLine) -> str:
    line = entry.line
    if line.ordered_unit == "Cases" and line.unit_size > 1:
        cases = f"{formats.number(line.ordered_amount)} × {formats.number(line.unit_size)}"
        text = f"{formats.number(line.ordered_eaches)} <small>({cases})</small>"
    else:
        text = formats.number(line.ordered_eaches)
    if line.original_eaches != line.ordered_eaches:
        first = _("first {original}").format(original=formats.number(line.original_eaches))
        text += f' <small class="tone-amber">{escape(first)}</small>'
    return text


def _split(answer: LineAnswer) -> str:
    """`180 / 60 / 0`: accepted, back-ordered, rejected."""
    return " / ".join(formats.number(part) for part in (answer.accepted, answer.backordered, answer.rejected))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _say(code: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """A message and what to do about it, both as markup; parameters are texts and numbers."""
    return _said(code, tuple(params.items()), get_language() or "")


@lru_cache(maxsize=4096)  # a page says some thousand things, and most of them are the same
def _said(code: str, params: tuple[tuple[str, Any], ...], _language: str) -> tuple[str, str]:
    fix = messages.render_fix(code, dict(params))
    return escape(messages.render(code, dict(params))), f' <span class="fix">{escape(fix)}</span>' if fix else ""


def _unreadable(entry: SheetLine) -> str:
    if not entry.unreadable:
        return ""
    text = _("This cannot be read: {values}. Give whole numbers, and days as year-month-day.").format(
        values=", ".join(entry.typed.get(name, "") for name in entry.unreadable)
    )
    return f'<div class="finding tone-red"><p>{escape(text)}</p></div>'


def _finding(finding: RuleFinding, form: str) -> str:
    fix = messages.render_fix(finding.code, finding.params)
    risk = (
        f' <span class="money">{escape(_("{amount} at risk").format(amount=formats.money(finding.at_risk)))}</span>'
        if finding.at_risk is not None
        else ""
    )
    confirm = (
        f'<p><label class="option"><input type="checkbox" name="confirmed" value="{escape(finding.rule)}" form="{form}">'
        f"{escape(_('Yes, I know what this means'))}</label></p>"
        if form and finding.severity == Severity.CONFIRM
        else ""
    )
    return (
        f'<div class="finding tone-{_TONES[finding.severity]}" title="{escape(finding.source)}">'
        f"<p>{escape(messages.render(finding.code, finding.params))}{risk}</p>"
        f"{f'<p class=fix>{escape(fix)}</p>' if fix else ''}{confirm}</div>"
    )
