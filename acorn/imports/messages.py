"""What is said about files and cells that can't be taken, and about imports in the trail."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

MESSAGES = {
    # cells
    "imports.formula": Message(
        _("“{value}” is a formula, not a value."), fix=_("Copy the column and paste it as values.")
    ),
    "imports.formula_failed": Message(
        _("The formula in this cell has an error."), fix=_("Mend the formula, or write the value.")
    ),
    "imports.characters": Message(
        _("This text holds a character that cannot be stored."), fix=_("Type the text anew.")
    ),
    "imports.digits_lost": Message(
        _("{value} has more digits than a spreadsheet keeps of a number."),
        fix=_("Format the column as text, then enter the code again."),
    ),
    "imports.not_a_number": Message(_("“{value}” is not a number."), fix=_("Write digits only, without units.")),
    "imports.ambiguous_number": Message(
        _("“{value}” can be read in two ways."),
        fix=_("Say in the columns whether the comma or the point begins the decimals."),
    ),
    "imports.not_whole": Message(_("“{value}” is not a whole number."), fix=_("Write a whole number.")),
    "imports.too_large": Message(_("{value} is too large."), fix=_("Check the number.")),
    "imports.measure": Message(
        _("“{value}” is no measure: it must be at least one millimetre or gram."), fix=_("Check number and unit.")
    ),
    "imports.not_a_date": Message(
        _("“{value}” is not a date in the chosen format."),
        fix=_("Write it as the columns say, or choose another date format there."),
    ),
    "imports.serial_date": Message(
        _("{value} is the number that a spreadsheet keeps for a date ({day})."),
        fix=_("Format the column as a date, and save the file again."),
    ),
    "imports.not_yes_or_no": Message(_("“{value}” is neither yes nor no."), fix=_("Write yes or no.")),
    "imports.twice": Message(_("Row {row} of the file is about the same thing."), fix=_("Keep one of the two rows.")),
    # whole files
    "imports.empty": Message(
        _("The file is empty."), fix=_("It needs a first row with the names of the columns, and rows below it.")
    ),
    "imports.old_excel": Message(
        _("This is a workbook of an old Excel (XLS), or one with a password."),
        fix=_("Open it and save it as XLSX or CSV, without a password."),
    ),
    "imports.unreadable": Message(
        _("The file can't be read: it is no XLSX workbook, or it is damaged."),
        fix=_("Open it in a spreadsheet program and save it as XLSX or CSV."),
    ),
    "imports.unfolds": Message(
        _("The workbook unfolds to more than we take."),
        fix=_("Save only the sheet with the data, as CSV, or in several files."),
    ),
    "imports.too_many_rows": Message(
        _("The file has more than {limit} rows or {columns} columns."), fix=_("Split it into several files.")
    ),
    "imports.too_large_file": Message(
        _("The file has more than {megabytes} MB."), fix=_("Split it into several files.")
    ),
    "imports.no_sheet": Message(
        _("The workbook has no sheet “{sheet}”."), fix=_("Choose one of its sheets in the columns.")
    ),
    "imports.encoding": Message(
        _("The text of the file can't be read in this encoding."),
        fix=_("Save it as CSV UTF-8, or choose its encoding in the columns."),
    ),
    "imports.broken_row": Message(
        _("Row {row} of the file can't be read: a quotation mark or a cell does not end."),
        fix=_("Mend the row in an editor."),
    ),
    "imports.merged_header": Message(
        _("The header has merged cells ({cells})."), fix=_("Unmerge them: each column needs a name of its own.")
    ),
    "imports.duplicate_header": Message(
        _("Columns {columns} are all called “{header}”."), fix=_("Give each column a name of its own.")
    ),
    "imports.no_such_column": Message(
        _("The file has no column “{header}”."), fix=_("Choose the columns anew; the profile is of another file.")
    ),
    "imports.no_rows": Message(_("There is a header and no row below it."), fix=_("Fill in some rows.")),
    "imports.changed_meanwhile": Message(
        _("Meanwhile {count} rows can't be written any more. Nothing was changed."),
        fix=_("Look at them in the preview, which is new."),
    ),
    "imports.waiting": Message(_("Another file is being written into the same table. This one follows.")),
    # the trail
    "imports.uploaded": Message(_("{file} was uploaded for {table:imports.table}.")),
    "imports.applied": Message(
        _("{file} was imported into {table:imports.table}: {new} new, {changed} changed, {refused} refused.")
    ),
    "imports.discarded": Message(_("{file} was thrown away, nothing of it was imported.")),
    "imports.exported": Message(_("{table:imports.table} were exported.")),
    "imports.profile_saved": Message(_("Version {version} of the profile {name} was saved.")),
    "imports.profile_ended": Message(_("The profile {name} was taken out of use.")),
    "task.imports.check": Message(_("Check a file that was uploaded")),
    "task.imports.apply": Message(_("Write an imported file")),
}
