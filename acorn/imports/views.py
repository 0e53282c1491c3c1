"""Pages of imports: upload, columns, preview, result; profiles; exports."""

from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.audit import services as audit
from acorn.audit.selectors import list_for_subject
from acorn.core import clock, messages
from acorn.core.errors import DomainError
from acorn.core.keyset import Sorts
from acorn.imports import exporting, registry, selectors, services
from acorn.imports.evaluation import find_unmapped
from acorn.imports.forms import ApplyForm, ColumnsForm, UploadForm
from acorn.imports.models import ImportPreview, ImportProfile, ImportRun
from acorn.imports.types import FileMapping, ImportState, ImportTable, RowKind
from acorn.ui import downloads, htmx
from acorn.ui.lists import Column, List
from acorn.ui.selectors import list_exports
from acorn.ui.uploads import upload_page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PREVIEW_ROWS = 50
_BUSY = (ImportState.READING, ImportState.APPLYING)

RUNS = List(
    columns=[
        Column("file", gettext_lazy("File")),
        Column("state", gettext_lazy("State")),
        Column("table", gettext_lazy("Table")),
        Column("new", gettext_lazy("New"), numeric=True),
        Column("changed", gettext_lazy("Changed"), numeric=True),
        Column("refused", gettext_lazy("Refused"), numeric=True),
        Column("by", gettext_lazy("By")),
        Column("created", gettext_lazy("Uploaded")),
    ],
    sorts=Sorts({"created": "id"}, default="-created"),
)
PROFILES = List(
    columns=[
        Column("name", gettext_lazy("Import profile")),
        Column("table", gettext_lazy("Table")),
        Column("version", gettext_lazy("Version"), numeric=True),
        Column("owner", gettext_lazy("Owner"), hint=gettext_lazy("Who saved this version.")),
        Column("created", gettext_lazy("Saved")),
    ],
    sorts=Sorts({"name": "name", "created": "id"}, default="name"),
)


@page(None)
def run_list(request: PageRequest) -> HttpResponseBase:
    tables = _writable(request)
    listing = RUNS.load(request, selectors.list_runs([table.name for table in tables]))
    for row in listing.rows:
        row.table_label = _label(row.table)
    readable = [table for table in registry.list_tables() if request.membership.may(table.see)]
    context = {
        "list": listing, "tables": readable, "may_import": bool(tables),
        "exports": list_exports(user_id=request.user.pk),
    }  # fmt: skip
    return htmx.render(request, "imports/list.html", "rows", context)


@upload_page(None, limit=settings.IMPORT_MAX_BYTES)
def upload(request: PageRequest) -> HttpResponseBase:
    tables = _writable(request)
    if not tables:
        raise PermissionDenied
    profiles = selectors.list_profile_choices([table.name for table in tables])
    form = UploadForm(
        request.POST or None, request.FILES or None, tables=tables, profiles=profiles,
        initial={"table": request.GET.get("table", "")},
    )  # fmt: skip
    if request.method == "POST" and _is_good(request, form):
        given = form.cleaned_data
        run = services.start_import(
            table=given["table"],
            content=given["file"],
            filename=given["file"].name,
            profile=selectors.get_profile(given["profile"]) if given["profile"] else None,
            language=translation.get_language() or "en",
            actor=request.user.actor(),
            person=request.user.public_id,
            now=clock.now(),
        )
        return htmx.redirect(request, "imports:run", run.public_id)
    context = {"form": form, "tables": tables}
    return htmx.render(request, "imports/upload.html", "form", context, status=422 if form.errors else 200)


