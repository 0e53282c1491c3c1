"""What time it is in a simulated world, heard from its answers. Amazon itself keeps real time and is not listened to."""

from datetime import timedelta

from django.db import transaction

from acorn.jobs.queue import enqueue
from vendors import rules
from vendors.models import Connection, SyncCursor, SyncStep
from vendors.spapi.exchange import ExchangeRecord
from vendors.types import UNFINISHED, Environment

HEADER = "x-simulator-clock"
_FOLLOWERS: list[str] = []


def register_clock_follower(task: str) -> None:
    """Enqueue the task, with `connection_id`, whenever a connection's clock turns out to show another time than thought."""
    if task not in _FOLLOWERS:
        _FOLLOWERS.append(task)


def hear(connection: Connection, call: ExchangeRecord) -> None:
    """Keep what an answer says of its world's clock, if that is news: on the row, and on this instance. Safe to repeat.

    After a clock was set back, nothing that was proven by dates is: the connection's half year is read again.
    """
    if connection.environment != Environment.SIMULATOR:
        return
    told = next((value for name, value in call.response_headers.items() if name.lower() == HEADER), None)
    heard = rules.read_clock(told, at=call.started_at + timedelta(milliseconds=call.duration_ms))
    if heard is None or not _is_news(connection, heard):
        return
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if _is_news(row, heard):
            _keep(row, heard)
    connection.__dict__.update({name: getattr(row, name) for name in _FIELDS})


_FIELDS = ("clock_real_at", "clock_world_at", "clock_rate", "clock_epoch", "clock_connected_at")


def _is_news(connection: Connection, heard: rules.WorldClock) -> bool:
    return connection.clock is None or rules.has_drifted(connection.clock, heard)


def _keep(row: Connection, heard: rules.WorldClock) -> None:
    known = row.clock
    has_drifted = rules.has_drifted(known, heard)
    if known is None:
        row.clock_connected_at = rules.to_world(heard, row.created_at)
    elif known.epoch != heard.epoch:
        # whatever is answered from now on is no history, though it be dated earlier than what was
        row.clock_connected_at = min(row.connected_at, heard.world_at)
        SyncCursor.objects.filter(connection=row).delete()
        begun = SyncStep.objects.filter(connection=row, state__in=UNFINISHED).exclude(until=None)
        begun.update(position={}, until=heard.world_at)
    row.clock_real_at, row.clock_world_at = heard.real_at, heard.world_at
    row.clock_rate, row.clock_epoch = heard.rate, heard.epoch
    row.save(update_fields=_FIELDS)
    if has_drifted:
        for task in _FOLLOWERS:
            enqueue(task, dedupe_key=f"connection:{row.pk}", connection_id=row.pk)
