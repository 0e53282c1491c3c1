"""The kit's vocabulary for templates. `docs/ui-kit.md` shows each in use."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from acorn.core import clock, messages, subjects
from acorn.core.money import Money
from acorn.ui import formats, navigation, tones
from acorn.ui.filters import flat_choices
from acorn.ui.tones import Tone

register = template.Library()

NOTHING = mark_safe('<span class="nothing" aria-hidden="true">–</span>')


# --- States -------------------------------------------------------------------------------------------------------
@register.simple_tag
def badge(value: Any, kind: str = "", tone: str = "", hint: str = "", *, mark: bool = False) -> SafeString | str:
    """A state as colour, shape and word: by registered kind, or any text with a tone of the six.

    As a mark it shows its word on hover and on very wide windows only: for what is so in row after row.
    """
    if value is None or value == "":
        return NOTHING
    word, known = tones.describe(kind, value) if kind else (str(value), Tone.NEUTRAL)
    return _badge(word, Tone(tone) if tone else known, str(hint), mark)


# a list says the same few states in row after row
@lru_cache(maxsize=1024)
def _badge(word: str, tone: Tone, hint: str, mark: bool) -> SafeString:
    return format_html(
        '<span class="badge{} tone-{}"{}>{}</span>',
        " mark" if mark else "",
        tone,
        format_html(' title="{}"', hint or word) if hint or mark else "",
        format_html('<span class="word">{}</span>', word) if mark else word,
    )


@register.filter
def word(value: str, kind: str) -> str:
    """Only the word of a state, for sentences and exports."""
    return tones.describe(kind, value)[0]


# --- Time ---------------------------------------------------------------------------------------------------------
@register.filter
def moment(value: datetime | None, style: str | datetime = "") -> SafeString | str:
    """An instant in the reader's zone, UTC on hover, relative beside it when less than 48 hours away.

    Styles: `short` leaves the relative part out, `seconds` shows seconds, `relative` shows it alone. An instant instead of
    a style is the now to which it is relative, where another clock counts; that does not tick on.
    """
    if not value:
        return NOTHING
    if isinstance(style, datetime):
        return _moment_at(value, style)
    now, utc = clock.now(), formats.utc(value)
    near = abs(value - now) < formats.RELATIVE_WITHIN and style not in ("short", "seconds")
    alone = " alone" if style == "relative" else ""
    beside = (
        format_html('<span class="relative{}" data-relative>{}</span>', alone, formats.relative(value, now))
        if near
        else ""
    )
    absolute = formats.moment(value, seconds=style == "seconds")
    if style == "relative" and near:
        return format_html('<time datetime="{}" title="{} · {}">{}</time>', utc, absolute, _spaced(utc), beside)
    return mark_safe(f'<time datetime="{utc}" title="{_spaced(utc)}">{absolute}{beside}</time>')  # noqa: S308 -- figures


def _moment_at(value: datetime, now: datetime) -> SafeString:
    utc = formats.utc(value)
    near = abs(value - now) < formats.RELATIVE_WITHIN
    beside = format_html('<span class="relative">{}</span>', formats.relative(value, now)) if near else ""
    return format_html('<time datetime="{}" title="{}">{}{}</time>', utc, _spaced(utc), formats.moment(value), beside)


def _spaced(utc: str) -> str:
    """`2026-11-23 20:45:00 UTC`, from the form that machines read."""
    return f"{utc[:10]} {utc[11:-1]} UTC"


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A date; of an instant, the day in the reader's zone with UTC on hover."""
    if not value:
        return NOTHING
    if isinstance(value, datetime):
        utc = formats.utc(value)
        return mark_safe(f'<time datetime="{utc}" title="{_spaced(utc)}">{formats.day(value)}</time>')  # noqa: S308 -- figures
    return mark_safe(f'<time datetime="{value.isoformat()}">{formats.day(value)}</time>')  # noqa: S308 -- figures


@register.simple_tag
def window(start: datetime | None, end: datetime | None) -> SafeString | str:
    """Two days as `2026-11-01 → 2026-11-06`; the year of the second is left out where it is the same."""
    if not start or not end:
        return day(start or end)
    first, last = formats.day(start), formats.day(end)
    if first == last:
        return day(start)
    title = " → ".join(formats.utc(day) if isinstance(day, datetime) else formats.day(day) for day in (start, end))
    short = last[5:] if first[:4] == last[:4] else last
    return mark_safe(f'<span class="window" title="{title}">{first} → {short}</span>')  # noqa: S308 -- figures


