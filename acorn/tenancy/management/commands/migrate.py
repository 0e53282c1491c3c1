from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from acorn.tenancy.db import OWNER_ALIAS


class Command(migrate.Command):
    """Django's migrate, as the role that owns the tables: the runtime role may not change them."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS)
