"""Translations: what is collected, what is kept, and what --check refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from acorn.ui import catalogues

TEMPLATE = """{% load i18n %}
<h1 title="{% translate 'A title' %}">{% translate "Don't" context "verb" %}</h1>
    {% blocktranslate trimmed count n=rows with who=user.name %}
      {{ n }} row of {{ who }}
    {% plural %}
      {{ n }} rows of {{ who }}
    {% endblocktranslate %}
{{ _("In a filter")|upper }} {% if x == _("In a tag") %}{% endif %}
{% comment %}{% translate "never" %}{% endcomment %}
<style>a { b: 'it"s (unbalanced' }</style>
"""
PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
A = _("Plain {name}")
B = ngettext("{n} case", "{n} cases", 3)
C = pgettext_lazy("state", "Open")
D = f"{_('Inside an f-string')}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("acorn/sub", "acorn/migrations", "orders", "templates/orders", "templates/account"):
        (tmp_path / folder).mkdir(parents=True)
    for app in ("acorn", "orders"):
        (tmp_path / app / "apps.py").write_text("")
    (tmp_path / "acorn/sub/a.py").write_text('X = _("Shared")\n')
    (tmp_path / "acorn/migrations/0001.py").write_text('X = _("Old")\n')
    (tmp_path / "orders/b.py").write_text(PYTHON + 'E = _("Shared")\n')
    (tmp_path / "templates/orders/list.html").write_text(TEMPLATE)
    (tmp_path / "templates/account/x.html").write_text('{% load i18n %}{% translate "Sign in" %}')
    (tmp_path / "templates/base.html").write_text('{% load i18n %}{% translate "Skip" %}')
    return tmp_path


def _ids(root: Path, app: str) -> set[object]:
    return {(message.context, message.id) for message in catalogues.extract_all(root)[app] if message.id}


def test_every_way_to_say_something_is_found(project: Path) -> None:
    assert _ids(project, "acorn") == {(None, "Shared"), (None, "Sign in"), (None, "Skip")}
    assert _ids(project, "orders") == {
        (None, "A title"), ("verb", "Don't"), (None, ("%(n)s row of %(who)s", "%(n)s rows of %(who)s")),
        (None, "In a filter"), (None, "In a tag"), (None, "Plain {name}"), (None, ("{n} case", "{n} cases")),
        ("state", "Open"), (None, "Inside an f-string"),
    }  # fmt: skip


def _translate(path: Path, **texts: str) -> None:
    """Fill the empty texts: the given ones, else the placeholders of the source."""
    catalogue = catalogues.read(path)
    for message in catalogue:
        if message.id:
            source = catalogues._as_list(message.id)[-1] or ""
            text = texts.get(source, "译" + "".join(catalogues._PLACEHOLDER.findall(source)))
            message.string = (text,) if isinstance(message.id, tuple) else text
    path.write_text(catalogues.written(catalogue))


def test_a_second_run_changes_nothing_and_keeps_translations(project: Path) -> None:
    assert len(catalogues.update_all(project)) == 2
    path = catalogues.po_path(project, "orders")
    _translate(path)
    before = path.read_text()

    assert catalogues.update_all(project) == []
    assert path.read_text() == before
    assert "#:" not in before
    assert "Date" not in before


def test_a_vanished_text_becomes_obsolete_and_comes_back_translated(project: Path) -> None:
    catalogues.update_all(project)
    path = catalogues.po_path(project, "orders")
    _translate(path)
    source = project / "orders/b.py"
    kept = source.read_text()
    source.write_text(kept.replace('A = _("Plain {name}")', ""))

    assert [problem.text for problem in catalogues.check_all(project) if problem.app == "orders"] == ["Plain {name}"]
    catalogues.update_all(project)
    assert '#~ msgid "Plain {name}"' in path.read_text()

    source.write_text(kept)
    catalogues.update_all(project)
    assert 'msgid "Plain {name}"\nmsgstr "译{name}"' in path.read_text()
    assert "#~" not in path.read_text()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("译{name}", ""), "not translated"),
        (("译{name}", "译{nome}"), "placeholders differ"),
        (('msgid "Plain {name}"', '#, fuzzy\nmsgid "Plain {name}"'), "fuzzy"),
        (("译%(n)s%(who)s", "译%(who)s"), "placeholders differ"),
        (('msgid "Plain {name}"', 'msgid "Plane {name}"'), "not in the catalogue yet"),
    ],
)
def test_check_names_what_is_wrong(project: Path, change: tuple[str, str], what: str) -> None:
    catalogues.update_all(project)
    for app in ("acorn", "orders"):
        _translate(catalogues.po_path(project, app))
    assert catalogues.check_all(project) == []
    path = catalogues.po_path(project, "orders")
    assert change[0] in path.read_text()
    path.write_text(path.read_text().replace(*change))

    assert what in " ".join(problem.what for problem in catalogues.check_all(project))


def test_django_reads_what_is_compiled(project: Path) -> None:
    catalogues.update_all(project)
    _translate(catalogues.po_path(project, "acorn"))

    assert catalogues.compile_all(project) == 2
    assert catalogues.po_path(project, "acorn").with_suffix(".mo").stat().st_size > 100


def test_the_command_fails_for_missing_chinese(project: Path, settings: object) -> None:
    settings.BASE_DIR = project  # type: ignore[attr-defined]
    call_command("messages", stdout=StringIO())
    with pytest.raises(CommandError, match="texts need a translator"):
        call_command("messages", "--check", stderr=StringIO())


def test_acorn_itself_speaks_chinese() -> None:
    problems = catalogues.check_all(Path(settings.BASE_DIR))

    assert [str(problem) for problem in problems if problem.app == "acorn"] == []
