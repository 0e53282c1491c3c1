"""One order in the browser: Amazon's view of it, line by line."""

from __future__ import annotations

from typing import Any

from simulator import control
from simulator.amazon import Amazon
from simulator.frame import Frame, card
from simulator.html import Html, join, tag
from simulator.life import CHANGES

_BUTTONS = ("cancel", "restore", "receive", "close", "lapse", "expire")
_NUMBERS = ("ordered", "cancelled", "accepted", "rejected", "received")


def show(amazon: Amazon, frame: Frame, name: str, number: str) -> Html:
    """The page's body. Raises LookupError when there is no such order."""
    text = frame.text
    order = control.describe_order(control.find_order(amazon, name, number))
    base = f"/worlds/{name}"
    head = join(
        tag("p", tag("a", f"← {text('back')}", href=base)),
        tag(
            "h1",
            number,
            tag("small", frame.badge("state", order["state"]), " ", frame.badge("status", order["status"])),
        ),
    )
    facts = [
        ("type", order["type"]),
        ("vendor_code", order["vendor_code"]),
        ("centre", order["ship_to"]),
        ("ship_window", _window(frame, order["document"]["orderDetails"].get("shipWindow"))),
        ("delivery_window", _window(frame, order["document"]["orderDetails"].get("deliveryWindow"))),
        ("available", frame.time(order["available_at"])),
        ("changed", frame.time(order["changed_at"])),
    ]
    rows = [(tag("dt", text(label)), tag("dd", value or "·")) for label, value in facts]
    main = tag(
        "div",
        card(text("order"), tag("dl", rows)),
        card(text("order_lines"), tag("div", _lines(frame, order), class_="scroll")),
        _document(text("document"), order["document"]),
        _document(text("status_document"), order["status_document"]),
        class_="stack",
    )
    return join(head, tag("div", main, tag("div", _actions(frame, base, order), class_="stack"), class_="grid"))


def _lines(frame: Frame, order: dict[str, Any]) -> Html:
    text = frame.text
    heads = [
        tag("th", text("line")),
        tag("th", "ASIN / SKU"),
        tag("th", text("title_column")),
        tag("th", text("cost"), class_="number"),
        [tag("th", text(name), class_="number") for name in _NUMBERS],
        tag("th", text("confirmation")),
    ]
    return tag("table", tag("tr", heads), [_line(item, order["currency"]) for item in order["items"]])


def _line(item: dict[str, Any], currency: str) -> Html:
    ordered = f"{item['ordered_eaches']:,}"
    if item["unit"] == "Cases":
        ordered += f" ({item['ordered']} × {item['unit_size']})"
    others = [f"{item[f'{name}_eaches']:,}" for name in _NUMBERS[1:]]
    return tag(
        "tr",
        tag("td", item["sequence"]),
        tag("td", item["asin"], tag("br"), tag("span", item["sku"], class_="muted")),
        tag("td", item["title"], class_="wrap"),
        tag("td", f"{item['cost']} {currency}", class_="number"),
        [tag("td", value, class_="number") for value in (ordered, *others)],
        tag("td", item["confirmation"]),
    )


def _actions(frame: Frame, base: str, order: dict[str, Any]) -> Html:
    text, number = frame.text, order["number"]
    here = {"number": number, "page": number}
    lines = [("", "·"), *((item["sequence"], f"{item['sequence']} · {item['sku']}") for item in order["items"])]
    change = frame.form(
        f"{base}/change",
        [frame.hidden(name, value) for name, value in here.items()],
        tag(
            "div",
            frame.select("change", text("what"), [(name, text(f"change_{name}")) for name in CHANGES], wide=True),
            frame.select("line", text("line"), lines),
            frame.field("amount", text("amount"), type_="number", min_=0),
            class_="fields",
        ),
        frame.button(text("change_button"), class_="primary"),
    )
    whole = [
        frame.one_button(f"{base}/answer", text(f"do_{everything}_all"), **here, all=everything)
        for everything in ("accept", "reject")
    ]
    buttons = [*whole, *(frame.one_button(f"{base}/{do}", text(f"do_{do}"), **here) for do in _BUTTONS)]
    buttons.append(frame.one_button(f"{base}/arrange", text("arrange"), **here))
    return card(text("change_one"), change, tag("p"), tag("div", buttons, class_="buttons"))


def _window(frame: Frame, window: str | None) -> Html | None:
    return join(frame.time(window.partition("--")[0]), " – ", frame.time(window.partition("--")[2])) if window else None


def _document(title: str, document: object) -> Html:
    return tag("details", tag("summary", title), tag("pre", control.pretty(document)), class_="card")
