"""A connection's life: connected, renamed, given new credentials, archived, restored. Secrets go in and never out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor
from acorn.core.errors import Invalid, NotFound
from acorn.jobs.queue import ensure_repeating, stop_repeating
from acorn.search.services import index
from acorn.tenancy.fields import sealed_fields
from vendors import gateway, rules
from vendors.errors import ConnectionArchived, GroupAlreadyConnected
from vendors.models import Connection, VendorCode, VendorGroup
from vendors.services.health import end_trouble, subject_of
from vendors.types import Environment, Health

SYNC_TASK = "vendors.sync_connection"
_HINT_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a developer application calls Amazon with. Printing it shows nothing."""

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@transaction.atomic
def connect(
    *,
    name: str,
    environment: str,
    region: str,
    marketplace: str,
    vendor_group_code: str,
    vendor_codes: Sequence[str],
    credentials: Secrets,
    actor: Actor,
    now: datetime,
) -> Connection:
    """Connect a vendor group, and sync it from now on every SYNC_INTERVAL_SECONDS. Nothing is sent to Amazon here.

    Raises Invalid, naming the fields, and GroupAlreadyConnected.
    """
    _check_place(environment, region, marketplace)
    group, _created = VendorGroup.objects.get_or_create(environment=environment, region=region, code=vendor_group_code)
    connection = Connection(
        group=group, name=name, environment=environment, region=region, marketplace=marketplace, created_at=now,
        credentials_changed_at=now,
    )  # fmt: skip
    _seal(connection, credentials)
    _save_as_active(connection, force_insert=True)
    add_vendor_codes(group=group, codes=vendor_codes)
    _schedule(connection, first_at=now + timedelta(seconds=settings.SYNC_INTERVAL_SECONDS))
    _make_findable(connection)
    audit.record(
        "vendors.connected",
        actor=actor,
        subject=subject_of(connection),
        params={"environment": environment, "marketplace": marketplace, "group": vendor_group_code},
    )
    return connection


def connect_simulator(*, marketplace: str, actor: Actor, now: datetime) -> Connection:
    """Connect a new vendor group of the simulator: half a year of orders, and credentials that it takes by convention.

    Raises Invalid where the installation has no simulator.
    """
    known = gateway.find_marketplace(marketplace)
    world = f"acorn-{secrets.token_hex(4)}-{marketplace.lower()}"
    return connect(
        name=f"Simulator {marketplace}",
        environment=Environment.SIMULATOR,
        region=known.region if known else "",
        marketplace=marketplace,
        vendor_group_code=world,
        vendor_codes=(),
        credentials=Secrets(
            client_id=f"amzn1.application-oa2-client.{world}",
            client_secret=f"simulator-{world}",
            refresh_token=f"Atzr|simulator-{world}",
        ),
        actor=actor,
        now=now,
    )


@transaction.atomic
def change(*, public_id: str, actor: Actor, now: datetime, name: str = "", **credentials: str) -> Connection:
    """Rename, or replace credentials, or both or neither in one transaction. Raises NotFound, ConnectionArchived."""
    connection = rename(public_id=public_id, name=name, actor=actor) if name else _lock(public_id)
    if credentials:
        connection = change_credentials(public_id=public_id, actor=actor, now=now, **credentials)
    return connection


@transaction.atomic
def rename(*, public_id: str, name: str, actor: Actor) -> Connection:
    """Raises NotFound. Safe to repeat."""
    connection = _lock(public_id)
    if connection.name != name:
        before, connection.name = connection.name, name
        connection.save(update_fields=["name"])
        _make_findable(connection)
        audit.record(
            "vendors.renamed", actor=actor, subject=subject_of(connection), params={"before": before, "after": name}
        )
    return connection


@transaction.atomic
def change_credentials(
    *,
    public_id: str,
    actor: Actor,
    now: datetime,
    client_id: str = "",
    client_secret: str = "",
    refresh_token: str = "",
) -> Connection:
    """Replace those credentials that are given; the others stay. How the connection is, is unknown until the next call.

    The trail says which were changed, and nothing of their values. Raises NotFound, ConnectionArchived.
    """
    connection = _lock(public_id)
    if connection.archived_at is not None:
        raise ConnectionArchived
    given = {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh_token}
    changed = [secret for secret in sealed_fields(Connection) if given[secret.name]]
    if not changed:
        return connection
    for secret in changed:
        secret.seal(connection, given[secret.name])
    if client_id:
        connection.client_id_hint = client_id[-_HINT_LENGTH:]
    connection.health, connection.health_code, connection.health_params = Health.UNKNOWN, "", {}
    connection.credentials_changed_at = now
    connection.save(
        update_fields=[
            *(secret.name for secret in changed), "client_id_hint", "health", "health_code", "health_params",
            "credentials_changed_at",
        ]
    )  # fmt: skip
    audit.record(
        "vendors.credentials_changed",
        actor=actor,
        subject=subject_of(connection),
        params={"fields": ", ".join(secret.name for secret in changed)},
    )
    return connection


