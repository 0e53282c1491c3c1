"""The Celery app. Imported by manage.py, wsgi.py and the tests, so that shared tasks find it in every process."""

import os
from typing import Any

from celery import Celery, signals
from celery.beat import Scheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")

app = Celery("acorn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class BeatScheduler(Scheduler):
    """Beat without a file of its own: the database knows what is due, beat only asks. Says that it is alive."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        _say_alive("beat")
        return float(min(super().tick(*args, **kwargs), 15.0))


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def _worker_is_alive(**_: Any) -> None:
    _say_alive("worker")


def _say_alive(part: str) -> None:
    from acorn.jobs import heartbeats  # noqa: PLC0415 -- slow import

    heartbeats.beat(part)
