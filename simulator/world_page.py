"""One world in the browser: its orders and requests, and everything that can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from simulator import control, shipment_pages, texts, times
from simulator.amazon import Amazon
from simulator.faults import KINDS, TOKEN_OPERATION
from simulator.frame import Frame, card
from simulator.generation import FREIGHTS
from simulator.html import Html, join, tag
from simulator.life import CHANGES
from simulator.order import STATES
from simulator.plans import OFFICIAL

_PAGE = 25
_REQUESTS = 30
# The settings that the page offers, and how their text becomes a value: those of shipping apart, there are many.
_NUMBERS: dict[str, Callable[[str], float]] = {
    "arrivals_per_hour": float,
    "acknowledgement_delay_seconds": float,
    "transaction_delay_seconds": float,
    "token_seconds": int,
    "changed_share": float,
    "cancelled_share": float,
    "answered_elsewhere_share": float,
    "unshipped_share": float,
}
_SHIPPING_NUMBERS: dict[str, Callable[[str], float]] = {
    "shipment_delay_seconds": float,
    "reference_delay_seconds": float,
    "carrier_delay_seconds": float,
    "labels_missing_share": float,
    "receive_delay_seconds": float,
    "receive_parts": int,
    "receive_part_seconds": float,
    "receive_loss_share": float,
    "found_later_share": float,
    "misload_share": float,
}
NUMBERS = {**_NUMBERS, **_SHIPPING_NUMBERS}
SWITCHES = ("has_life", "receives_without_asn", "follows_changes", "follows_late_changes")


def show(amazon: Amazon, frame: Frame, name: str) -> Html:
    """The page's body. Raises LookupError when there is no such world."""
    found = control.find_world(amazon, name)
    amazon.advance(found)
    world = control.describe_world(amazon, found)
    base = f"/worlds/{name}"
    head = tag(
        "h1",
        name,
        tag("small", f"{world['marketplace']} · {world['region']} · {world['currency']}"),
    )
    main = tag(
        "div",
        _orders(amazon, frame, name, base),
        shipment_pages.shipments(amazon, frame, name, base),
        shipment_pages.pickups(amazon, frame, name, base),
        _requests(amazon, frame, name, base),
        class_="stack",
    )
    side = tag(
        "div",
        _make(frame, base),
        _change(frame, base),
        _time(frame, base, world),
        _faults(amazon, frame, name, base),
        _sign_in(frame, base, world),
        _plan(frame, base),
        _settings(frame, base, world),
        _danger(frame, base),
        class_="stack",
    )
    return join(head, tag("div", main, side, class_="grid"))


def _orders(amazon: Amazon, frame: Frame, name: str, base: str) -> Html:
    text = frame.text
    state = frame.request.parameter("state") or ""
    state = state if state in STATES else ""
    asked = frame.request.parameter("offset") or "0"
    offset = int(asked) if asked.isascii() and asked.isdigit() else 0
    listed = control.list_orders(amazon, {"state": state, "limit": _PAGE, "offset": offset}, name)
    tabs = [
        tag(
            "a",
            text(f"state_{choice}") if choice else text("all"),
            href=f"{base}?{urlencode({'state': choice})}",
            aria_current="page" if choice == state else None,
        )
        for choice in ("", *STATES)
    ]
    if not listed["orders"]:
        return card(text("orders"), tag("nav", tabs, class_="tabs"), tag("p", text("no_orders"), class_="muted"))
    heads = ["number", "state", "receiving", "type", "vendor_code", "centre"]
    table = tag(
        "table",
        tag(
            "tr",
            [tag("th", text(head)) for head in heads],
            [tag("th", text(head), class_="number") for head in ("lines", "eaches")],
            [tag("th", f"{text(head)} ({text('utc')})") for head in ("available", "changed")],
        ),
        [_order_row(frame, base, order) for order in listed["orders"]],
    )
    total = listed["total"]
    steps = [(offset - _PAGE, "newer", offset > 0), (offset + _PAGE, "older", offset + _PAGE < total)]
    links = [
        tag("a", text(label), href=f"{base}?{urlencode({'state': state, 'offset': max(target, 0)})}")
        for target, label, is_there in steps
        if is_there
    ]
    last = min(offset + _PAGE, total)
    foot = tag("div", tag("span", text("range", first=offset + 1, last=last, total=total)), links, class_="foot")
    return card(text("orders"), tag("nav", tabs, class_="tabs"), tag("div", table, class_="scroll"), foot)