@page(None)
def run_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    run = _run(request, public_id)
    table = _table(run.table)
    kind = request.GET.get("kind", "")
    kinds = [one for one in (RowKind.REFUSED, RowKind.CHANGED, RowKind.NEW) if run.counts.get(one)]
    shown = next((one for one in kinds if one == kind), kinds[0] if kinds else RowKind.NEW)
    try:
        begin = min(max(int(request.GET.get("from", "0")), 0), services.PREVIEWED)
    except ValueError:
        begin = 0
    # one more, to know whether there is a next page
    rows = list(selectors.list_previews(run, shown)[begin : begin + _PREVIEW_ROWS + 1]) if run.counts else []
    counts = {one.value: run.counts.get(one, 0) for one in RowKind}
    context = {
        "run": run,
        "table": table,
        "is_busy": run.state in _BUSY,
        "job": selectors.find_progress(run) if run.state in _BUSY else None,
        "counts": counts,
        "total": sum(counts.values()),
        "good": counts[RowKind.NEW] + counts[RowKind.CHANGED],
        "tabs": [(one, one.label, counts[one], one == shown) for one in kinds],
        "kind": shown,
        "fields": _shown_fields(table, run, shown),
        "rows": [_Shown(row, table) for row in rows[:_PREVIEW_ROWS]],
        "previous": max(begin - _PREVIEW_ROWS, 0) if begin else None,
        "next": begin + _PREVIEW_ROWS if len(rows) > _PREVIEW_ROWS else None,
        "missing": [
            table.field(name).label for name in find_unmapped(table, FileMapping.restore(run.mapping))
        ] if run.state == ImportState.COLUMNS else [],
        "events": list_for_subject(public_id, limit=20),
    }  # fmt: skip
    return htmx.render(request, "imports/run.html", "run", context)


