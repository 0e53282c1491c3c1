import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from acorn.accounts.management.commands.create_tenant import explain
from acorn.accounts.rights import Right
from acorn.accounts.services import tenants, tokens
from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.errors import DomainError
from acorn.tenancy.scope import tenant_scope


class Command(BaseCommand):
    help = "Make an API token of a company; prints JSON with the token, which is shown only now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, help="the company's short name")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument("--scopes", required=True, help=f"“*” or, with commas between: {', '.join(Right.values)}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tenant = tenants.get_tenant(options["tenant"])
            with tenant_scope(tenant.pk):
                token, text = tokens.create_token(
                    name=options["name"],
                    scopes=[scope.strip() for scope in options["scopes"].split(",") if scope.strip()],
                    actor=Actor.system("create_api_token"),
                    now=clock.now(),
                )
        except DomainError as error:
            raise CommandError(explain(error)) from error
        self.stdout.write(
            json.dumps(
                {
                    "token": text, "id": token.public_id, "tenant": tenant.slug, "name": token.name,
                    "scopes": token.scopes,
                }
            )
        )  # fmt: skip