@transaction.atomic
def archive(*, public_id: str, actor: Actor, now: datetime, reason: str = "") -> Connection:
    """Stop using a connection; what came through it stays, and `restore` undoes this. Safe to repeat. Raises NotFound."""
    connection = _lock(public_id)
    if connection.archived_at is None:
        connection.archived_at = now
        connection.health, connection.health_code, connection.health_params = Health.UNKNOWN, "", {}
        connection.save(update_fields=["archived_at", "health", "health_code", "health_params"])
        stop_repeating(SYNC_TASK, dedupe_key=_schedule_key(connection))
        end_trouble(connection, actor=actor, now=now)
        audit.record("vendors.archived", actor=actor, subject=subject_of(connection), reason=reason)
    return connection


@transaction.atomic
def restore(*, public_id: str, actor: Actor, now: datetime) -> Connection:
    """Use an archived connection again, with the credentials it had. Safe to repeat.

    Raises NotFound, and GroupAlreadyConnected if another connection has taken its place.
    """
    connection = _lock(public_id)
    if connection.archived_at is not None:
        connection.archived_at = None
        _save_as_active(connection)
        _schedule(connection, first_at=now)
        audit.record("vendors.restored", actor=actor, subject=subject_of(connection))
    return connection


def add_vendor_codes(*, group: VendorGroup, codes: Sequence[str], is_discovered: bool = False) -> None:
    """Note vendor codes of a group, as given by a person or as seen in Amazon's answers. Safe to repeat."""
    VendorCode.objects.bulk_create(
        [VendorCode(group=group, code=code, is_discovered=is_discovered) for code in dict.fromkeys(codes)],
        ignore_conflicts=True,
    )


def _check_place(environment: str, region: str, marketplace: str) -> None:
    fields: dict[str, list[str | Promise]] = {}
    known = gateway.find_marketplace(marketplace)
    if known is None:
        fields["marketplace"] = [_("Amazon has no vendor marketplace of this code. Use two letters, such as US or DE.")]
    elif known.region != region:
        fields["region"] = [str(_("{marketplace} belongs to region {region}.")).format(
            marketplace=marketplace, region=known.region)]  # fmt: skip
    if environment not in Environment.values:
        fields["environment"] = [_("Choose SIMULATOR, SANDBOX or PRODUCTION.")]
    elif known and not fields and not gateway.sends_to(environment, region):
        fields["environment"] = [_("This installation has no address for this environment. Ask whoever runs it.")]
    if fields:
        raise Invalid(fields=fields)


def _seal(connection: Connection, credentials: Secrets) -> None:
    for secret in sealed_fields(Connection):
        secret.seal(connection, getattr(credentials, secret.name))
    connection.client_id_hint = credentials.client_id[-_HINT_LENGTH:]


def _save_as_active(connection: Connection, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            connection.save(force_insert=force_insert)
    except IntegrityError:
        other = Connection.objects.filter(group=connection.group, archived_at=None).first()
        if other is None:
            raise
        raise GroupAlreadyConnected(code=connection.group.code, name=other.name) from None


def follow_clock(*, connection_id: int) -> None:
    """Let the scheduled syncs of a connection keep its clock's pace. Safe to repeat; nothing for an archived one."""
    connection = Connection.objects.filter(pk=connection_id, archived_at=None).first()
    if connection is not None:
        ensure_repeating(
            SYNC_TASK, every_seconds=_interval(connection), dedupe_key=_schedule_key(connection),
            connection_id=connection.pk,
        )  # fmt: skip


def _schedule(connection: Connection, *, first_at: datetime) -> None:
    ensure_repeating(
        SYNC_TASK, every_seconds=_interval(connection), dedupe_key=_schedule_key(connection), due_at=first_at,
        connection_id=connection.pk,
    )  # fmt: skip


def _interval(connection: Connection) -> int:
    return rules.sync_interval(connection.clock, seconds=settings.SYNC_INTERVAL_SECONDS)


def _schedule_key(connection: Connection) -> str:
    return f"connection:{connection.pk}"


def _make_findable(connection: Connection) -> None:
    index(subject_of(connection), codes=[connection.group.code], titles=[connection.name])


def _lock(public_id: str) -> Connection:
    try:
        return Connection.objects.select_for_update(no_key=True, of=("self",)).select_related("group").get(
            public_id=public_id
        )  # fmt: skip
    except Connection.DoesNotExist:
        raise NotFound from None
