from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from acorn.accounts.management.commands.create_tenant import explain
from acorn.accounts.services import tenants
from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.errors import DomainError


class Command(BaseCommand):
    help = "Close a company without deleting anything, or open it again with --undo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True)
        parser.add_argument("--undo", action="store_true", help="open it again")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("archive_tenant")
        try:
            if options["undo"]:
                tenant = tenants.restore_tenant(slug=options["slug"], actor=actor)
            else:
                tenant = tenants.archive_tenant(slug=options["slug"], actor=actor, now=clock.now())
        except DomainError as error:
            raise CommandError(explain(error)) from error
        self.stdout.write(f"{tenant.name} is {'open again' if options['undo'] else 'archived'}.")
