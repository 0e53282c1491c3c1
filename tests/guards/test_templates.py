"""Every template: it loads, and holds nothing that the content security policy would block."""

import gzip
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted([*(ROOT / "acorn/ui/static/ui").glob("*.js"), *ROOT.glob("[a-z]*/static/*/*.js")])
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style"),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)"),
    "htmx that evaluates": re.compile(r"hx-on|hx-vals=.js:|hx-trigger=\"[^\"]*\["),
    "a javascript address": re.compile(r"javascript:"),
    "a foreign address": re.compile(r"(?:src|href)=\"(?:https?:)?//"),
}


def test_the_guard_looks_at_something() -> None:
    assert len(TEMPLATES) > 30
    assert len(SCRIPTS) >= 8
    for name, sample in {
        "a style attribute": '<p class="a" style="color:red">', "an event attribute": '<a onclick="x()">',
        "an inline script": "<script>x()</script>", "a foreign address": '<img src="//cdn/x.js">',
    }.items():  # fmt: skip
        assert FORBIDDEN[name].search(sample)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_loads(path: Path) -> None:
    get_template(str(path))


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_keeps_the_content_security_policy(path: Path) -> None:
    text = (ROOT / "templates" / path).read_text()

    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_keeps_the_content_security_policy(path: Path) -> None:
    text = path.read_text()

    assert not re.search(
        r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write|\.style\b|^import ", text, re.M
    )


def test_a_partial_opens_by_saying_what_it_needs() -> None:
    partials = [path for path in TEMPLATES if "partials" in path.parts]
    silent = [str(path) for path in partials if not (ROOT / "templates" / path).read_text().startswith("{% comment %}")]

    assert silent == []


def test_style_and_scripts_stay_small() -> None:
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    files = [ROOT / "acorn/ui/static/ui/acorn.css", *SCRIPTS, htmx]

    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 150_000


def test_every_icon_that_is_asked_for_exists() -> None:
    icons = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "acorn/ui/static/ui/icons.svg").read_text()))
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([\w-]+)"', (ROOT / "templates" / path).read_text())
    }

    assert asked
    assert asked <= icons
