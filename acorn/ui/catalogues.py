"""Translations without gettext programs: Babel reads the sources, keeps django.po, and writes django.mo.

English is the source text. Each app keeps its own catalogue of what its Python files and `templates/<app>/` say; what
belongs to no other app is in acorn's. An app's catalogue leaves out what acorn's already says. Entries are sorted and
carry no line numbers or dates, so that two branches merge.
"""

import ast
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message, mofile, pofile
from babel.messages.extract import extract
from django.utils.translation import templatize

LOCALE = "zh_Hans"
PLATFORM = "acorn"
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "ugettext"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# how many leading arguments are texts, and whether the first is a context
_ARGUMENTS = {
    name: (1, False) if spec is None else (len(spec), isinstance(spec[0], tuple)) for name, spec in _KEYWORDS.items()
}
_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w*\}(?!\})")
_SKIPPED = {"migrations", "locale", "static", "node_modules", "__pycache__", "runner"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that --check complains about."""

    app: str
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.app}: {self.what}: {self.text!r}"


def po_path(root: Path, app: str) -> Path:
    return root / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def list_apps(root: Path) -> list[str]:
    """The folders with an apps.py, acorn first: it owns what several apps say."""
    found = sorted(path.parent.name for path in root.glob("*/apps.py"))
    return [PLATFORM, *(name for name in found if name != PLATFORM)]


def extract_all(root: Path) -> dict[str, Catalog]:
    """What each app's sources say now, without translations."""
    apps = list_apps(root)
    catalogues: dict[str, Catalog] = {}
    for app in apps:
        catalogue = Catalog(locale=LOCALE, fuzzy=False)
        for text, context in _extract_app(root, app, apps):
            if app == PLATFORM or not _contains(catalogues[PLATFORM], text, context):
                catalogue.add(text, context=context)
        catalogues[app] = catalogue
    return catalogues


def _contains(catalogue: Catalog, text: Any, context: str | None) -> bool:
    known = catalogue.get(text, context)
    return known is not None and isinstance(known.id, tuple) == isinstance(text, tuple)


def _extract_app(root: Path, app: str, apps: list[str]) -> Iterator[tuple[Any, str | None]]:
    for path in _sources(root / app, "*.py"):
        yield from _read_python(path.read_text())
    templates = root / "templates"
    others = {templates / other for other in apps if other != PLATFORM}
    places = [templates] if app == PLATFORM else [templates / app]
    for path in (found for place in places for found in [*_sources(place, "*.html"), *_sources(place, "*.txt")]):
        if app != PLATFORM or others.isdisjoint(path.parents):
            yield from _read_template(path.read_text())


def _sources(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if _SKIPPED.isdisjoint(path.relative_to(folder).parts))


def _read_template(source: str) -> Iterator[tuple[Any, str | None]]:
    """Django's own reading of a template for xgettext, read by Babel. Lines are stripped: Babel minds indentation."""
    pseudo_python = "\n".join(line.strip() for line in templatize(source).splitlines())
    file = io.BytesIO(pseudo_python.encode())
    for _line, text, _comments, context in extract("python", file, _KEYWORDS, (), {"encoding": "utf-8"}):
        yield text, context


def _read_python(source: str) -> Iterator[tuple[Any, str | None]]:
    """The calls themselves, wherever they stand: f-strings and joined literals included."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        count, has_context = _ARGUMENTS.get(name, (0, False))
        constants = [argument.value for argument in node.args[:count] if isinstance(argument, ast.Constant)]
        texts = [value for value in constants if isinstance(value, str)]
        if count and len(texts) == count:
            context = texts.pop(0) if has_context else None
            yield (texts[0] if len(texts) == 1 else tuple(texts)), context


def read(path: Path) -> Catalog:
    """A stored catalogue; an empty one where there is no file."""
    if not path.exists():
        return Catalog(locale=LOCALE, fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=LOCALE)


def merged(stored: Catalog, current: Catalog) -> str:
    """The text of the stored file brought up to date: translations kept, new texts empty, vanished ones obsolete."""
    for key, message in list(stored.obsolete.items()):
        if current.get(message.id, message.context) is not None:  # it came back
            stored[message.id] = stored.obsolete.pop(key)
    stored.update(current, no_fuzzy_matching=True)
    return written(stored)


def written(catalogue: Catalog) -> str:
    """A catalogue as its file: the same content always gives the same bytes."""
    file = io.BytesIO()
    pofile.write_po(file, catalogue, width=120, no_location=True, omit_header=True, sort_output=True)
    return _HEADER + file.getvalue().decode().strip() + "\n"


def update_all(root: Path) -> list[Path]:
    """Bring every catalogue up to date and return the files that changed. Safe to repeat."""
    changed = []
    for app, current in extract_all(root).items():
        path = po_path(root, app)
        if not len(current) and not path.exists():
            continue
        text = merged(read(path), current)
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed.append(path)
    return changed


def check_all(root: Path) -> list[Problem]:
    """Everything that would show English, nonsense or a broken placeholder to a Chinese reader."""
    problems: list[Problem] = []
    for app, current in extract_all(root).items():
        stored = read(po_path(root, app))
        problems += _find_stale(app, stored, current)
        for message in _messages(stored):
            problems += _check_message(app, message)
    return problems


def _find_stale(app: str, stored: Catalog, current: Catalog) -> Iterator[Problem]:
    for message in _messages(current):
        if stored.get(message.id, message.context) is None:
            yield Problem(app, "not in the catalogue yet, run `manage.py messages`", _first(message))
    for message in _messages(stored):
        if current.get(message.id, message.context) is None:
            yield Problem(app, "no longer in the sources, run `manage.py messages`", _first(message))


def _check_message(app: str, message: Message) -> Iterator[Problem]:
    texts = [text or "" for text in _as_list(message.string)]
    if not all(texts):
        yield Problem(app, "not translated", _first(message))
    elif message.fuzzy:
        yield Problem(app, "fuzzy", _first(message))
    else:
        # Chinese has one form for every number: it must hold what the plural holds.
        source = _as_list(message.id)[-1] or ""
        wanted = sorted(set(_PLACEHOLDER.findall(source)))
        for text in texts:
            if sorted(set(_PLACEHOLDER.findall(text))) != wanted:
                yield Problem(app, f"placeholders differ from {wanted}", text)


def _messages(catalogue: Catalog) -> Iterable[Message]:
    return (message for message in catalogue if message.id)


def _first(message: Message) -> str:
    return str(_as_list(message.id)[0])


def _as_list(text: Any) -> list[str | None]:
    """The forms of a text; one for a text without plural."""
    return list(text) if isinstance(text, tuple | list) else [text]


def compile_all(root: Path) -> int:
    """Write django.mo beside every django.po, each in one step; the number of files written. Safe to repeat."""
    count = 0
    for app in list_apps(root):
        path = po_path(root, app)
        if path.exists():
            new = path.with_suffix(f".mo.{os.getpid()}")
            with new.open("wb") as file:
                mofile.write_mo(file, read(path))
            new.replace(path.with_suffix(".mo"))
            count += 1
    return count
