from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from acorn.accounts.management.commands.create_tenant import explain
from acorn.accounts.services import tenants
from acorn.accounts.services.erasure import erase_tenant
from acorn.core.errors import DomainError
from acorn.tenancy.db import OWNER_ALIAS


class Command(BaseCommand):
    help = (
        "Delete everything of an archived company for good: rows, files, audit trail, people who belong nowhere else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True)
        parser.add_argument("--yes", action="store_true", help="really do it")

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER_ALIAS not in connections.databases:
            raise CommandError("DATABASE_OWNER_URL is not set: the runtime role may not delete an audit trail.")
        try:
            tenant = tenants.get_tenant(options["slug"])
            if not options["yes"]:
                raise CommandError(f"This deletes everything of “{tenant.name}” for good. Repeat with --yes to do it.")
            erased = erase_tenant(tenant)
        except DomainError as error:
            raise CommandError(explain(error)) from error
        for label, count in sorted(erased.rows.items()):
            self.stdout.write(f"{count:>12} {label}")
        self.stdout.write(f"{tenant.name} is erased, with {erased.files} files and {erased.people} people.")
