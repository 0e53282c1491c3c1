"""Charts drawn here, as SVG without script and without style: steps by day, bars; every figure is said in words, too."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from acorn.ui import formats

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 24


@dataclass(frozen=True, slots=True)
class Series:
    """One line, a value a day. `tone` is one of the six."""

    label: str | Promise
    tone: str
    values: Sequence[int]


def draw_steps(days: Sequence[date], lines: Sequence[Series], label: str) -> SafeString | str:
    """Lines that hold each day's value until the next day. Hovering a day says it in words; empty for less than two days."""
    if len(days) < 2:
        return ""
    values = [value for line in lines for value in line.values]
    ticks = _ticks(min(0, *values), max(0, *values))
    low, high = ticks[0], ticks[-1]
    step = (_WIDTH - _LEFT - _RIGHT) / len(days)

    def height(value: float) -> str:
        return f"{_TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low):.1f}"

    def path(line: Series) -> str:
        points = [f"{_LEFT + step * (n + side):.1f} {height(v)}" for n, v in enumerate(line.values) for side in (0, 1)]
        return "M" + " L".join(points)

    rules = format_html_join(
        "", '<path class="rule{}" d="M{} {} H{}"></path><text x="{}" y="{}" text-anchor="end" dy="4">{}</text>',
        ((" zero" if tick == 0 else "", _LEFT, height(tick), _WIDTH - _RIGHT, _LEFT - 6, height(tick), formats.number(tick))
         for tick in ticks),
    )  # fmt: skip
    every = math.ceil(len(days) / 6)
    marks = format_html_join(
        "", '<text x="{}" y="{}">{}</text>',
        ((f"{_LEFT + step * n:.1f}", _HEIGHT - 6, formats.day(day)[5:]) for n, day in enumerate(days) if n % every == 0),
    )  # fmt: skip
    drawn = format_html_join(
        "", '<path class="line tone-{}" d="{}"></path>', ((line.tone, path(line)) for line in lines)
    )
    hovers = format_html_join(
        "", '<rect class="hover" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        ((f"{_LEFT + step * n:.1f}", _TOP, f"{step:.1f}", _HEIGHT - _TOP - _BOTTOM, _words(day, n, lines))
         for n, day in enumerate(days)),
    )  # fmt: skip
    legend = format_html_join(
        "", '<li class="tone-{}"><i aria-hidden="true"></i>{}</li>', ((line.tone, line.label) for line in lines)
    )
    return format_html(
        '<figure class="chart"><ul class="legend">{}</ul><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg></figure>',
        legend, _WIDTH, _HEIGHT, label, rules, marks, drawn, hovers,
    )  # fmt: skip


def draw_bars(heads: Sequence[str], parts: Sequence[Series], label: str) -> SafeString | str:
    """A bar for each head, stacked of `parts`, under the label; pointing at a bar says it in words.

    Values are counts; empty where all of them are 0.
    """
    sums = [sum(values) for values in zip(*(part.values for part in parts), strict=True)]
    if not any(sums):
        return ""
    ticks = _ticks(0, max(sums))
    step = (_WIDTH - _LEFT - _RIGHT) / len(heads)
    width = min(step * 0.7, 64)
    scale = (_HEIGHT - _TOP - _BOTTOM) / ticks[-1]
    foot = _HEIGHT - _BOTTOM

    rules = format_html_join(
        "", '<path class="rule{}" d="M{} {} H{}"></path><text x="{}" y="{}" text-anchor="end" dy="4">{}</text>',
        ((" zero" if tick == 0 else "", _LEFT, y := _short(foot - tick * scale), _WIDTH - _RIGHT, _LEFT - 6, y,
          formats.number(tick)) for tick in ticks),
    )  # fmt: skip
    bars = format_html_join(
        "", '<rect class="bar tone-{}" x="{}" y="{}" width="{}" height="{}"></rect>',
        ((part.tone, _short(_LEFT + step * (place + 0.5) - width / 2),
          _short(foot - scale * sum(each.values[place] for each in parts[: level + 1])), _short(width),
          _short(scale * part.values[place]))
         for level, part in enumerate(parts) for place in range(len(heads)) if part.values[place]),
    )  # fmt: skip
    every = math.ceil(len(heads) / 8)
    marks = format_html_join(
        "", '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((_short(_LEFT + step * (place + 0.5)), _HEIGHT - 6, head)
         for place, head in enumerate(heads) if place % every == 0),
    )  # fmt: skip
    hovers = format_html_join(
        "", '<rect class="hover" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        ((_short(_LEFT + step * place), _TOP, _short(step), foot - _TOP, _said(head, place, parts))
         for place, head in enumerate(heads)),
    )  # fmt: skip
    legend = format_html_join(
        "", '<li class="tone-{}"><i aria-hidden="true"></i>{}</li>',
        ((part.tone, part.label) for part in parts if len(parts) > 1),
    )  # fmt: skip
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption><ul class="legend">{}</ul>'
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}</svg></figure>',
        label, legend, _WIDTH, _HEIGHT, label, rules, bars, marks, hovers,
    )  # fmt: skip


def _short(value: float) -> str:
    return f"{value:.1f}"


def _said(head: str, place: int, parts: Sequence[Series]) -> str:
    said = [f"{part.label}: {formats.number(part.values[place])}" for part in parts if part.values[place]]
    return " · ".join([head, *said])


def _words(day: date, number: int, lines: Sequence[Series]) -> str:
    said = [f"{line.label}: {formats.number(line.values[number])}" for line in lines]
    return " · ".join([formats.day(day), *said])


def _ticks(low: int, high: int) -> list[int]:
    """Round numbers that enclose both, at most six of them."""
    if low == high:
        return [low, low + 1]
    rough = (high - low) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = max(1, round(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)))
    return list(range(math.floor(low / step) * step, math.ceil(high / step) * step + 1, step))
