"""Imports: a file is uploaded, checked, looked at, and written or thrown away."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, ActorKind, Subject
from acorn.core.errors import Invalid
from acorn.core.locks import try_transaction_lock
from acorn.files.models import File
from acorn.files.services import store_file
from acorn.imports import registry
from acorn.imports.errors import RunNotFound, Unreadable, WrongState
from acorn.imports.evaluation import BATCH, Matcher, batches, find_unmapped, guess_mapping, read_rows
from acorn.imports.models import ImportPreview, ImportProfile, ImportRun
from acorn.imports.reading import Source, open_source
from acorn.imports.types import Context, FileMapping, ImportMode, ImportState, ImportTable, Row, RowKind
from acorn.imports.values import shown
from acorn.jobs.queue import enqueue
from acorn.jobs.run import JobRun, RetryLater
from acorn.tenancy.bulk import insert_many
from acorn.tenancy.scope import current_tenant_id

IMPORT_RUN = "imports.run"
IMPORT_PROFILE = "imports.profile"
PREVIEWED = 500  # rows of each kind
_SAMPLE = 5
_EXCEL_ROWS = 1_000_000


@transaction.atomic
def start_import(
    *, table: str, content: Any, filename: str, profile: ImportProfile | None, language: str, actor: Actor,
    person: str, now: datetime,
) -> ImportRun:  # fmt: skip
    """Keep an uploaded file and let a job check it. Nothing is written before `apply_import`."""
    known = _table(table)
    kept = store_file(
        content, name=filename[:200], content_type="application/octet-stream", right=known.right, actor=actor, now=now
    )  # fmt: skip
    run = ImportRun.objects.create(
        table=table, file=kept, profile=profile, mapping=profile.mapping if profile else {}, language=language,
        actor_kind=actor.kind, actor_id=actor.id, actor_label=actor.label[:200], person=person, created_at=now,
    )  # fmt: skip
    audit.record(
        "imports.uploaded",
        actor=actor,
        subject=_subject_of(run),
        params={"file": kept.name, "table": table, "sha256": kept.sha256},
    )
    _enqueue_check(run)
    return run


@transaction.atomic
def choose_columns(*, public_id: str, mapping: FileMapping, profile: ImportProfile | None = None) -> ImportRun:
    """Say how the file is to be read, and check it again. Raises RunNotFound, and WrongState once it is written."""
    run = _lock(public_id, ImportState.COLUMNS, ImportState.PREVIEW, ImportState.FAILED)
    run.mapping, run.profile = mapping.stored(), profile
    run.save(update_fields=["mapping", "profile"])
    _enqueue_check(run)
    return run


@transaction.atomic
def apply_import(*, public_id: str, mode: str) -> ImportRun:
    """Let a job write the file: everything or nothing, or the good rows only. Raises RunNotFound, WrongState, Invalid."""
    run = _lock(public_id, ImportState.PREVIEW)
    if mode not in ImportMode.values:
        raise Invalid(fields={"mode": [_("Choose all or nothing, or good rows only.")]})
    if mode == ImportMode.ALL and run.counts.get(RowKind.REFUSED):
        raise WrongState(message=_("Some rows are refused. Mend them, or import the good rows only."))
    run.mode, run.state = mode, ImportState.APPLYING
    run.job_id = enqueue("imports.apply", dedupe_key=f"import:{run.pk}", run_id=run.pk).public_id
    run.save(update_fields=["mode", "state", "job_id"])
    return run


@transaction.atomic
def discard_import(*, public_id: str, actor: Actor, now: datetime) -> ImportRun:
    """Throw a file away before it is written. Raises RunNotFound, WrongState."""
    run = _lock(public_id, ImportState.COLUMNS, ImportState.PREVIEW, ImportState.FAILED)
    run.state, run.finished_at = ImportState.DISCARDED, now
    run.save(update_fields=["state", "finished_at"])
    audit.record("imports.discarded", actor=actor, subject=_subject_of(run), params={"file": run.file.name})
    return run


@transaction.atomic
def save_profile(*, table: str, name: str, mapping: FileMapping, actor: Actor, now: datetime) -> ImportProfile:
    """Keep how a file is read, under a name; where the name is known and the mapping differs, as its next version.

    Safe to repeat: the same mapping makes no new version. Raises Invalid.
    """
    _table(table)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise Invalid(fields={"name": [_("Give the profile a name of at most 80 characters.")]})
    if not try_transaction_lock(f"profile:{current_tenant_id()}:{table}:{name}"):
        raise WrongState
    last = ImportProfile.objects.filter(table=table, name=name).order_by("-version").first()
    if last is not None and last.mapping == mapping.stored() and not last.is_ended:
        return last
    return _save_version(table, name, last, mapping.stored(), False, "imports.profile_saved", actor, now)


@transaction.atomic
def end_profile(*, public_id: str, actor: Actor, now: datetime) -> None:
    """Take a profile out of use; its versions stay. Safe to repeat. Raises RunNotFound."""
    profile = ImportProfile.objects.filter(public_id=public_id).first()
    if profile is None:
        raise RunNotFound
    last = ImportProfile.objects.filter(table=profile.table, name=profile.name).order_by("-version").first()
    if last is not None and not last.is_ended:
        _save_version(
            profile.table, profile.name, last, last.mapping, True, "imports.profile_ended", actor, now
        )  # fmt: skip


def check_file(run_id: int, job: JobRun) -> None:
    """Read the file and say what it would do. Safe to repeat: each time the preview is made anew."""
    run = ImportRun.objects.select_related("file").get(pk=run_id)
    if run.state not in (ImportState.READING, ImportState.COLUMNS, ImportState.PREVIEW):
        return
    table = _table(run.table)
    mapping = FileMapping.restore(run.mapping)
    try:
        source = open_source(run.file, mapping)
        run.sample, rows = _take_sample(source)
        if not mapping.columns:
            mapping = FileMapping.restore(run.mapping | {"columns": guess_mapping(table, source.headers)})
            run.mapping = mapping.stored()
        if find_unmapped(table, mapping):
            source.rows.close()  # type: ignore[attr-defined]  # ends the reader
            _settle(run, ImportState.COLUMNS)
            return
        with translation.override(run.language):
            _preview(run, table, Source(source.headers, source.header_row, rows), mapping, job)
    except Unreadable as refusal:
        _settle(run, ImportState.FAILED, refusal.code, refusal.params)


def write_file(run_id: int, job: JobRun, now: datetime) -> None:
    """Write the file as it was asked for, in one transaction: all that counts is looked at again, and locked.

    Safe to repeat: what is written is not written again. One import into a table at a time.
    """
    run = ImportRun.objects.select_related("file").get(pk=run_id)
    if run.state != ImportState.APPLYING:
        return
    table, mapping = _table(run.table), FileMapping.restore(run.mapping)
    total = 2 * sum(run.counts.values())
    rows: list[Row] = []
    try:
        for batch in batches(read_rows(table, open_source(run.file, mapping), mapping)):
            rows += [row for row, _cells in batch]
            job.progress(len(rows), total)
    except Unreadable as refusal:
        _settle(run, ImportState.FAILED, refusal.code, refusal.params)
        return
    with transaction.atomic():
        if not try_transaction_lock(f"import:{current_tenant_id()}:{run.table}"):
            raise RetryLater(5, "imports.waiting", counts=False)
        _write(run, table, rows, now)
    if run.state == ImportState.PREVIEW:
        _enqueue_check(run)


def _write(run: ImportRun, table: ImportTable, rows: list[Row], now: datetime) -> None:
    table.lock([row for row in rows if not row.flaws], now=now)
    matcher = Matcher(table, lock=True)
    parts = [rows[begin : begin + BATCH] for begin in range(0, len(rows), BATCH)]
    for part in parts:
        matcher.match(part)
    counts = Counter(row.kind for row in rows)
    if run.mode == ImportMode.ALL and counts[RowKind.REFUSED]:
        run.state = ImportState.PREVIEW
        run.message_code, run.message_params = "imports.changed_meanwhile", {"count": counts[RowKind.REFUSED]}
        run.save(update_fields=["state", "message_code", "message_params"])
        return
    context = Context(_actor_of(run), run.person, now, run.public_id)
    for part in parts:
        if wanted := [row for row in part if row.kind in (RowKind.NEW, RowKind.CHANGED)]:
            table.write(wanted, context)
    run.counts = _counted(counts)
    run.state, run.finished_at = ImportState.DONE, now
    run.message_code, run.message_params = "", {}
    run.save(update_fields=["counts", "state", "finished_at", "message_code", "message_params"])
    audit.record(
        "imports.applied",
        actor=context.actor,
        subject=_subject_of(run),
        params={
            "file": run.file.name, "table": run.table, "mode": run.mode, "sha256": run.file.sha256,
            **{kind.lower(): counts[kind] for kind in RowKind},
        },
    )  # fmt: skip


def _preview(run: ImportRun, table: ImportTable, source: Source, mapping: FileMapping, job: JobRun) -> None:
    counts: Counter[RowKind] = Counter()
    kept: list[ImportPreview] = []
    matcher = Matcher(table, lock=False)
    with tempfile.TemporaryFile() as file:
        refused = _RefusedRows(file, table, source)
        for batch in batches(read_rows(table, source, mapping)):
            matcher.match([row for row, _cells in batch])
            for row, cells in batch:
                kind = row.kind
                counts[kind] += 1
                if kind == RowKind.REFUSED:
                    refused.add(row, cells)
                if counts[kind] <= PREVIEWED and kind != RowKind.SAME:
                    kept.append(_shown(run, row))
            job.progress(counts.total(), 0)
        refused.close()
        if not counts:
            raise Unreadable("imports.no_rows")
        run.error_file = _store_errors(run, table, file) if counts[RowKind.REFUSED] else None
    run.counts = _counted(counts)
    with transaction.atomic():
        ImportPreview.objects.filter(run=run).delete()
        insert_many(kept)
        code, params = (
            (run.message_code, run.message_params) if run.message_code == "imports.changed_meanwhile" else ("", {})
        )
        _settle(run, ImportState.PREVIEW, code, params)


class _RefusedRows:
    """The file of what was refused: the rows as they came, and beside each what is wrong and how to mend it."""

    def __init__(self, file: Any, table: ImportTable, source: Source) -> None:
        self.table, self.width = table, len(source.headers)
        self.book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.sheet = self.book.add_worksheet()
        self.wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        bold = self.book.add_format({"bold": True})
        self.sheet.set_column(self.width, self.width, 80)
        for place, header in enumerate([*source.headers, _("What is wrong, and how to mend it")]):
            self.sheet.write_string(0, place, header, bold)
        self.count = 0

    def add(self, row: Row, cells: Any) -> None:
        if self.count >= _EXCEL_ROWS:
            return
        self.count += 1
        for place, cell in enumerate(cells[: self.width]):
            if isinstance(cell, bool):
                self.sheet.write_boolean(self.count, place, cell)
            elif isinstance(cell, int | float):
                self.sheet.write_number(self.count, place, cell)
            elif cell is not None and (text := _cell_text(cell)):
                self.sheet.write_string(self.count, place, text)
        texts = [
            _("Row {row}, {column}: {problem}").format(row=row.number, column=self._label(flaw.field), problem=flaw)
            for flaw in row.flaws
        ]
        self.sheet.write_string(self.count, self.width, "\n".join(texts), self.wrapped)

    def _label(self, name: str) -> str:
        return next((str(field.label) for field in self.table.fields if field.name == name), name)

    def close(self) -> None:
        self.book.close()


def _cell_text(cell: Any) -> str:
    if isinstance(cell, dict):
        return "" if "e" in cell else shown(cell).removesuffix("T00:00:00")
    return str(cell)[:32_000]


def _store_errors(run: ImportRun, table: ImportTable, file: Any) -> File:
    file.seek(0)
    stem = run.file.name.rpartition(".")[0] or run.file.name
    return store_file(
        file, name=_("{file} (refused rows).xlsx").format(file=stem[:150]), right=table.right, actor=_actor_of(run),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", now=run.created_at,
    )  # fmt: skip


def _take_sample(source: Source) -> tuple[dict[str, Any], Any]:
    """What the columns page shows of the file; and all rows again, the ones that were read first."""
    first = []
    for number, cells in source.rows:
        first.append((number, cells))
        if len(first) == _SAMPLE:
            break
    sample = {
        "headers": list(source.headers),
        "rows": [[_sampled(cell) for cell in cells] for _number, cells in first],
        "sheets": list(source.sheets),
        "sheet": source.sheet,
        "encoding": source.encoding,
    }

    def rows() -> Any:
        yield from first
        yield from source.rows

    return sample, rows()


def _sampled(cell: Any) -> str:
    return "" if cell is None else (_cell_text(cell)[:60]).replace("\x00", "")


def _shown(run: ImportRun, row: Row) -> ImportPreview:
    return ImportPreview(
        run=run, kind=row.kind, number=row.number,
        values={name: plain(value) for name, value in row.values.items()} if row.kind != RowKind.CHANGED
        else {name: plain(row.values.get(name)) for name in _table(run.table).keys},
        changes=[[name, plain(before), plain(after)] for name, before, after in row.changes],
        flaws=[[flaw.field, flaw.code, flaw.params] for flaw in row.flaws],
    )  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON keeps it and people read it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _settle(run: ImportRun, state: ImportState, code: str = "", params: Mapping[str, Any] | None = None) -> None:
    run.state, run.message_code, run.message_params = state, code, dict(params or {})
    run.save(
        update_fields=["state", "message_code", "message_params", "sample", "mapping", "counts", "error_file"]
    )  # fmt: skip


def _save_version(
    table: str, name: str, last: ImportProfile | None, mapping: dict[str, Any], is_ended: bool, code: str,
    actor: Actor, now: datetime,
) -> ImportProfile:  # fmt: skip
    profile = ImportProfile.objects.create(
        table=table, name=name, version=last.version + 1 if last else 1, mapping=mapping, is_ended=is_ended,
        owner_id=actor.id, owner_label=actor.label[:200], created_at=now,
    )  # fmt: skip
    subject = Subject(IMPORT_PROFILE, profile.public_id, name)
    audit.record(code, actor=actor, subject=subject, params={"name": name, "version": profile.version, "table": table})
    return profile


def _enqueue_check(run: ImportRun) -> None:
    run.state = ImportState.READING
    run.job_id = enqueue("imports.check", dedupe_key=f"import:{run.pk}", run_id=run.pk).public_id
    run.save(update_fields=["state", "job_id"])


def _lock(public_id: str, *states: ImportState) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file").filter(public_id=public_id).first()
    if run is None:
        raise RunNotFound
    if run.state not in states:
        raise WrongState
    return run


def _table(name: str) -> ImportTable:
    table = registry.find_table(name)
    if table is None:
        raise RunNotFound
    return table


def _counted(counts: Counter[RowKind]) -> dict[str, int]:
    return {kind.value: counts[kind] for kind in RowKind}


def _actor_of(run: ImportRun) -> Actor:
    return Actor(ActorKind(run.actor_kind), run.actor_id, run.actor_label)


def _subject_of(run: ImportRun) -> Subject:
    return Subject(IMPORT_RUN, run.public_id, run.file.name)
