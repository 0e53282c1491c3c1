"""How imports look in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acorn.core import messages
from acorn.imports import selectors
from acorn.imports.evaluation import find_unmapped
from acorn.imports.models import ImportPreview, ImportProfile, ImportRun
from acorn.imports.registry import find_table, list_tables
from acorn.imports.types import (
    DATE_FORMATS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    LENGTHS,
    WEIGHTS,
    FileMapping,
    ImportMode,
    ImportState,
    Kind,
    RowKind,
)
from acorn.rest.fields import PublicIdField, UtcDateTimeField

COLUMN_KINDS = [(kind.value, kind.value) for kind in Kind]


def _by_field() -> serializers.DictField:
    text = serializers.CharField(max_length=200, allow_blank=True, trim_whitespace=False)
    return serializers.DictField(child=text, required=False, default=dict)


class FieldSerializer(serializers.Serializer):
    """A column of a table. Key fields say which row is meant."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=COLUMN_KINDS)
    is_key = serializers.BooleanField()
    is_required = serializers.BooleanField()
    choices = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_choices(self, field: Any) -> list[str]:
        return list(field.choices.values) if field.choices else []


class TableSerializer(serializers.Serializer):
    """A table that files can be imported into."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    columns = FieldSerializer(many=True, source="fields")


class ProfileSerializer(serializers.ModelSerializer):
    """How the columns of a kind of file are read, under a name."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = ImportProfile
        fields = ("id", "table", "name", "version")
        read_only_fields = fields


class NewImportSerializer(serializers.Serializer):
    """XLSX or CSV, with the names of the columns in its first row."""

    table = serializers.CharField(max_length=40, help_text="A name of `import-tables/`.")
    file = serializers.FileField(max_length=255)
    profile = serializers.CharField(
        max_length=40,
        required=False,
        help_text="Id of an import profile; without one columns are found by their names.",
    )


class MappingSerializer(serializers.Serializer):
    """How the file is read. `columns` and `constants` are by field: a header of the file, or a value for every row."""

    columns = _by_field()
    constants = _by_field()
    units = serializers.DictField(
        child=serializers.ChoiceField(choices=sorted({*LENGTHS, *WEIGHTS})), required=False, default=dict,
        help_text="Of lengths (mm, cm, m, in) and weights (g, kg, oz, lb).",
    )  # fmt: skip
    date_format = serializers.ChoiceField(choices=list(DATE_FORMATS), default="YMD")
    decimal = serializers.ChoiceField(choices=list(DECIMALS), default="auto")
    encoding = serializers.ChoiceField(choices=list(ENCODINGS), default="", help_text="Of CSV; empty: found out.")
    delimiter = serializers.ChoiceField(choices=list(DELIMITERS), default="", help_text="Of CSV; empty: found out.")
    sheet = serializers.CharField(max_length=100, allow_blank=True, default="", help_text="Of XLSX; empty: the first.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        known = {field.name: field for field in self.context["table"].fields}
        units = {Kind.LENGTH: LENGTHS, Kind.WEIGHT: WEIGHTS}
        wrong = {
            part: [f"{name}"]
            for part in ("columns", "constants", "units")
            for name, value in given[part].items()
            if name not in known or (part == "units" and value not in units.get(known[name].kind, {}))
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        columns = {name: header for name, header in given["columns"].items() if header}
        constants = {name: text for name, text in given["constants"].items() if text and name not in columns}
        return given | {"columns": columns, "constants": constants}


class ApplySerializer(serializers.Serializer):
    mode = serializers.ChoiceField(choices=ImportMode.choices, help_text="ALL: every row or none. GOOD: the good rows.")


class ImportSerializer(serializers.ModelSerializer):
    """A file on its way into a table. `counts` are of the whole file; `message` says why it can't go on."""

    id = serializers.CharField(source="public_id", read_only=True)
    file = serializers.CharField(source="file.name", read_only=True)
    state = serializers.ChoiceField(choices=ImportState.choices, read_only=True)
    mode = serializers.ChoiceField(choices=ImportMode.choices, allow_blank=True, read_only=True)
    profile = PublicIdField(source="profile.public_id", default=None)
    counts = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    message = serializers.SerializerMethodField()
    created_at = UtcDateTimeField(read_only=True)
    finished_at = UtcDateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = ImportRun
        fields: tuple[str, ...] = (
            "id", "table", "file", "profile", "state", "mode", "counts", "message", "created_at", "finished_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = ()

    @extend_schema_field(serializers.CharField())
    def get_message(self, run: ImportRun) -> str:
        return messages.render(run.message_code, run.message_params) if run.message_code else ""


class ProgressSerializer(serializers.Serializer):
    """Of the work that goes on; `total` is 0 while nobody knows it."""

    done = serializers.IntegerField(source="progress_done")
    total = serializers.IntegerField(source="progress_total")


class ImportDetailSerializer(ImportSerializer):
    """With what the file's columns are, which required fields have none, and how far the work is."""

    headers = serializers.SerializerMethodField()
    mapping = serializers.DictField(read_only=True)
    missing = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    has_errors_file = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "headers", "mapping", "missing", "progress", "has_errors_file")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_headers(self, run: ImportRun) -> list[str]:
        return list(run.sample.get("headers", []))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, run: ImportRun) -> list[str]:
        table = find_table(run.table)
        if table is None or run.state != ImportState.COLUMNS:
            return []
        return find_unmapped(table, FileMapping.restore(run.mapping))

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, run: ImportRun) -> Any:
        job = selectors.find_progress(run) if run.state in (ImportState.READING, ImportState.APPLYING) else None
        return ProgressSerializer(job).data if job else None

    @extend_schema_field(serializers.BooleanField())
    def get_has_errors_file(self, run: ImportRun) -> bool:
        return run.error_file_id is not None


class RowQuery(serializers.Serializer):
    kind = serializers.ChoiceField(choices=RowKind.choices, required=False)


class CellChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ProblemSerializer(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    fix = serializers.CharField()


class RowSerializer(serializers.ModelSerializer):
    """One of the first 500 rows of its kind: what it holds, what it would change, or why it is refused."""

    row = serializers.IntegerField(source="number", read_only=True)
    kind = serializers.ChoiceField(choices=RowKind.choices, read_only=True)
    values = serializers.DictField(read_only=True)
    changes = serializers.SerializerMethodField()
    problems = serializers.SerializerMethodField()

    class Meta:
        model = ImportPreview
        fields = ("row", "kind", "values", "changes", "problems")

    @extend_schema_field(CellChangeSerializer(many=True))
    def get_changes(self, row: ImportPreview) -> Any:
        return [{"field": name, "before": before, "after": after} for name, before, after in row.changes]

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, row: ImportPreview) -> Any:
        return [
            {
                "field": name, "code": code, "message": messages.render(code, params),
                "fix": messages.render_fix(code, params),
            }
            for name, code, params in row.flaws
        ]  # fmt: skip


class ImportQuery(serializers.Serializer):
    table = serializers.CharField(required=False, max_length=40)
    state = serializers.ChoiceField(choices=ImportState.choices, required=False)


def tables_of(may: Any) -> list[Any]:
    """The tables that somebody may import into; `may` is asked about each right."""
    return [table for table in list_tables() if may(table.right)]
