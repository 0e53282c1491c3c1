from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from acorn.ui import catalogues


class Command(BaseCommand):
    """`manage.py messages` updates the catalogues; write the Chinese into `<app>/locale/…/django.po`, then compile."""

    help = "Collect texts to translate into <app>/locale/zh_Hans/LC_MESSAGES/django.po."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if a text is not translated")
        parser.add_argument("--compile", action="store_true", help="write the .mo files that Django reads")

    def handle(self, **options: Any) -> None:
        if options["check"]:
            problems = catalogues.check_all(settings.BASE_DIR)
            for problem in problems:
                self.stderr.write(str(problem))
            if problems:
                raise CommandError(f"{len(problems)} texts need a translator.")
            return
        if options["compile"]:
            self.stdout.write(f"{catalogues.compile_all(settings.BASE_DIR)} catalogues compiled")
            return
        for path in catalogues.update_all(settings.BASE_DIR):
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
