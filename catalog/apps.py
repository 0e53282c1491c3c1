from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from acorn.core import messages  # noqa: PLC0415 -- slow import
        from catalog.messages import MESSAGES  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        _register_items()
        _register_terms()
        _register_stock()


def _register_items() -> None:
    """Items, identifiers and proposals."""


def _register_terms() -> None:
    """Warehouses, the directory, customer numbers and agreed costs."""
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from catalog.messages import TERM_FIELDS  # noqa: PLC0415 -- slow import
    from catalog.types import WAREHOUSE  # noqa: PLC0415 -- slow import

    messages.register_words("catalog.term", TERM_FIELDS)
    subjects.register(subjects.SubjectKind(WAREHOUSE, _("Warehouse"), "catalog:warehouse"))


def _register_stock() -> None:
    """Stock, commitments and what is inbound."""