def _order_row(frame: Frame, base: str, order: dict[str, Any]) -> Html:
    return tag(
        "tr",
        tag("td", tag("a", order["number"], href=f"{base}/orders/{order['number']}")),
        tag("td", frame.badge("state", order["state"])),
        tag("td", frame.badge("status", order["status"])),
        tag("td", order["type"]),
        tag("td", order["vendor_code"]),
        tag("td", order["ship_to"]),
        tag("td", order["lines"], class_="number"),
        tag("td", f"{order['ordered_eaches']:,}", class_="number"),
        tag("td", frame.time(order["available_at"])),
        tag("td", frame.time(order["changed_at"])),
    )


def _requests(amazon: Amazon, frame: Frame, name: str, base: str) -> Html:
    text = frame.text
    entries = amazon.log.latest(name, _REQUESTS)
    if not entries:
        return card(text("requests"), tag("p", text("no_requests"), class_="muted"))
    counts = [
        tag("span", f"{operation} {status or '×'}: {count}  ", class_="muted")
        for operation, statuses in amazon.log.counts(name).items()
        for status, count in statuses.items()
    ]
    rows = [
        tag(
            "tr",
            tag("td", frame.time(times.text(entry["at"] // 1000 * 1000))),
            tag("td", entry["operation"]),
            tag("td", tag("span", entry["status"] or "×", class_=f"badge {_tone(entry['status'])}")),
            tag("td", entry["milliseconds"], class_="number"),
            tag("td", entry["fault"]),
            tag("td", entry["query"], class_="query", title=entry["query"]),
        )
        for entry in entries
    ]
    heads = [
        tag("th", text("at")),
        tag("th", text("operation")),
        tag("th", text("answer")),
        tag("th", text("ms"), class_="number"),
        tag("th", text("fault")),
        tag("th", text("query")),
    ]
    clear = frame.one_button(f"{base}/requests-clear", text("clear"))
    table = tag("div", tag("table", tag("tr", heads), rows), class_="scroll")
    return card(text("requests"), tag("p", counts), table, tag("div", clear, class_="foot"))


def _tone(status: int) -> str:
    if 200 <= status < 300:
        return "green"
    return "amber" if status in (404, 429) else "red"


def _make(frame: Frame, base: str) -> Html:
    text = frame.text
    freights = [("", text("freight_any")), *((freight, text(f"freight_{freight}")) for freight in FREIGHTS)]
    fields = tag(
        "div",
        frame.field("count", text("count"), type_="number", value=20, min_=1, max_=1000),
        frame.field("lines", text("lines"), type_="number", min_=1, max_=1000),
        frame.select("freight", text("freight"), freights, wide=True),
        class_="fields",
    )
    return card(text("make"), frame.form(f"{base}/make", fields, frame.button(text("make_button"), class_="primary")))


def _change(frame: Frame, base: str) -> Html:
    text = frame.text
    changes = [(name, text(f"change_{name}")) for name in CHANGES]
    form = frame.form(
        f"{base}/change",
        tag(
            "div",
            frame.select("change", text("what"), changes, wide=True),
            frame.field("number", text("which"), wide=True, maxlength=8),
            class_="fields",
        ),
        frame.button(text("change_button")),
    )
    buttons = [frame.one_button(f"{base}/{do}", text(f"do_{do}")) for do in ("cancel", "receive", "close")]
    return card(
        text("change_one"),
        tag("p", text("change_help"), class_="help"),
        form,
        tag("p"),
        tag("div", buttons, class_="buttons"),
    )


def _time(frame: Frame, base: str, world: dict[str, Any]) -> Html:
    text = frame.text
    steps = (("advance_1h", 3600), ("advance_1d", 86_400), ("advance_7d", 604_800))
    buttons = [frame.one_button(f"{base}/clock", text(label), advance_seconds=seconds) for label, seconds in steps]
    rate = text("clock_rate", rate=f"{world['clock_rate']:g}")
    now = tag("p", frame.time(world["now"]), f" {text('utc')} · {rate}")
    return card(text("time_card"), now, tag("div", buttons, class_="buttons"))


def _faults(amazon: Amazon, frame: Frame, name: str, base: str) -> Html:
    text = frame.text
    listed = [
        tag(
            "div",
            tag("span", fault.kind, class_="badge red"),
            tag("span", fault.operation, class_="muted"),
            tag("span", text("left", times=fault.times) if fault.times else text("for_ever"), class_="muted"),
            frame.one_button(f"{base}/fault-remove", text("remove"), "plain", fault=fault.id),
            class_="buttons",
        )
        for fault in amazon.faults.list(name)
    ]
    kinds = [(kind, f"{kind}: {_meaning(frame, kind)}") for kind in KINDS]
    operations = [(operation, operation) for operation in (*OFFICIAL, TOKEN_OPERATION)]
    form = frame.form(
        f"{base}/fault",
        tag(
            "div",
            frame.select("kind", text("fault"), kinds, wide=True),
            frame.select("operation", text("operation"), [("", text("all_operations")), *operations], wide=True),
            frame.field("times", text("times"), type_="number", min_=1, value=1, help_=text("times_help")),
            frame.field("seconds", text("seconds"), type_="number", min_=0, step="any"),
            class_="fields",
        ),
        frame.button(text("add")),
    )
    return card(text("faults"), listed or tag("p", text("no_faults"), class_="muted"), tag("p"), form)


def _meaning(frame: Frame, kind: str) -> str:
    meaning = KINDS[kind].meaning
    return texts.FAULTS_ZH.get(kind, meaning) if frame.language == "zh" else meaning


def _sign_in(frame: Frame, base: str, world: dict[str, Any]) -> Html:
    text = frame.text
    names = ("client_id", "client_secret", "refresh_token")
    rows = [(tag("dt", text(name)), tag("dd", tag("code", world[name]))) for name in names]
    more = (
        (tag("dt", text("vendor_group")), tag("dd", tag("code", world["vendor_group"]))),
        (tag("dt", text("vendor_codes")), tag("dd", tag("code", ", ".join(world["vendor_codes"])))),
    )
    actions = ("expire-tokens", "revoke", "authorize", "code")
    buttons = [frame.one_button(f"{base}/{action}", text(action)) for action in actions]
    return card(text("sign_in_card"), tag("dl", rows, more), tag("p"), tag("div", buttons, class_="buttons"))


def _plan(frame: Frame, base: str) -> Html:
    text = frame.text
    operations = [("*", text("all_operations")), *((operation, operation) for operation in OFFICIAL)]
    form = frame.form(
        f"{base}/throttle",
        tag(
            "div",
            frame.select("operation", text("operation"), operations, wide=True),
            frame.field("rate", text("rate"), type_="number", min_=0, step="any"),
            frame.field("burst", text("burst"), type_="number", min_=1),
            class_="fields",
        ),
        frame.button(text("set")),
        tag("p", text("throttle_help"), class_="help"),
    )
    return card(text("throttle"), form)


def _settings(frame: Frame, base: str, world: dict[str, Any]) -> Html:
    text = frame.text

    def fields(names: Iterable[str]) -> Html:
        settings = world["settings"]
        found = [
            frame.field(
                name,
                text(f"setting_{name}"),
                wide=True,
                type_="number",
                min_=0,
                step="any",
                value=f"{settings[name]:g}",
            )
            for name in names
        ]
        return tag("div", found, class_="fields")

    switches = [
        tag(
            "label",
            tag("input", type_="checkbox", name=name, value="1", checked=world["settings"][name]),
            text(f"setting_{name}"),
            class_="check",
        )
        for name in SWITCHES
    ]
    return card(
        text("settings"),
        frame.form(
            f"{base}/settings",
            fields(_NUMBERS),
            switches,
            tag("details", tag("summary", text("settings_shipping")), fields(_SHIPPING_NUMBERS)),
            tag("p"),
            frame.button(text("save")),
        ),
    )


def _danger(frame: Frame, base: str) -> Html:
    text = frame.text
    buttons = [frame.one_button(f"{base}/{action}", text(action), "danger") for action in ("reset", "delete")]
    return tag(
        "details",
        tag("summary", text("danger")),
        tag("p", text("danger_text"), class_="help"),
        tag("div", buttons, class_="buttons"),
        class_="card",
    )
