"""Files as people upload them."""

import io
from typing import Any

import xlsxwriter

from acorn.core import clock
from acorn.core.actor import Actor, ActorKind
from acorn.imports import services
from acorn.imports.models import ImportProfile, ImportRun
from acorn.imports.types import FileMapping, ImportMode
from tests.support.jobs import run_due_jobs

ALICE = Actor(ActorKind.USER, "us_alice", "Alice")


def csv(*rows: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(rows).encode(encoding)


def xlsx(*rows: list[Any], formats: dict[tuple[int, int], str] | None = None) -> bytes:
    """A workbook of one sheet; dates are written as dates, `formats` by place."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd", "remove_timezone": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def start_import(content: bytes = b"sku,title\r\nA-1,Lamp", table: str = "items", *, name: str = "file.csv",
                 language: str = "en") -> ImportRun:  # fmt: skip
    """Uploaded, and nothing more."""
    return services.start_import(
        table=table, content=io.BytesIO(content), filename=name, profile=None, language=language, actor=ALICE,
        person="us_alice", now=clock.now(),
    )  # fmt: skip


def save_profile(name: str = "Ours", **mapping: Any) -> ImportProfile:
    chosen = FileMapping(**{"columns": {"sku": "SKU"}} | mapping)
    return services.save_profile(table="items", name=name, mapping=chosen, actor=ALICE, now=clock.now())


def upload(content: bytes, table: str = "items", *, name: str = "file.csv", language: str = "en",
           mapping: FileMapping | None = None) -> ImportRun:  # fmt: skip
    """Uploaded and checked."""
    run = start_import(content, table, name=name, language=language)
    if mapping is not None:
        ImportRun.objects.filter(pk=run.pk).update(mapping=mapping.stored())
    run_due_jobs()
    run.refresh_from_db()
    return run


def write(run: ImportRun, mode: str = ImportMode.ALL) -> ImportRun:
    services.apply_import(public_id=run.public_id, mode=mode)
    run_due_jobs()
    run.refresh_from_db()
    return run


def bring(content: bytes, table: str = "items", **options: Any) -> ImportRun:
    """Uploaded, checked and written."""
    return write(upload(content, table, **options))
