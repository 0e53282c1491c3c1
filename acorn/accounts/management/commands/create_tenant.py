import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from acorn.accounts.services import tenants
from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.errors import DomainError


class Command(BaseCommand):
    help = "Set up a company with its owner; prints JSON with a full-scope API token that is shown only now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="short name: small letters, digits, hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-password", default="", help="12 characters or more; empty keeps a known person's")
        parser.add_argument("--language", default="en")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--currency", default="USD")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = tenants.create_tenant(
                slug=options["slug"],
                name=options["name"],
                owner_email=options["owner_email"],
                owner_password=options["owner_password"],
                language=options["language"],
                time_zone=options["time_zone"],
                currency=options["currency"],
                actor=Actor.system("create_tenant"),
                now=clock.now(),
            )
        except DomainError as error:
            raise CommandError(explain(error)) from error
        self.stdout.write(
            json.dumps(
                {
                    "tenant": made.tenant.slug,
                    "tenant_id": made.tenant.public_id,
                    "name": made.tenant.name,
                    "owner": made.owner.email,
                    "token": made.token,
                }
            )
        )


def explain(error: DomainError) -> str:
    """An expected refusal as one text for the terminal."""
    fields = [f"{name}: {' '.join(map(str, texts))}" for name, texts in error.fields.items()]
    return "\n".join([str(error), *fields])
