"""Compile django.po to django.mo with Babel, which needs no gettext. Run by the interpreter of the environment."""

import pathlib

from acorn.runner.home import ROOT

_PLACES = ("*/locale/*/LC_MESSAGES/*.po", "acorn/*/locale/*/LC_MESSAGES/*.po")


def compile_all(root: pathlib.Path) -> int:
    """Compile what has changed, each file in one step; the number of files compiled. Safe to repeat."""
    stale = [source for place in _PLACES for source in root.glob(place) if _is_stale(source)]
    if stale:
        from babel.messages import mofile, pofile  # noqa: PLC0415 -- slow import

    for source in stale:
        new = source.with_suffix(".mo.new")
        with source.open("rb") as text, new.open("wb") as compiled:
            mofile.write_mo(compiled, pofile.read_po(text, locale=source.parents[1].name))
        new.replace(source.with_suffix(".mo"))
    return len(stale)


def _is_stale(source: pathlib.Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    compile_all(ROOT)