@page(None)
def columns(request: PageRequest, public_id: str) -> HttpResponseBase:
    run = _run(request, public_id)
    table = _table(run.table)
    form = ColumnsForm(
        request.POST or None, table=table, sample=run.sample, mapping=FileMapping.restore(run.mapping),
        profile_name=run.profile.name if run.profile else "",
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        mapping = form.mapping()
        missing = find_unmapped(table, mapping)
        for name in missing:
            form.add_error(f"column:{name}", _("This is needed: choose its column, or write a value for all rows."))
        try:
            if not missing:
                profile = run.profile if run.profile and run.profile.mapping == mapping.stored() else None
                if form.cleaned_data["profile_name"]:
                    profile = services.save_profile(
                        table=run.table, name=form.cleaned_data["profile_name"], mapping=mapping,
                        actor=request.user.actor(), now=clock.now(),
                    )  # fmt: skip
                services.choose_columns(public_id=public_id, mapping=mapping, profile=profile)
                return htmx.redirect(request, "imports:run", public_id)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    context = {"run": run, "table": table, "form": form}
    return htmx.render(request, "imports/columns.html", "form", context, status=422 if form.errors else 200)


@page(None)
@require_POST
def apply(request: PageRequest, public_id: str) -> HttpResponseBase:
    _run(request, public_id)
    form = ApplyForm(request.POST)
    try:
        services.apply_import(public_id=public_id, mode=form.cleaned_data["mode"] if form.is_valid() else "")
    except DomainError as refusal:
        notes.error(request, str(refusal))
    return htmx.redirect(request, "imports:run", public_id)


@page(None)
@require_POST
def discard(request: PageRequest, public_id: str) -> HttpResponseBase:
    _run(request, public_id)
    try:
        services.discard_import(public_id=public_id, actor=request.user.actor(), now=clock.now())
        notes.success(request, _("Thrown away. Nothing was imported."))
    except DomainError as refusal:
        notes.error(request, str(refusal))
    return htmx.redirect(request, "imports:list")


@page(None)
def profile_list(request: PageRequest) -> HttpResponseBase:
    names = [table.name for table in _writable(request)]
    listing = PROFILES.load(request, selectors.list_profiles().filter(table__in=names))
    for row in listing.rows:
        row.table_label = _label(row.table)
    return htmx.render(request, "imports/profiles.html", "rows", {"list": listing})


@page(None)
def profile_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    profile = _profile(request, public_id)
    table = _table(profile.table)
    mapping = FileMapping.restore(profile.mapping)
    context = {
        "profile": profile,
        "table": table,
        "mapping": mapping,
        "rows": [
            (field.label, mapping.columns.get(field.name, ""), mapping.constants.get(field.name, ""), mapping.units.get(field.name, ""))
            for field in table.fields
            if field.name in mapping.columns or field.name in mapping.constants
        ],
        "versions": selectors.list_versions(profile),
    }  # fmt: skip
    return htmx.render(request, "imports/profile.html", "rows", context)


@page(None)
@require_POST
def end_profile(request: PageRequest, public_id: str) -> HttpResponseBase:
    _profile(request, public_id)
    services.end_profile(public_id=public_id, actor=request.user.actor(), now=clock.now())
    notes.success(request, _("Out of use. Its versions stay with the imports that were read by them."))
    return htmx.redirect(request, "imports:profiles")


@page(None)
def export(request: PageRequest) -> HttpResponseBase:
    """A table in the columns that an import reads; with `template`, only its head."""
    table = registry.find_table(request.GET.get("table", ""))
    if table is None:
        raise Http404
    if not request.membership.may(table.see):
        raise PermissionDenied
    is_empty = "template" in request.GET
    is_workbook = request.GET.get("format") == "xlsx"
    name = f"{table.name}.{'xlsx' if is_workbook else 'csv'}"
    job = downloads.job_of(request)

    def make() -> HttpResponseBase:
        response: HttpResponseBase
        if is_workbook:
            response = FileResponse(exporting.write_workbook(table, is_empty=is_empty, job=job), content_type=_XLSX)
        else:
            lines = exporting.CsvLines(table, is_empty=is_empty, job=job)
            response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        if not is_empty:
            audit.record("imports.exported", actor=request.user.actor(), params={"table": table.name})
        return response

    is_large = not is_empty and job is None and exporting.has_more_than(table, downloads.AT_ONCE)
    return downloads.answer(request, is_large=is_large, make=make, filename=name, right=table.see)


class _Shown:
    """One row of the preview as its template shows it."""

    def __init__(self, row: ImportPreview, table: ImportTable) -> None:
        labels = {field.name: str(field.label) for field in table.fields}
        self.number, self.values = row.number, row.values
        self.changes = [(labels.get(name, name), before, after) for name, before, after in row.changes]
        self.flaws = [
            (labels.get(name, name), messages.render(code, params), messages.render_fix(code, params))
            for name, code, params in row.flaws
        ]
        self.cells = [row.values.get(name, "") for name in table.keys]
        self.all_cells = [row.values.get(field.name) for field in table.fields if field.name in row.values]


def _shown_fields(table: ImportTable, run: ImportRun, kind: str) -> list[Any]:
    """New rows show all that the file has of them, others their key."""
    mapping = FileMapping.restore(run.mapping)
    there = mapping.columns.keys() | mapping.constants.keys() | set(table.keys)
    return [field for field in table.fields if (field.name in there if kind == RowKind.NEW else field.is_key)]


def _is_good(request: PageRequest, form: UploadForm) -> bool:
    good = form.is_valid()
    if request.too_large:  # type: ignore[attr-defined]
        form.errors.pop("file", None)
        told = {"megabytes": settings.IMPORT_MAX_BYTES // 1_000_000}
        text = (
            f"{messages.render('imports.too_large_file', told)} {messages.render_fix('imports.too_large_file', told)}"
        )
        form.add_error("file", text)
        return False
    return good


def _writable(request: PageRequest) -> list[ImportTable]:
    return [table for table in registry.list_tables() if request.membership.may(table.right)]


def _run(request: PageRequest, public_id: str) -> ImportRun:
    run = selectors.get_run(public_id)
    if not request.membership.may(_table(run.table).right):
        raise PermissionDenied
    return run


def _profile(request: PageRequest, public_id: str) -> ImportProfile:
    profile = selectors.get_profile(public_id)
    if not request.membership.may(_table(profile.table).right):
        raise PermissionDenied
    return profile


def _table(name: str) -> ImportTable:
    table = registry.find_table(name)
    if table is None:
        raise Http404
    return table


def _label(name: str) -> str:
    table = registry.find_table(name)
    return str(table.label) if table else name
