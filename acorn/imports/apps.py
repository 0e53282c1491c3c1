from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "acorn.imports"
    label = "imports"

    def ready(self) -> None:
        from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
        from acorn.imports.messages import MESSAGES  # noqa: PLC0415 -- slow import
        from acorn.imports.services import IMPORT_PROFILE, IMPORT_RUN  # noqa: PLC0415 -- slow import
        from acorn.imports.types import ImportState  # noqa: PLC0415 -- slow import
        from acorn.imports.words import TableWords  # noqa: PLC0415 -- slow import
        from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
        from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        messages.register_words("imports.table", TableWords())
        subjects.register(
            subjects.SubjectKind(IMPORT_RUN, _("Import"), "imports:run"),
            subjects.SubjectKind(IMPORT_PROFILE, _("Import profile"), "imports:profile"),
        )
        tones.register(
            "imports.state",
            ImportState,
            {
                ImportState.READING: Tone.BLUE, ImportState.COLUMNS: Tone.AMBER, ImportState.PREVIEW: Tone.AMBER,
                ImportState.APPLYING: Tone.BLUE, ImportState.DONE: Tone.GREEN, ImportState.FAILED: Tone.RED,
                ImportState.DISCARDED: Tone.NEUTRAL,
            },
        )  # fmt: skip
        navigation.register(
            navigation.NavItem(navigation.Group.SETTINGS, 5, _("Import and export"), "imports:list", icon="upload")
        )
