"""The simulated Amazon as a whole: its worlds, the passing of their time, and what is done to their orders."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from simulator import (
    asn_table,
    documents,
    generation,
    life,
    orders_table,
    pickup_table,
    pickups,
    receiving,
    times,
    worlds,
)
from simulator.asn import Asn
from simulator.faults import FaultBook
from simulator.generation import ANY, Wish
from simulator.life import Action, ImpossibleError, Planned
from simulator.marketplaces import MARKETPLACES
from simulator.order import Order
from simulator.pickup import Pickup
from simulator.plans import PlanBook
from simulator.request_log import RequestLog
from simulator.store import Store
from simulator.worlds import Settings, World

logger = logging.getLogger(__name__)

HISTORY = 183 * times.DAY
_WEEK = 7 * times.DAY
# Where a world's orders begin: inside the half year that the API shows, with a margin for the days a demo runs.
_OLDEST = 178 * times.DAY


class NameTakenError(Exception):
    """A world of this name or client id exists."""


@dataclass(frozen=True)
class NewWorld:
    """What a world is made from; all but the client id has a default that follows from it."""

    client_id: str
    name: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    marketplace: str = ""
    vendor_group: str = ""
    vendor_codes: tuple[str, ...] = ()
    seed: str = ""


class Amazon:
    """All worlds of one store. Safe to use from many threads."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float] = time.time,
        defaults: Settings | None = None,
        control_token: str = "",
    ) -> None:
        self.store = store
        self.defaults = defaults or Settings()
        self.control_token = control_token
        self.faults = FaultBook()
        self.plans = PlanBook(clock)
        self.log = RequestLog()
        self._clock = clock

    def real_now(self) -> int:
        return int(self._clock() * 1000)

    def now(self, world: World) -> int:
        """What the world's own clock shows."""
        return world.now(self.real_now())

    # -- worlds ------------------------------------------------------------------------------------------------------

    def world(self, name: str) -> World | None:
        with self.store.read() as connection:
            return worlds.find(connection, name)

    def worlds(self) -> list[World]:
        with self.store.read() as connection:
            return worlds.list_all(connection)

    def world_for_client(self, client_id: str) -> World:
        """The world of a client id, made on first use."""
        with self.store.read() as connection:
            found = worlds.find_by_client_id(connection, client_id)
        if found is not None:
            return found
        with self.store.write() as connection:
            found = worlds.find_by_client_id(connection, client_id)
            if found is None:
                name, copy = worlds.name_for(client_id), 2
                while worlds.find(connection, name) is not None:
                    name, copy = f"{worlds.name_for(client_id)}-{copy}", copy + 1
                found = self.create_world(NewWorld(client_id=client_id, name=name), {})
            return found

    def create_world(self, new: NewWorld, settings: dict[str, Any]) -> World:
        """Make a world with its half year of orders. Raises NameTakenError; ValueError on an unknown marketplace or setting."""
        name = new.name or worlds.name_for(new.client_id)
        if new.marketplace and new.marketplace not in MARKETPLACES:
            raise ValueError(f"Unknown marketplace {new.marketplace!r}; known are {', '.join(MARKETPLACES)}.")
        now = self.real_now()
        world = World(
            name=name,
            client_id=new.client_id,
            client_secret=new.client_secret,
            refresh_token=new.refresh_token,
            marketplace=MARKETPLACES[new.marketplace] if new.marketplace else worlds.marketplace_for(name),
            vendor_group=new.vendor_group or generation.random_digits(name, 9),
            vendor_codes=new.vendor_codes or worlds.vendor_codes_for(name),
            seed=new.seed or name,
            settings=self.defaults.changed(settings),
            clock_real=now,
            clock_world=now,
            clock_rate=1.0,
            clock_epoch=now,
            next_order=0,
            created_at=now,
        )
        with self.store.write() as connection:
            if worlds.find(connection, name) or worlds.find_by_client_id(connection, new.client_id):
                raise NameTakenError(name)
            worlds.save(connection, world)
            self._populate(connection, world)
            return self._reload(connection, name)

    def reset(self, name: str) -> World:
        """Back to the day the world was made: its first orders, no tokens, no faults, the default plan and clock."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            _forget(connection, name)
            now = self.real_now()
            world = replace(
                world,
                clock_real=now,
                clock_world=now,
                clock_rate=1.0,
                clock_epoch=max(now, world.clock_epoch + 1),
                next_order=0,
            )
            worlds.save(connection, world)
            self._populate(connection, world)
        self._forget_in_memory(name)
        return world

    def delete(self, name: str) -> None:
        with self.store.write() as connection:
            _forget(connection, name)
            connection.execute("DELETE FROM world WHERE name = ?", (name,))
        self._forget_in_memory(name)

    def _forget_in_memory(self, name: str) -> None:
        self.faults.clear(name)
        self.plans.clear(name)
        self.log.clear(name)

    def configure(self, name: str, values: dict[str, Any]) -> World:
        """Change settings of a running world. Raises ValueError on an unknown name or a bad value."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            world = replace(world, settings=world.settings.changed(values))
            worlds.save(connection, world)
            if "arrivals_per_hour" in values:
                self._plan_arrival(connection, world, self.now(world))
            return world

    def set_clock(self, name: str, *, advance: int = 0, rate: float | None = None, at: int | None = None) -> World:
        """Move the world's clock by milliseconds or to an instant, or make it run faster; then let its time pass.

        A clock set back undoes nothing: what has happened later than its new time is dated to that time from then on.
        """
        with self.store.write() as connection:
            world = self._reload(connection, name)
            real = self.real_now()
            before = world.now(real)
            now = (before if at is None else at) + advance
            is_back = now < before
            world = replace(
                world,
                clock_real=real,
                clock_world=now,
                clock_rate=world.clock_rate if rate is None else rate,
                clock_epoch=max(real, world.clock_epoch + 1) if is_back else world.clock_epoch,
            )
            worlds.save(connection, world)
            if is_back:
                self._turn_back(connection, world, now)
        self.advance(world)
        return world

    @staticmethod
    def _reload(connection: sqlite3.Connection, name: str) -> World:
        world = worlds.find(connection, name)
        if world is None:
            raise LookupError(name)
        return world

    # -- orders ------------------------------------------------------------------------------------------------------

    def _populate(self, connection: sqlite3.Connection, world: World) -> None:
        now = self.now(world)
        moments = _moments(world, world.settings.orders, now - _OLDEST, now)
        self._make(connection, world, moments, is_history=True)
        self._plan_arrival(connection, self._reload(connection, world.name), now)

    def add_orders(self, name: str, count: int, wish: Wish) -> list[str]:
        """Orders that become available this moment; returns their numbers."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            return self._make(connection, world, [self.now(world)] * count, wish=wish)

    def seed_orders(self, name: str, count: int, line_count: int, days: float) -> list[str]:
        """Many new orders at once, spread evenly over the past days, which nothing further happens to."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            now = self.now(world)
            step = days * times.DAY / max(count, 1)
            moments = [int(now - days * times.DAY + step * (turn + 0.5)) for turn in range(count)]
            return self._make(connection, world, moments, wish=Wish(line_count), has_life=False)

    def _make(
        self,
        connection: sqlite3.Connection,
        world: World,
        moments: Sequence[int],
        *,
        wish: Wish = ANY,
        is_history: bool = False,
        has_life: bool = True,
    ) -> list[str]:
        now = self.now(world)
        orders: list[Order] = []
        for turn, moment in enumerate(moments):
            order = generation.make_order(world, world.next_order + turn, moment, wish)
            plans: list[Planned] = []
            if is_history:
                plans = life.live(world, order, now)
            elif has_life:
                plans = [*life.plan_changes(world, order), *life.plan_answer_elsewhere(world, order)]
            if plans and world.settings.has_life:
                orders_table.plan(connection, world.name, order.number, plans)
            orders.append(order)
        orders_table.save(connection, world.name, orders)
        worlds.save(connection, replace(world, next_order=world.next_order + len(moments)))
        return [order.number for order in orders]

    def order(self, name: str, number: str) -> Order | None:
        with self.store.read() as connection:
            return orders_table.find(connection, name, number)

    def act(self, name: str, number: str, action: Action) -> Order:
        """Do something to an order now. Raises LookupError when there is none, ImpossibleError when it makes no sense."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            return self._act(connection, world, number, action, self.now(world))

    def pick_order(self, name: str, states: tuple[str, ...]) -> str | None:
        """The youngest order in one of the states: what "change one" means when no number is given."""
        marks = ",".join("?" * len(states))
        with self.store.read() as connection:
            row = connection.execute(
                f"SELECT number FROM purchase_order WHERE world = ? AND state IN ({marks}) "
                "ORDER BY available_at DESC, number LIMIT 1",
                (name, *states),
            ).fetchone()
        return row["number"] if row else None

    @staticmethod
    def _act(connection: sqlite3.Connection, world: World, number: str, action: Action, at: int) -> Order:
        order = orders_table.get(connection, world.name, number)
        if action.get("do") == "expire":
            action = {**action, "sent": asn_table.sent_eaches(connection, world.name, number)}
        was_new = order.state == "New"
        life.apply(world, order, action, at)
        orders_table.save(connection, world.name, [order])
        if was_new and order.state == "Acknowledged" and world.settings.has_life:
            orders_table.plan(connection, world.name, number, life.plan_receipts(world, order, at))
        return order

    # -- shipments ---------------------------------------------------------------------------------------------------

    def asns(self, name: str, *, identifier: str = "", number: str = "", limit: int = -1) -> list[Asn]:
        """Advance ship notices, newest first; of one identifier, or with goods of one order."""
        with self.store.read() as connection:
            return asn_table.list_all(connection, name, identifier=identifier, number=number, limit=limit)

    def asn(self, name: str, asn_id: int) -> Asn:
        """Raises LookupError."""
        with self.store.read() as connection:
            return asn_table.get(connection, name, asn_id)

    def act_on_asn(self, name: str, asn_id: int, action: Action) -> Asn:
        """Do something to a shipment now. Raises LookupError when there is none, ImpossibleError when it makes no sense."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            return receiving.act(connection, world, asn_id, action, self.now(world))

    def pickups(self, name: str) -> list[Pickup]:
        """In the order in which they were asked for."""
        with self.store.read() as connection:
            return pickup_table.list_all(connection, name)

    def pickup(self, name: str, pickup_id: int) -> Pickup:
        """Raises LookupError."""
        with self.store.read() as connection:
            return pickup_table.get(connection, name, pickup_id)

    def act_on_pickup(self, name: str, pickup_id: int, action: Action) -> Pickup:
        """Do something to a pickup now. Raises LookupError when there is none, ImpossibleError when it makes no sense."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            return pickups.act(connection, world, pickup_id, action, self.now(world))

    def arrange_pickup(self, name: str, numbers: Sequence[str]) -> Pickup:
        """Ask for a pickup as one does in Vendor Central. Raises LookupError when there is no such order."""
        with self.store.write() as connection:
            world = self._reload(connection, name)
            found = [orders_table.get(connection, name, number) for number in numbers]
            return pickups.arrange(connection, world, found, self.now(world))

    # -- time --------------------------------------------------------------------------------------------------------

    def advance(self, world: World) -> None:
        """Let everything happen that is due by the world's clock. Called before each answer."""
        now = self.now(world)
        due = "SELECT id, due_at, number, action FROM event WHERE world = ? AND due_at <= ? ORDER BY due_at, id LIMIT 1"
        with self.store.read() as connection:
            if connection.execute(due, (world.name, now)).fetchone() is None:
                return
        with self.store.write() as connection:
            while (row := connection.execute(due, (world.name, now)).fetchone()) is not None:
                connection.execute("DELETE FROM event WHERE id = ?", (row["id"],))
                self._happen(connection, world.name, row["due_at"], row["number"], json.loads(row["action"]))

    def _happen(self, connection: sqlite3.Connection, name: str, at: int, number: str, action: Action) -> None:
        world = self._reload(connection, name)
        if action["do"] == "arrive":
            self._make(connection, world, [at])
            self._plan_arrival(connection, self._reload(connection, name), at)
        elif action["do"] == "judge":
            documents.judge(connection, world, action, at)
        elif action["do"] == "pickup":
            with suppress(ImpossibleError, LookupError):
                pickups.act(connection, world, action["pickup"], {"do": action["step"]}, at)
        elif world.settings.has_life:
            try:
                self._live(connection, world, number, action, at)
            except (ImpossibleError, LookupError) as reason:
                logger.debug("A planned event was overtaken: %s", reason)

    def _live(self, connection: sqlite3.Connection, world: World, number: str, action: Action, at: int) -> None:
        """What was planned for an order or a shipment, unless advance ship notices make it otherwise."""
        if action["do"] == "asn":
            receiving.happen(connection, world, action, at)
        elif action["do"] == "receive" and not world.settings.receives_without_asn:
            # Nothing comes by itself. When the last of it would have come, Amazon begins to lose patience.
            if action.get("share") == 1:
                orders_table.plan(connection, world.name, number, [Planned(at + _WEEK, 9, {"do": "expire"})])
        elif action["do"] in ("expire", "close") and asn_table.is_on_the_way(connection, world.name, number):
            orders_table.plan(connection, world.name, number, [Planned(at + _WEEK, 9, action)])
        else:
            self._act(connection, world, number, action, at)

    def _turn_back(self, connection: sqlite3.Connection, world: World, now: int) -> None:
        """Nothing has happened in the future: date it to now, and wait for nothing longer than it would have taken."""
        orders_table.date_back(connection, world.name, now)
        asn_table.date_back(connection, world.name, now)
        pickup_table.date_back(connection, world.name, now)
        connection.execute(
            "UPDATE vendor_transaction SET created_at = ? WHERE world = ? AND created_at > ?", (now, world.name, now)
        )
        settings = world.settings
        delay = max(settings.acknowledgement_delay_seconds, settings.shipment_delay_seconds)
        due = now + int(delay * 1000)
        connection.execute(
            "UPDATE event SET due_at = ? WHERE world = ? AND number = ? AND due_at > ?",
            (due, world.name, documents.KIND, due),
        )
        self._plan_arrival(connection, world, now)

    def _plan_arrival(self, connection: sqlite3.Connection, world: World, after: int) -> None:
        connection.execute("DELETE FROM event WHERE world = ? AND number = ''", (world.name,))
        rate = world.settings.arrivals_per_hour
        if rate > 0:
            hours = generation.rng_for(world, f"arrival:{world.next_order}").expovariate(rate)
            orders_table.plan(
                connection, world.name, "", [Planned(after + int(hours * times.HOUR) + 1, 0, {"do": "arrive"})]
            )


def _forget(connection: sqlite3.Connection, name: str) -> None:
    for table in (
        "purchase_order",
        "event",
        "asn",
        "asn_line",
        "asn_label",
        "pickup",
        "vendor_transaction",
        "access_token",
        "refresh_token",
        "authorization_code",
    ):
        connection.execute(f"DELETE FROM {table} WHERE world = ?", (name,))


def _moments(world: World, count: int, oldest: int, now: int) -> list[int]:
    """When a new world's orders became available: over the half year, and enough of them since yesterday to work on."""
    rng = generation.rng_for(world, "moments")
    fresh = min(count, max(3, count // 25)) if count else 0
    moments = [rng.randrange(oldest, now - 30 * times.HOUR) for _ in range(count - fresh)]
    moments += [rng.randrange(now - 28 * times.HOUR, now - 5 * times.MINUTE) for _ in range(fresh)]
    return sorted(moment - moment % times.SECOND for moment in moments)


def new_token(prefix: str) -> str:
    """An access token, refresh token or code that nobody can guess."""
    return f"{prefix}{secrets.token_urlsafe(48)}"
