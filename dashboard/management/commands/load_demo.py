import json
import os
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from acorn.core import clock
from dashboard.services import choose_logins, load_demo


class Command(BaseCommand):
    """Load two demo companies on the simulated Amazon; their logins are in ACORN_HOME/demo.json. Safe to repeat."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.ACORN_HOME / "demo.json"
        stored = json.loads(path.read_text())["logins"] if path.exists() else []
        logins = choose_logins({login["email"]: login["password"] for login in stored})
        # the passwords are on disk before they are in the database: a crash between the two locks nobody out
        settings.ACORN_HOME.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps({"logins": [asdict(login) for login in logins]}, indent=2, ensure_ascii=False))
        os.replace(unfinished, path)
        problem = load_demo(logins=logins, now=clock.now())
        self.stdout.write(f"Demo logins are in {path}")
        self.stdout.write(
            f"The demo is loaded without items, stock and costs: the simulator did not answer ({problem}). Load it again."
            if problem
            else "The demo is loaded"
        )