@register.simple_tag
def countdown(
    deadline: datetime | None, started: datetime | None = None, shown: datetime | None = None
) -> SafeString | str:
    """The time left, ticking: amber in the last quarter of the clock, red in the last tenth, then `overdue by 3h`.

    `shown` is the deadline by another clock, which the reader sees instead; one that stands has no `deadline`.
    """
    if not deadline:
        return moment(shown, "short")
    now, shown = clock.now(), shown or deadline
    title = f"{formats.moment(shown)} · {_spaced(formats.utc(shown))}"
    return mark_safe(  # noqa: S308 -- figures and our words
        f'<time class="countdown tone-{formats.urgency(deadline, started, now)}" datetime="{formats.utc(deadline)}"'
        f' data-started="{formats.utc(started) if started else ""}" title="{title}">'
        f"{escape(formats.countdown(deadline, now))}</time>"
    )


@register.simple_tag
def zone_note() -> str:
    """The zone that this page's times are in."""
    zone, offset = str(timezone.get_current_timezone()), timezone.localtime(clock.now()).strftime("%z")
    if zone == "UTC":
        return _("Times in UTC")
    return _("Times in {zone} (UTC{offset}) · UTC on hover").format(zone=zone, offset=f"{offset[:3]}:{offset[3:]}")


# --- Money and quantities -----------------------------------------------------------------------------------------
@register.filter(name="money")
def money_filter(value: Money | None, currency: str = "") -> SafeString | str:
    """`{{ order.total|money }}` for Money, `{{ amount|money:"USD" }}` for a bare amount."""
    amount = formats.as_money(value, currency)
    return NOTHING if amount is None else format_html('<span class="money">{}</span>', formats.money(amount))


@register.filter
def number(value: Any) -> SafeString | str:
    """A count with the language's separators."""
    return NOTHING if value is None or value == "" else formats.number(value)


@register.filter
def signed(value: int) -> str:
    """A change with its sign: `+240`, `−12`."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{formats.number(abs(value))}"


@register.simple_tag
def quantity(eaches: int | None, amount: int | None = None, unit_size: int | None = None) -> SafeString | str:
    """`240 (20 cases × 12)`."""
    return NOTHING if eaches is None else formats.quantity(eaches, amount, unit_size)


# --- Small pieces -------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of our sprite; with a label it speaks, without one it is decoration."""
    return _icon(name, label)


@lru_cache(maxsize=1024)
def _icon(name: str, label: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', spoken, static("ui/icons.svg"), name)


@register.simple_tag
def copyable(text: Any, shown: Any = "") -> SafeString | str:
    """A value with a button that copies it; `shown` may be shorter than what is copied."""
    if text is None or text == "":
        return NOTHING
    return format_html(
        '<span class="copyable"><span class="code">{}</span><button type="button" class="copy" data-copy="{}"'
        ' aria-label="{}">{}</button></span>',
        shown or text,
        text,
        _("Copy {value}").format(value=text),
        icon("copy"),
    )


@register.simple_tag
def finding(code: str, params: dict[str, Any] | None = None, tone: str = "amber") -> SafeString:
    """What happened and what to do next, from a stored code and its parameters."""
    fix = messages.render_fix(code, params)
    return format_html(
        '<div class="finding tone-{}"><p>{}</p>{}</div>',
        Tone(tone),
        messages.render(code, params),
        format_html('<p class="fix">{}</p>', fix) if fix else "",
    )


@register.simple_tag
def message_text(code: str, params: dict[str, Any] | None = None) -> str:
    """One line for tables: what happened, without the advice."""
    return messages.render(code, params)


@register.filter
def actor(label: str) -> str:
    """Who did it: people and tokens by their name, ACORN's own tasks and commands in words."""
    return messages.word("audit.actor", label)


@register.filter
def scopes(names: str) -> str:
    """What a token may, in words; several with commas between."""
    return messages.word("accounts.scope", names)


@register.simple_tag
def subject(kind: str, subject_id: str, label: str = "", *, bare: bool = False) -> SafeString | str:
    """A thing by its kind and label, linked to its page where it has one; bare where its kind is said already."""
    if not kind:
        return NOTHING
    name = label or subject_id
    words = name if bare else format_html('<span class="kind">{}</span> {}', subjects.label_of(kind), name)
    url = subjects.find_url(kind, subject_id)
    return format_html('<a href="{}">{}</a>', url, words) if url else words


@register.simple_tag
def change(before: Any, after: Any) -> SafeString:
    """One changed value: what it was, what it is."""
    empty = _("(empty)")
    return format_html(
        '<span class="change"><del>{}</del> <span class="to" aria-label="{}">→</span> <ins>{}</ins></span>',
        empty if before in (None, "") else before,
        _("became"),
        empty if after in (None, "") else after,
    )


@register.simple_tag
def progress(done: int | None, total: int | None, label: str = "") -> SafeString:
    """A progress bar with its figures; without a total, what is done so far."""
    done = done or 0
    if not total:
        return format_html('<span class="progress-text">{}</span>', formats.number(done))
    text = f"{formats.number(done)} / {formats.number(total)}"
    return format_html(
        '<span class="progress"><progress max="{}" value="{}" aria-label="{}"></progress>'
        '<span class="progress-text">{}</span></span>',
        total,
        min(done, total),
        label or text,
        text,
    )


@register.simple_tag
def sparkline(values: Sequence[int], label: str) -> SafeString | str:
    """How a figure went, one value a step, oldest first; for the eye only: the label and the last value are read out."""
    if len(values) < 2:
        return ""
    top = max(max(values), 1)
    points = " ".join(
        f"{100 * step / (len(values) - 1):.1f},{24 - 22 * value / top:.1f}" for step, value in enumerate(values)
    )
    return format_html(
        '<svg class="sparkline" viewBox="0 0 100 26" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline points="{}"></polyline></svg>',
        f"{label}: {', '.join(map(formats.number, values))}",
        points,
    )


_JSON_PART = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=:))|(?P<text>"(?:[^"\\]|\\.)*")|(?P<value>\b(?:true|false|null)\b|-?\d[\d.eE+-]*)'
)


