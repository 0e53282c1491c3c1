"""The dock: goods of an advance ship notice arrive, are booked in carton by carton, and some are lost or misbooked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from simulator import asn_table, life, orders_table, pickups, times
from simulator.asn import EXPECTED, MISSING, RECEIVED, Asn, Carton, Content, Defect, sum_contents
from simulator.generation import rng_for
from simulator.life import Action, ImpossibleError, Planned
from simulator.order import Order
from simulator.worlds import World

# How long after they were missed some goods turn up, and how long Amazon waits for what does not.
_FOUND_AFTER = 14 * times.DAY
_PATIENCE = 21 * times.DAY
ACTIONS = ("arrive", "receive", "lose", "find", "misload", "appoint")


def plan(connection: sqlite3.Connection, world: World, asn: Asn, at: int) -> None:
    """Plan what becomes of a notice's goods. From now on its orders receive what notices bring, and nothing by itself."""
    name = f"asn:{asn.id}"
    connection.execute("DELETE FROM event WHERE world = ? AND number = ?", (world.name, name))
    for number in asn.orders:
        connection.execute(
            "DELETE FROM event WHERE world = ? AND number = ? "
            "AND json_extract(action, '$.do') IN ('receive', 'expire', 'close')",
            (world.name, number),
        )
    if not world.settings.has_life:
        return
    settings = world.settings
    arrival = max(at, asn.appointment_at or asn.expected_at)
    first = arrival + int(settings.receive_delay_seconds * 1000)
    moments = [
        first + int(part * settings.receive_part_seconds * 1000) for part in range(max(settings.receive_parts, 1))
    ]
    step = {"do": "asn", "asn": asn.id}
    bookings = [
        Planned(due, 1, {**step, "step": "book", "parts_left": len(moments) - turn}) for turn, due in enumerate(moments)
    ]
    orders_table.plan(connection, world.name, name, [Planned(arrival, 0, {**step, "step": "arrive"}), *bookings])
    for number in asn.orders:
        given_up = Planned(moments[-1] + _PATIENCE, 9, {"do": "expire"})
        orders_table.plan(connection, world.name, number, [given_up])


def happen(connection: sqlite3.Connection, world: World, action: Action, at: int) -> None:
    """A planned step: a part is booked in with its chances, or something is done as by hand."""
    asn = asn_table.get(connection, world.name, action["asn"])
    if action["step"] == "book":
        _book_part(connection, world, asn, action["parts_left"], at)
        asn_table.save(connection, world.name, asn)
    else:
        act(connection, world, asn.id, {**action, "do": action["step"]}, at)


def act(connection: sqlite3.Connection, world: World, asn_id: int, action: Action, at: int) -> Asn:
    """Do one thing to a shipment. Raises LookupError when there is none, ImpossibleError when it makes no sense."""
    asn = asn_table.get(connection, world.name, asn_id)
    do = action["do"]
    if do == "arrive":
        if asn.arrived_at is not None:
            raise ImpossibleError(f"Shipment {asn.identifier} has arrived.")
        _arrive(connection, world, asn, at)
    elif do == "appoint":
        _appoint(connection, world, asn, action, at)
    elif do == "receive":
        _receive(connection, world, asn, action, at)
    elif do == "lose":
        _arrive(connection, world, asn, at)
        _miss(_chosen(asn, action, EXPECTED, at), at)
    elif do == "find":
        cartons = _chosen(asn, action, MISSING, at)
        _book(connection, world, asn, cartons, at)
    elif do == "misload":
        _arrive(connection, world, asn, at)
        _misload(connection, world, asn, action, at)
    else:
        raise ImpossibleError(f"Unknown action {do!r}; known are {', '.join(ACTIONS)}.")
    asn_table.save(connection, world.name, asn)
    return asn


# -- steps -------------------------------------------------------------------------------------------------------------


def _arrive(connection: sqlite3.Connection, world: World, asn: Asn, at: int) -> None:
    if asn.arrived_at is None:
        asn.arrived_at = at
        pickups.mark_delivered(connection, world, asn.arn, at)


