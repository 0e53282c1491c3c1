"""What people say about a file: which table it is for, and which column is what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from acorn.imports.types import (
    DATE_FORMATS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    LENGTHS,
    WEIGHTS,
    FileMapping,
    ImportTable,
    Kind,
)


class UploadForm(forms.Form):
    table = forms.ChoiceField(label=_("Table"))
    file = forms.FileField(
        label=_("File"), help_text=_("XLSX or CSV, with the names of the columns in its first row. An old XLS file must be saved as XLSX."),
    )  # fmt: skip
    profile = forms.ChoiceField(
        label=_("Import profile"), required=False,
        help_text=_("How the columns of such a file are read. Without one the columns are found by their names, and you can correct them."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, tables: Sequence[ImportTable], profiles: Sequence[tuple[str, dict[str, Any]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        labels = {table.name: table.label for table in tables}
        self.fields["table"].choices = list(labels.items())  # type: ignore[attr-defined]
        self.fields["profile"].choices = [("", _("None"))] + [  # type: ignore[attr-defined]
            (public_id, f"{labels[told['table']]} · {told['name']} ({told['version']})") for public_id, told in profiles
        ]
        self.profile_tables = {public_id: told["table"] for public_id, told in profiles}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        profile = given.get("profile")
        if profile and self.profile_tables[profile] != given.get("table"):
            self.add_error("profile", _("This profile is for another table."))
        return given


class ColumnsForm(forms.Form):
    """For each field of the table a column of the file, or a constant; and how dates, numbers and the file are written."""

    date_format = forms.ChoiceField(label=_("Dates are written as"), choices=list(DATE_FORMATS.items()))
    decimal = forms.ChoiceField(label=_("Decimals"), choices=list(DECIMALS.items()))
    encoding = forms.ChoiceField(label=_("Encoding (CSV)"), choices=list(ENCODINGS.items()), required=False)
    delimiter = forms.CharField(label=_("Separator (CSV)"), required=False)
    sheet = forms.ChoiceField(label=_("Sheet (XLSX)"), required=False)
    profile_name = forms.CharField(
        label=_("Keep as profile"), required=False, max_length=80,
        help_text=_("A name, such as “Price list of Acme”: next time these columns are known. A known name gets a new version."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, table: ImportTable, sample: dict[str, Any], mapping: FileMapping, profile_name: str = "",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.table = table
        headers = [header for header in dict.fromkeys(sample.get("headers", [])) if header]
        rows = sample.get("rows", [])
        self.examples = {
            header: ", ".join(row[place] for row in rows[:3] if place < len(row) and row[place])
            for place, header in reversed(list(enumerate(sample.get("headers", []))))
        }
        columns = [("", _("– not in the file –")), *((header, header) for header in headers)]
        for field in table.fields:
            self.fields[f"column:{field.name}"] = forms.ChoiceField(
                choices=columns, required=False, initial=mapping.columns.get(field.name, "")
            )
            self.fields[f"constant:{field.name}"] = forms.CharField(
                required=False, max_length=200, initial=mapping.constants.get(field.name, "")
            )
            if units := {Kind.LENGTH: LENGTHS, Kind.WEIGHT: WEIGHTS}.get(field.kind):
                usual = next(iter(units))
                self.fields[f"unit:{field.name}"] = forms.ChoiceField(
                    choices=[(unit, unit) for unit in units], required=False,
                    initial=mapping.units.get(field.name, usual),
                )  # fmt: skip
        for name in ("date_format", "decimal", "encoding", "delimiter", "sheet"):
            self.fields[name].initial = getattr(mapping, name)
        self.fields["delimiter"] = forms.ChoiceField(
            label=_("Separator (CSV)"), choices=list(DELIMITERS.items()), required=False, initial=mapping.delimiter
        )
        self.fields["sheet"].choices = [("", _("The first"))] + [  # type: ignore[attr-defined]
            (name, name) for name in sample.get("sheets", [])
        ]
        self.fields["profile_name"].initial = profile_name

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Field by field, for the page: its column, constant and unit, and what the file holds there."""
        found = []
        for field in self.table.fields:
            chosen = self[f"column:{field.name}"]
            unit = f"unit:{field.name}"
            found.append(
                {
                    "field": field, "column": chosen, "constant": self[f"constant:{field.name}"],
                    "unit": self[unit] if unit in self.fields else None,
                    "example": self.examples.get(chosen.value() or "", ""),
                }
            )  # fmt: skip
        return found

    def mapping(self) -> FileMapping:
        """What was chosen."""
        given = self.cleaned_data
        names = [field.name for field in self.table.fields]

        def chosen(kind: str) -> dict[str, str]:
            return {name: given[key] for name in names if given.get(key := f"{kind}:{name}")}

        columns = chosen("column")
        return FileMapping(
            columns=columns,
            constants={name: text for name, text in chosen("constant").items() if name not in columns},
            units=chosen("unit"),
            date_format=given["date_format"],
            decimal=given["decimal"],
            encoding=given["encoding"],
            delimiter=given["delimiter"],
            sheet=given["sheet"],
        )


class ApplyForm(forms.Form):
    mode = forms.CharField(max_length=4)