@register.filter
def json_block(value: Any) -> SafeString:
    """Pretty-printed JSON with keys and values told apart; text that is not JSON is shown as it is."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return format_html('<pre class="json" tabindex="0"><code>{}</code></pre>', value)
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    parts: list[str] = []
    end = 0
    for found in _JSON_PART.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<span class="json-{found.lastgroup}">{escape(found.group())}</span>')
        end = found.end()
    parts.append(escape(text[end:]))
    return mark_safe(f'<pre class="json" tabindex="0"><code>{"".join(parts)}</code></pre>')  # noqa: S308 -- each part is escaped


@register.simple_tag
def page_url(url_name: str, *args: Any) -> str:
    """As `{% url %}`, but empty while the page's app is not built or not there."""
    return navigation.find_url(url_name, *args)


# --- Forms --------------------------------------------------------------------------------------------------------
@register.simple_tag
def field(bound: Any, unit: str = "") -> SafeString:
    """A form field: label above, input with its unit, help and errors below, tied together for screen readers."""
    widget_type = getattr(bound.field.widget, "input_type", "")
    described = [f"{bound.id_for_label}-help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return render_to_string(
        "ui/field.html",
        {
            "field": bound,
            "unit": unit,
            "input": bound.as_widget(attrs=attributes),
            "is_checkbox": widget_type == "checkbox" and not hasattr(bound.field, "choices"),
            "is_group": widget_type in ("checkbox", "radio") and hasattr(bound.field, "choices"),
        },
    )


@register.inclusion_tag("ui/form.html")
def form_fields(form: Any) -> dict[str, Any]:
    """The error summary, then every field of a form."""
    return {"form": form}


