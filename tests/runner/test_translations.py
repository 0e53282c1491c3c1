import os
import pathlib

from babel.messages.mofile import read_mo

from acorn.runner import translations

_PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Order"\nmsgstr "订单"\n'


def _source(root: pathlib.Path, app: str) -> pathlib.Path:
    path = root / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(_PO, encoding="utf-8")
    return path


def test_every_app_is_compiled_once(tmp_path: pathlib.Path) -> None:
    sources = [_source(tmp_path, app) for app in ("orders", "acorn", "acorn/console")]

    assert translations.compile_all(tmp_path) == 3
    assert translations.compile_all(tmp_path) == 0

    for source in sources:
        with source.with_suffix(".mo").open("rb") as compiled:
            assert read_mo(compiled).get("Order").string == "订单"


def test_changed_text_is_compiled_again(tmp_path: pathlib.Path) -> None:
    source = _source(tmp_path, "orders")
    translations.compile_all(tmp_path)
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))

    assert translations.compile_all(tmp_path) == 1
