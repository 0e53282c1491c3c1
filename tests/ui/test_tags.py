"""The vocabulary of the templates, in both languages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import TextChoices
from django.template import Context, Template
from django.utils import timezone, translation

from acorn.core import messages
from acorn.core.messages import Message
from acorn.core.money import Money
from acorn.ui import tones
from acorn.ui.tones import Tone

NOW = datetime(2026, 11, 23, 20, 45, tzinfo=UTC)


class Colour(TextChoices):
    OPEN = "OPEN", translation.pgettext_lazy("state", "Open")
    DONE = "DONE", translation.gettext_lazy("Done")


tones.register("test.colour", Colour, {Colour.OPEN: Tone.AMBER, Colour.DONE: Tone.GREEN})
messages.register({"test.found": Message("{count} of <b> is missing.", fix="Add {what}.")})


def show(template: str, language: str = "en", zone: str = "UTC", **context: Any) -> str:
    with translation.override(language), timezone.override(ZoneInfo(zone)), time_machine.travel(NOW, tick=False):
        return Template("{% load ui %}" + template).render(Context(context))


@pytest.mark.parametrize(("language", "word"), [("en", "Open"), ("zh-hans", "待处理")])
def test_a_badge_has_colour_and_word(language: str, word: str) -> None:
    assert show('{% badge "OPEN" "test.colour" %}', language) == f'<span class="badge tone-amber">{word}</span>'
    assert show('{{ "OPEN"|word:"test.colour" }}', language) == word


def test_a_badge_of_an_unknown_value_shows_it_as_it_came() -> None:
    assert show('{% badge x "test.colour" %}', x="<NEW>") == '<span class="badge tone-neutral">&lt;NEW&gt;</span>'
    assert "nothing" in show('{% badge "" "test.colour" %}')
    with pytest.raises(KeyError):
        show('{% badge "OPEN" "nobody.knows" %}')


def test_every_state_needs_a_tone() -> None:
    with pytest.raises(ValueError, match="DONE"):
        tones.register("test.other", Colour, {Colour.OPEN: Tone.AMBER})
    with pytest.raises(ValueError, match="twice"):
        tones.register("test.colour", Colour, {Colour.OPEN: Tone.RED, Colour.DONE: Tone.GREEN})


def test_a_moment_is_in_the_readers_zone_with_utc_on_hover() -> None:
    at = NOW - timedelta(hours=5)

    assert show("{{ at|moment }}", zone="Asia/Shanghai", at=at) == (
        '<time datetime="2026-11-23T15:45:00Z" title="2026-11-23 15:45:00 UTC">2026-11-23 23:45'
        '<span class="relative" data-relative>5 hours ago</span></time>'
    )
    assert "5小时前" in show("{{ at|moment }}", "zh-hans", at=at)
    assert "relative" not in show("{{ at|moment }}", at=NOW - timedelta(hours=49))
    assert "relative" not in show('{{ at|moment:"short" }}', at=at)
    assert "15:45:00<" in show('{{ at|moment:"seconds" }}', at=at)
    assert show("{{ at|day }}", zone="Asia/Shanghai", at=NOW).endswith(">2026-11-24</time>")


@pytest.mark.parametrize(
    ("delta", "en", "zh"),
    [
        (timedelta(seconds=-20), "just now", "刚刚"),
        (timedelta(minutes=-59), "59 minutes ago", "59分钟前"),
        (timedelta(minutes=-60), "1 hour ago", "1小时前"),
        (timedelta(minutes=40), "in 40 minutes", "40分钟后"),
        (timedelta(hours=47), "in 47 hours", "47小时后"),
    ],
)
def test_relative_times_read_as_people_speak(delta: timedelta, en: str, zh: str) -> None:
    assert f">{en}<" in show("{{ at|moment }}", at=NOW + delta)
    assert f">{zh}<" in show("{{ at|moment }}", "zh-hans", at=NOW + delta)


@pytest.mark.parametrize(
    ("left", "tone", "en", "zh"),
    [
        (timedelta(hours=26), "neutral", "26h left", "剩余26小时"),
        (timedelta(hours=25), "amber", "25h left", "剩余25小时"),
        (timedelta(hours=11), "amber", "11h left", "剩余11小时"),
        (timedelta(hours=10), "red", "10h left", "剩余10小时"),
        (timedelta(minutes=80), "red", "1h 20min left", "剩余1小时 20分钟"),
        (timedelta(minutes=60), "red", "60min left", "剩余60分钟"),
        (timedelta(hours=-3), "red", "overdue by 3h", "逾期3小时"),
        (timedelta(days=-3), "red", "overdue by 3d", "逾期3天"),
    ],
)
def test_a_countdown_warns_in_the_last_quarter_and_alarms_in_the_last_tenth(
    left: timedelta, tone: str, en: str, zh: str
) -> None:
    deadline = NOW + left
    started = deadline - timedelta(hours=100)
    for language, text in (("en", en), ("zh-hans", zh)):
        shown = show("{% countdown deadline started %}", language, deadline=deadline, started=started)
        assert f'class="countdown tone-{tone}"' in shown
        assert shown.endswith(f">{text}</time>")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("12480", "USD", "USD\xa012,480.00"),
        ("-3.4567", "EUR", "EUR\xa0-3.4567"),
        ("3.450000", "EUR", "EUR\xa03.45"),
        ("980000", "JPY", "JPY\xa0980,000"),
        ("1E+3", "KWD", "KWD\xa01,000.000"),
    ],
)
def test_money_always_names_its_currency_and_hides_no_digit(amount: str, currency: str, text: str) -> None:
    for language in ("en", "zh-hans"):
        assert show("{{ m|money }}", language, m=Money(Decimal(amount), currency)) == (
            f'<span class="money">{text}</span>'
        )
    assert show("{{ a|money:currency }}", a=Decimal(amount), currency=currency) == f'<span class="money">{text}</span>'


def test_quantities_show_the_unit_they_came_in_where_it_differs() -> None:
    assert show("{% quantity 240 20 12 %}") == "240 (20 cases × 12)"
    assert show("{% quantity 1200 1 1200 %}") == "1,200 (1 case × 1,200)"
    assert show("{% quantity 240 20 12 %}", "zh-hans") == "240 (20 箱 × 12)"
    assert show("{% quantity 240 240 1 %}") == show("{% quantity 240 %}") == "240"


def test_what_is_not_there_is_a_dash() -> None:
    for piece in (
        "{{ x|moment }}", "{{ x|day }}", "{% countdown x %}", "{{ x|money }}", "{{ x|number }}", "{% quantity x %}",
        "{% copyable x %}", "{% window x x %}", "{% subject '' x %}",
    ):  # fmt: skip
        assert show(piece, x=None) == '<span class="nothing" aria-hidden="true">–</span>'


def test_everything_from_outside_is_escaped() -> None:
    bad = '"><script>alert(1)</script>'
    for piece in (
        "{% badge x tone='red' %}", "{% badge 'a' hint=x %}", "{% copyable x %}", "{% change x x %}",
        "{% finding 'test.found' p %}", "{{ x|json_block }}", "{{ p|json_block }}", "{% subject 'order' x x %}",
        "{% icon 'orders' x %}", "{% progress 1 2 x %}", "{% finding x %}", "{% message_text x %}",
    ):  # fmt: skip
        assert "<script" not in show(piece, x=bad, p={"count": bad, bad: [bad]}), piece


def test_a_finding_says_what_happened_and_what_to_do() -> None:
    assert show("{% finding 'test.found' p 'red' %}", p={"count": 3, "what": "it"}) == (
        '<div class="finding tone-red"><p>3 of &lt;b&gt; is missing.</p><p class="fix">Add it.</p></div>'
    )


def test_json_is_printed_and_anything_else_shown_as_it_is() -> None:
    shown = show("{{ x|json_block }}", x={"名": "<b>", "n": -1.5e3, "t": True, "z": None, "s": 'a "q" 12 true'})

    assert '<span class="json-key">&quot;名&quot;</span>' in shown
    assert '<span class="json-text">&quot;&lt;b&gt;&quot;</span>' in shown
    assert '<span class="json-value">-1500.0</span>' in shown
    assert '<span class="json-text">&quot;a \\&quot;q\\&quot; 12 true&quot;</span>' in shown
    assert show("{{ x|json_block }}", x=b"not json \xff").count("span") == 0


def test_a_window_says_the_year_once() -> None:
    start = datetime(2026, 11, 30, tzinfo=UTC)

    assert ">2026-11-30 → 12-04<" in show("{% window a b %}", a=start, b=start + timedelta(days=4))
    assert ">2026-11-30 → 2027-01-03<" in show("{% window a b %}", a=start, b=start + timedelta(days=34))
    assert ">2026-11-30<" in show("{% window a a %}", a=start)
