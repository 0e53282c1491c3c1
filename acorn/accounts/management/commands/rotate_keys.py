from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acorn.accounts.services import keys
from acorn.core import vault
from acorn.core.actor import Actor


class Command(BaseCommand):
    help = "Seal every stored secret again under the first key of ACORN_SECRET_KEYS. Safe to repeat and to interrupt."

    def handle(self, *args: Any, **options: Any) -> None:
        rotation = keys.rotate_keys(actor=Actor.system("rotate_keys"))
        self.stdout.write(
            f"{rotation.resealed} secrets were sealed again under {vault.current_key_id()!r}, "
            f"{rotation.current} were already."
        )
        if rotation.broken:
            places = "\n".join(rotation.broken)
            raise CommandError(
                f"{len(rotation.broken)} secrets could not be opened: their key is missing from ACORN_SECRET_KEYS, or "
                f"they were changed. Put the old key back and repeat, or enter them again:\n{places}"
            )
        self.stdout.write("Keys other than the first can be taken out of ACORN_SECRET_KEYS now.")
