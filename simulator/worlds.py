"""A world is one vendor group as Amazon sees it, reached by one client id; it has its own credentials, seed and clock."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from simulator.marketplaces import MARKETPLACES, Marketplace

CLIENT_ID_PREFIX = "amzn1.application-oa2-client."
# A world made on first use takes any secret and refresh token that begin so.
SECRET_PREFIX = "simulator-"  # noqa: S105 -- a documented convention, not a secret
REFRESH_TOKEN_PREFIX = "Atzr|simulator-"  # noqa: S105 -- a documented convention, not a secret


# A slip of the finger must not keep the simulator busy for an hour.
_SHARES = (
    "changed_share",
    "cancelled_share",
    "answered_elsewhere_share",
    "unshipped_share",
    "labels_missing_share",
    "receive_loss_share",
    "found_later_share",
    "misload_share",
)
_MOST = {"orders": 100_000, "arrivals_per_hour": 1_000, "receive_parts": 50, **dict.fromkeys(_SHARES, 1)}


@dataclass(frozen=True)
class Settings:
    """What a world does by itself and how it answers. All can be changed while it runs."""

    # Orders that a new world starts with, spread over six months.
    orders: int = 400
    # Orders that arrive by themselves; 0 = none.
    arrivals_per_hour: float = 2.0
    # Whether orders go on living: changes, receipts and closings that were planned take place.
    has_life: bool = True
    # The shares of orders that Amazon changes and cancels of its own accord.
    changed_share: float = 0.12
    cancelled_share: float = 0.025
    # The share of new orders that somebody answers in Vendor Central, within a day.
    answered_elsewhere_share: float = 0.0
    # Whether confirmed goods arrive by themselves, or only those that an advance ship notice announced.
    receives_without_asn: bool = True
    # Goods of a notice: from arrival until the first are booked in, in how many parts, and how far these are apart.
    receive_delay_seconds: float = 172_800.0
    receive_parts: int = 2
    receive_part_seconds: float = 86_400.0
    # The shares of its cartons that are lost, of those that turn up two weeks later, and that are booked to another order.
    receive_loss_share: float = 0.01
    found_later_share: float = 0.5
    misload_share: float = 0.005
    # The share of confirmed orders that never arrive in full; Amazon then closes them, or cancels the rest.
    unshipped_share: float = 0.1
    # Whether a later acknowledgement can take confirmed units back, and whether even after the two days for changes.
    follows_changes: bool = True
    follows_late_changes: bool = False
    # Until an acknowledgement shows in the orders.
    acknowledgement_delay_seconds: float = 20.0
    # Until an advance ship notice or a pickup request takes effect.
    shipment_delay_seconds: float = 20.0
    # Until a pickup request has its reference number (ARN), and until it has its carrier, both from the request on.
    reference_delay_seconds: float = 600.0
    carrier_delay_seconds: float = 14_400.0
    # The share of small parcel pickups that never get their labels here.
    labels_missing_share: float = 0.2
    # Until a new transaction id is known to getTransaction.
    transaction_delay_seconds: float = 2.0
    # "Processing" for ever, as Amazon does for acknowledgements; or "Success".
    transaction_end: str = "Processing"
    # The same for shipments in North America and Europe, where Amazon does say "Success"; elsewhere they end as above.
    shipment_transaction_end: str = "Success"
    # Vendor codes whose freight Amazon pays (collect) where an order gives both a ship and a delivery window.
    collect_vendor_codes: tuple[str, ...] = ()
    # Life of an access token.
    token_seconds: int = 3600
    # Grants that LWA gives this client.
    grants: tuple[str, ...] = ("refresh_token", "authorization_code", "client_credentials")
    # Operations that the client has no role for: 403.
    denied_operations: tuple[str, ...] = ()
    # ASINs that Amazon no longer orders, because the vendor called them obsolete twice.
    dropped_asins: tuple[str, ...] = ()

    def changed(self, values: dict[str, Any]) -> Settings:
        """These settings with some values replaced. Raises ValueError on an unknown name or a value of another type."""
        # the defaults say what type a setting has: a world may hold 0 where 0.4 belongs, too
        known = {field.name: field.default for field in fields(self)}
        clean: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"Unknown setting {name!r}; known are {', '.join(sorted(known))}.")
            clean[name] = _as_type_of(name, known[name], value)
            if clean[name] > _MOST.get(name, clean[name]):
                raise ValueError(f"{name} may be {_MOST[name]} at most.")
        return replace(self, **clean)


def _as_type_of(name: str, example: Any, value: Any) -> Any:
    if isinstance(example, tuple):
        if isinstance(value, list | tuple) and all(isinstance(entry, str) for entry in value):
            return tuple(value)
    elif isinstance(example, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(example, int | float):
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return type(example)(value)
    elif isinstance(value, str):
        return value
    raise ValueError(f"{value!r} is no value for {name}; it looks like {example!r}.")


@dataclass(frozen=True)
class World:
    name: str
    client_id: str
    # Empty: any that begins as agreed.
    client_secret: str
    refresh_token: str
    marketplace: Marketplace
    vendor_group: str
    vendor_codes: tuple[str, ...]
    seed: str
    settings: Settings
    # The world's clock showed `clock_world` when the real one showed `clock_real`, and runs `clock_rate` times as fast.
    clock_real: int
    clock_world: int
    clock_rate: float
    # Changes whenever time begins anew: with the world, with a reset, with each setting back of the clock.
    clock_epoch: int
    next_order: int
    created_at: int

    def now(self, real_now: int) -> int:
        return self.clock_world + int((real_now - self.clock_real) * self.clock_rate)

    def last_word(self, operation: str) -> str:
        """The status that a document which took effect ends in: "Success" only for shipments in two regions."""
        says_so = operation.startswith("SubmitShipment") and self.marketplace.region in ("NA", "EU")
        return self.settings.shipment_transaction_end if says_so else self.settings.transaction_end

    def takes_secret(self, secret: str) -> bool:
        return secret == self.client_secret if self.client_secret else secret.startswith(SECRET_PREFIX)

    def takes_refresh_token(self, token: str) -> bool:
        return token == self.refresh_token if self.refresh_token else token.startswith(REFRESH_TOKEN_PREFIX)


def name_for(client_id: str) -> str:
    """The world's name that a client id stands for: the part after Amazon's prefix, made safe for a URL."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", client_id.removeprefix(CLIENT_ID_PREFIX)).strip("-").lower()[:60] or "world"