@register.inclusion_tag("ui/errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong, on top, each with a link to its field."""
    found = [(form[name], errors) for name, errors in form.errors.items() if name != "__all__"] if form.errors else []
    return {"form": form, "fields": found, "count": len(found)}


# --- Lists --------------------------------------------------------------------------------------------------------
@register.tag("rows")
def do_rows(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`{% rows list %} cells of one row {% empty %} what an empty list says {% endrows %}`.

    Shows the chips, the table with its sortable head, and the footer. Inside, `row` is the current row; the first cell
    is a `<th scope="row">` that holds the link.
    """
    try:
        _tag, variable = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError("rows takes the list: {% rows list %}") from None
    cells = parser.parse(("empty", "endrows"))
    empty = None
    if parser.next_token().contents == "empty":
        empty = parser.parse(("endrows",))
        parser.delete_first_token()
    return _RowsNode(parser.compile_filter(variable), cells, empty)


class _RowsNode(template.Node):
    child_nodelists = ("cells", "empty")

    def __init__(self, listing: Any, cells: template.NodeList, empty: template.NodeList | None) -> None:
        self.listing, self.cells, self.empty = listing, cells, empty

    def render(self, context: template.Context) -> str:
        listing = self.listing.resolve(context)
        shown = []
        select = _("Select %(row)s") if listing.actions else ""
        with context.push():
            for row in listing.rows:
                context["row"] = row
                box = _box(row, listing, select) if select else ""
                shown.append(f"<tr>{box}{self.cells.render(context)}</tr>")
        with context.push():
            empty = mark_safe(self.empty.render(context)) if self.empty and not shown else ""  # noqa: S308
        request = context.get("request")
        return render_to_string(
            "ui/rows.html",
            {
                "list": listing,
                "shown": mark_safe("\n  ".join(shown)),  # noqa: S308 -- rendered by the engine
                "empty": empty,
                "is_part": bool(request and request.htmx),
            },
            request=request,
        )


def _box(row: Any, listing: Any, select: str) -> str:
    """The cell that a row is selected with."""
    return (
        f'<td class="check"><input type="checkbox" name="selected" value="{escape(_row_id(row, listing))}" form="bulk"'
        f' aria-label="{escape(select % {"row": row})}"></td>'
    )


@register.simple_tag
def joined(values: Any, separator: str = " · ") -> SafeString:
    """The values that are there, with a separator between."""
    return format_html_join(separator, "{}", ((conditional_escape(value),) for value in values if value))


@register.simple_tag
def filter_input(kind: str, bound: Any) -> SafeString:
    """What a filter is set with. A list may offer hundreds of boxes: each is a piece of text, not a template."""
    value = bound.value()
    if kind == "choices":
        chosen = set(value) if isinstance(value, list) else {value or ""}
        form = '<label class="option"><input type="{}" name="{}" value="{}"{}><span>{}</span></label>'
        offered = flat_choices(bound.field.choices)
        boxes = (
            (bound.field.widget.input_type, bound.html_name, key, _CHECKED[key in chosen], label)
            for key, label in offered
        )
        return format_html_join("", form, boxes) or format_html(
            '<p class="muted">{}</p>', _("Nothing to choose from yet.")
        )
    if kind == "days":
        form = '<label class="option"><span>{}</span><input type="date" name="{}_{}" value="{}"></label>'
        first, last = value or ("", "")
        days = ((pgettext("day", "From"), "after", first), (pgettext("day", "To"), "before", last))
        return format_html_join("", form, ((text, bound.html_name, end, day or "") for text, end, day in days))
    if kind == "toggle":
        checked = _CHECKED[bound.field.widget.check_test(value)]
        return format_html('<input type="checkbox" name="{}" value="true"{}>', bound.html_name, checked)
    return mark_safe(str(bound))  # noqa: S308 -- rendered by the form


_CHECKED = {True: mark_safe(" checked"), False: ""}


def _row_id(row: Any, listing: Any) -> Any:
    """The id that a row is selected by."""
    name = listing.definition.id_field
    return row[name] if isinstance(row, dict) else getattr(row, name)


# --- The frame ----------------------------------------------------------------------------------------------------
MODULES = ("time", "copy", "toasts", "dialogs", "forms", "keyboard", "lists")


@register.simple_tag
def modules() -> SafeString:
    """Our own scripts: small modules that need nothing of each other."""
    return format_html_join(
        "\n  ", '<script type="module" src="{}"></script>', ((static(f"ui/{name}.js"),) for name in MODULES)
    )


@register.simple_tag
def time_texts() -> SafeString:
    """The words for lengths of time, as data attributes for the ticking clocks."""
    return format_html_join(" ", 'data-{}="{}"', formats.unit_texts().items())


@register.simple_tag
def ribbon(environment: str) -> SafeString | str:
    """Which Amazon a page is about; nothing for production."""
    known = {"SIMULATOR": (Tone.VIOLET, _("Simulator")), "SANDBOX": (Tone.AMBER, _("Sandbox"))}
    if environment not in known:
        return ""
    tone, text = known[environment]
    return format_html('<span class="ribbon tone-{}">{}</span>', tone, text)


@register.filter
def initials(user: Any) -> str:
    """One or two letters for a person without a picture: `Li Wei` gives LW, `李伟` gives 李."""
    words = str(user).partition("@")[0].replace(".", " ").replace("-", " ").split()
    letters = [part[0] for part in words if part]
    return "".join(letters[:2]).upper() if letters and letters[0].isascii() else "".join(letters[:1])


@register.filter
def message_tone(level: str) -> str:
    """The tone of a Django message."""
    return {"success": "green", "warning": "amber", "error": "red"}.get(level, "blue")