def _appoint(connection: sqlite3.Connection, world: World, asn: Asn, action: Action, at: int) -> None:
    if asn.arrived_at is not None:
        raise ImpossibleError(f"Shipment {asn.identifier} has arrived.")
    asn.appointment_at = times.parse(str(action.get("starts_at", "")))
    if asn.is_late and not any(defect.code == "LATE" for defect in asn.defects):
        asn.defects.append(Defect(at, "LATE"))
    plan(connection, world, asn, at)


def _receive(connection: sqlite3.Connection, world: World, asn: Asn, action: Action, at: int) -> None:
    """Book in the `cartons` named by their labels, or all; `eaches` of a single one, the rest of which is not in it."""
    _arrive(connection, world, asn, at)
    cartons = _chosen(asn, action, EXPECTED, at)
    eaches = action.get("eaches")
    if eaches not in (None, ""):
        if len(cartons) != 1:
            raise ImpossibleError("eaches are those of one carton; name it.")
        _book_less(connection, world, asn, cartons[0], int(str(eaches)), at)
    else:
        _book(connection, world, asn, cartons, at)


def _misload(connection: sqlite3.Connection, world: World, asn: Asn, action: Action, at: int) -> None:
    """Book the `cartons` named, or all, to another order of the truck: to `order` and `line`, or where it seems right."""
    truck = _on_truck(connection, world, asn)
    named = str(action.get("order") or "")
    others = [orders_table.get(connection, world.name, named)] if named else truck
    wrong: list[Content] = []
    for carton in _chosen(asn, action, EXPECTED, at):
        wrong += _misbook(asn, carton, truck, others, str(action.get("line") or ""), at)
    _enter(connection, world, asn, wrong, at)


def _chosen(asn: Asn, action: Action, state: str, at: int) -> list[Carton]:
    """The cartons in that state that the action names by label (a pallet's stands for all on it), or all of them.

    A label that the notice does not know is a defect: what stands on the dock is not what was announced.
    """
    named = action.get("cartons")
    if named in (None, ""):
        chosen = asn.waiting(state)
        if not chosen:
            raise ImpossibleError(f"No carton of shipment {asn.identifier} is {state}.")
        return chosen
    if not isinstance(named, list):
        named = str(named).split()
    places: dict[str, list[Carton]] = {}
    for carton in asn.cartons:
        for code in carton.codes:
            places.setdefault(code, []).append(carton)
    for place, codes in enumerate(asn.pallets, start=1):
        for code in codes:
            places[code] = [carton for carton in asn.cartons if carton.pallet == str(place)]
    chosen = []
    for entry in named:
        label = str(entry).strip()
        code = f"00{label}" if len(label) == 18 and label.isdigit() else label
        if code not in places:
            asn.defects.append(Defect(at, "LABEL_NOT_IN_ASN", label))
        chosen += [carton for carton in places.get(code, []) if carton.state == state and carton not in chosen]
    return chosen


def _miss(cartons: Iterable[Carton], at: int) -> None:
    for carton in cartons:
        carton.state, carton.at = MISSING, at


def _book(connection: sqlite3.Connection, world: World, asn: Asn, cartons: Sequence[Carton], at: int) -> None:
    """The cartons are in; their orders show it."""
    for carton in cartons:
        carton.state, carton.at = RECEIVED, at
    _enter(connection, world, asn, [content for carton in cartons for content in carton.contents], at)


def _book_less(connection: sqlite3.Connection, world: World, asn: Asn, carton: Carton, eaches: int, at: int) -> None:
    """A carton that holds less than was said: what is in it is booked, the rest is missing under the same label."""
    inside: list[Content] = []
    rest: list[Content] = []
    for content in carton.contents:
        taken = min(max(eaches, 0), content.eaches)
        eaches -= taken
        for part, amount in ((inside, taken), (rest, content.eaches - taken)):
            if amount:
                part.append(Content(content.order, content.line, amount, content.lot, content.expiry))
    if not inside or not rest:
        raise ImpossibleError("eaches are more than none of the carton's and fewer than all.")
    left = Carton(carton.sequence, carton.codes, carton.pallet, carton.tracking, rest, MISSING, at)
    asn.cartons.insert(asn.cartons.index(carton) + 1, left)
    carton.contents = inside
    asn.defects.append(Defect(at, "CONTENT_MISMATCH", f"carton {carton.sequence}"))
    _book(connection, world, asn, [carton], at)