def marketplace_for(name: str) -> Marketplace:
    """``demo-jp`` is a Japanese world; a name that says no country is American."""
    return MARKETPLACES.get(name.rpartition("-")[2].upper(), MARKETPLACES["US"])


def vendor_codes_for(name: str) -> tuple[str, ...]:
    """Three vendor codes of the usual shape (five capitals and digits), told by the name."""
    letters = (re.sub(r"[^A-Z]", "", name.upper()) + "VND")[:3]
    rng = random.Random(f"{name}:vendor codes")  # noqa: S311 -- a repeatable world, no secret
    return tuple(f"{letters}{letter}{rng.randrange(10)}" for letter in rng.sample("ABCDEFGHJKLMNPQRSTUVWXYZ", 3))


def from_row(row: sqlite3.Row) -> World:
    return World(
        name=row["name"],
        client_id=row["client_id"],
        client_secret=row["client_secret"],
        refresh_token=row["refresh_token"],
        marketplace=MARKETPLACES[row["marketplace"]],
        vendor_group=row["vendor_group"],
        vendor_codes=tuple(json.loads(row["vendor_codes"])),
        seed=row["seed"],
        settings=_stored_settings(row["settings"]),
        clock_real=row["clock_real"],
        clock_world=row["clock_world"],
        clock_rate=row["clock_rate"],
        clock_epoch=row["clock_epoch"],
        next_order=row["next_order"],
        created_at=row["created_at"],
    )


@lru_cache(maxsize=64)
def _stored_settings(text: str) -> Settings:
    """Settings of a store that another version wrote: what it did not know has its default, what we dropped is gone."""
    known = {field.name for field in fields(Settings)}
    return Settings().changed({name: value for name, value in json.loads(text).items() if name in known})


def save(connection: sqlite3.Connection, world: World) -> None:
    """Insert or overwrite the world's row."""
    values = {
        "name": world.name,
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "refresh_token": world.refresh_token,
        "marketplace": world.marketplace.country,
        "vendor_group": world.vendor_group,
        "vendor_codes": json.dumps(world.vendor_codes),
        "seed": world.seed,
        "settings": json.dumps(asdict(world.settings)),
        "clock_real": world.clock_real,
        "clock_world": world.clock_world,
        "clock_rate": world.clock_rate,
        "clock_epoch": world.clock_epoch,
        "next_order": world.next_order,
        "created_at": world.created_at,
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT OR REPLACE INTO world ({names}) VALUES ({marks})", values)


def find(connection: sqlite3.Connection, name: str) -> World | None:
    row = connection.execute("SELECT * FROM world WHERE name = ?", (name,)).fetchone()
    return from_row(row) if row else None


def find_by_client_id(connection: sqlite3.Connection, client_id: str) -> World | None:
    row = connection.execute("SELECT * FROM world WHERE client_id = ?", (client_id,)).fetchone()
    return from_row(row) if row else None


def list_all(connection: sqlite3.Connection) -> list[World]:
    return [from_row(row) for row in connection.execute("SELECT * FROM world ORDER BY created_at, name")]