def _enter(connection: sqlite3.Connection, world: World, asn: Asn, contents: Iterable[Content], at: int) -> None:
    """Book the contents to the orders and lines that they name."""
    orders: dict[str, Order] = {}
    for (number, sequence), eaches in sorted(sum_contents(contents).items()):
        if number not in orders:
            orders[number] = orders_table.get(connection, world.name, number)
        life.apply(world, orders[number], {"do": "receive", "line": sequence, "eaches": eaches, "asn": asn.id}, at)
    orders_table.save(connection, world.name, orders.values())


def _on_truck(connection: sqlite3.Connection, world: World, asn: Asn) -> list[Order]:
    """The orders of the shipment and of those with the same bill of lading to the same place."""
    asns = asn_table.list_all(connection, world.name) if asn.bol else [asn]
    along = [other for other in asns if (other.bol, other.centre) == (asn.bol, asn.centre)]
    numbers = sorted({number for other in along for number in other.orders})
    return [orders_table.get(connection, world.name, number) for number in numbers]


def _misbook(
    asn: Asn, carton: Carton, truck: Sequence[Order], others: Sequence[Order], line: str, at: int
) -> list[Content]:
    """What the dock takes a carton's goods for: a line of the others, of the same product if there is one.

    Raises ImpossibleError where there is no other order.
    """
    products = {(order.number, each.sequence): each.asin for order in truck for each in order.lines}
    wrong = []
    for content in carton.contents:
        asin = products.get((content.order, content.line))
        lines = [
            (order.number, each)
            for order in others
            if order.number != content.order
            for each in order.lines
            if line in ("", each.sequence)
        ]
        if not lines:
            raise ImpossibleError(f"There is no other order on the truck of shipment {asn.identifier}.")
        number, taken_for = next((pair for pair in lines if pair[1].asin == asin), lines[0])
        wrong.append(Content(number, taken_for.sequence, content.eaches, content.lot, content.expiry))
        where = f"{content.order} line {content.line} on {number} line {taken_for.sequence}"
        asn.defects.append(Defect(at, "BOOKED_ELSEWHERE", f"carton {carton.sequence}: {where}"))
    carton.state, carton.at = RECEIVED, at
    return wrong


def _book_part(connection: sqlite3.Connection, world: World, asn: Asn, parts_left: int, at: int) -> None:
    """Book in a part of what is still expected. Each carton may be lost, to turn up later or never, or misbooked."""
    _arrive(connection, world, asn, at)
    settings = world.settings
    truck = _on_truck(connection, world, asn) if settings.misload_share else []
    waiting = asn.waiting()
    booked: list[Content] = []
    found_later: list[str] = []
    for carton in waiting[: -(-len(waiting) // parts_left)]:
        rng = rng_for(world, f"dock:{asn.identifier}:{carton.sequence}")
        is_lost, turns_up, is_misbooked = rng.random(), rng.random(), rng.random()
        if is_lost < settings.receive_loss_share:
            _miss([carton], at)
            if turns_up < settings.found_later_share:
                found_later += carton.codes[:1]
        elif is_misbooked < settings.misload_share and len(truck) > 1:
            booked += _misbook(asn, carton, truck, truck, "", at)
        else:
            carton.state, carton.at = RECEIVED, at
            booked += carton.contents
    _enter(connection, world, asn, booked, at)
    if found_later:
        action = {"do": "asn", "asn": asn.id, "step": "find", "cartons": found_later}
        orders_table.plan(connection, world.name, f"asn:{asn.id}", [Planned(at + _FOUND_AFTER, 2, action)])
