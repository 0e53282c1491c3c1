"""Shipments and pickups in the browser: their lists on a world's page, and a page for each."""

from __future__ import annotations

from typing import Any

from simulator import control, texts
from simulator.amazon import Amazon
from simulator.frame import Frame, card
from simulator.html import Html, join, tag

_LATEST = 25
_ASN_BUTTONS = ("arrive", "receive", "lose", "find", "misload")
_PICKUP_BUTTONS = ("assign", "ship", "label", "cancel")


def shipments(amazon: Amazon, frame: Frame, name: str, base: str) -> Html:
    """The latest advance ship notices of a world."""
    text = frame.text
    listed = control.list_asns(amazon, {"limit": _LATEST}, name)["asns"]
    refuse = frame.one_button(f"{base}/refuse-asn", text("refuse_asn"))
    if not listed:
        return card(text("shipments"), tag("p", text("no_shipments"), class_="muted"), refuse)
    rows = [
        tag(
            "tr",
            tag("td", tag("a", asn["identifier"], href=f"{base}/asns/{asn['id']}")),
            tag("td", frame.badge("asn", asn["state"])),
            tag("td", asn["vendor_code"]),
            tag("td", asn["centre"]),
            [tag("td", value, class_="number") for value in (len(asn["orders"]), *_counts(asn))],
            tag("td", [_defect(frame, defect) for defect in asn["defects"]]),
            tag("td", frame.time(asn["posted_at"])),
        )
        for asn in listed
    ]
    heads = tag(
        "tr",
        [tag("th", text(head)) for head in ("shipment", "state", "vendor_code", "centre")],
        [tag("th", text(head), class_="number") for head in ("orders", "cartons", "received", "missing")],
        tag("th", text("defects")),
        tag("th", f"{text('posted')} ({text('utc')})"),
    )
    table = tag("div", tag("table", heads, rows), class_="scroll")
    return card(text("shipments"), table, tag("div", refuse, class_="foot"))


def pickups(amazon: Amazon, frame: Frame, name: str, base: str) -> Html | None:
    """The latest pickups of a world; nothing where none was asked for."""
    text = frame.text
    listed = control.list_pickups(amazon, {"limit": _LATEST}, name)["pickups"]
    if not listed:
        return None
    rows = [
        tag(
            "tr",
            tag("td", tag("a", pickup["identifier"], href=f"{base}/pickups/{pickup['id']}")),
            tag("td", frame.badge("pickup", pickup["state"])),
            tag("td", pickup["arn"]),
            tag("td", pickup["vendor_code"]),
            tag("td", pickup["centre"]),
            tag("td", len(pickup["orders"]), class_="number"),
            [tag("td", frame.time(pickup[at])) for at in ("created_at", "scheduled_at")],
        )
        for pickup in listed
    ]
    heads = tag(
        "tr",
        [tag("th", text(head)) for head in ("pickup", "state", "arn", "vendor_code", "centre")],
        tag("th", text("orders"), class_="number"),
        [tag("th", f"{text(head)} ({text('utc')})") for head in ("asked_for", "scheduled")],
    )
    return card(text("pickups"), tag("div", tag("table", heads, rows), class_="scroll"))


def show_asn(amazon: Amazon, frame: Frame, name: str, asn_id: str) -> tuple[str, Html]:
    """The page's title and body. Raises LookupError when there is no such shipment."""
    text, base = frame.text, f"/worlds/{name}"
    asn = control.show_asn(amazon, {}, name, asn_id)
    facts = [
        ("vendor_code", asn["vendor_code"]),
        ("centre", asn["centre"]),
        ("orders", _order_links(base, asn["orders"])),
        ("structure", f"{asn['mode']} · {asn['structure']}"),
        ("references", " · ".join(asn[key] for key in ("bol", "pro", "scac", "arn") if asn[key])),
        ("versions", asn["versions"]),
        *((key, frame.time(asn[f"{key}_at"])) for key in ("posted", "shipped", "expected", "appointment", "arrived")),
    ]
    cartons = [
        tag(
            "tr",
            tag("td", carton["sequence"]),
            tag("td", frame.badge("carton", carton["state"])),
            tag("td", [tag("code", code) for code in carton["codes"]]),
            tag("td", carton["pallet"]),
            tag("td", [tag("div", _content(content)) for content in carton["contents"]]),
            tag("td", frame.time(carton["at"])),
        )
        for carton in asn["cartons"]
    ]
    heads = [tag("th", text(head)) for head in ("carton", "state", "label", "pallet", "contents", "at")]
    defects = [
        tag(
            "p",
            _defect(frame, defect),
            " ",
            _message(frame, defect),
            " ",
            tag("span", defect["details"], class_="muted"),
        )
        for defect in asn["defects"]
    ]
    main = tag(
        "div",
        card(text("shipment"), _facts(frame, facts)),
        card(text("defects"), defects or tag("p", text("no_defects"), class_="muted")),
        card(text("cartons"), tag("div", tag("table", tag("tr", heads), cartons), class_="scroll")),
        _document(text("posted_document"), asn["document"]),
        class_="stack",
    )
    head = _head(frame, base, asn["identifier"], frame.badge("asn", asn["state"]))
    side = tag("div", _asn_actions(frame, base, asn), class_="stack")
    return asn["identifier"], join(head, tag("div", main, side, class_="grid"))


def _asn_actions(frame: Frame, base: str, asn: dict[str, Any]) -> Html:
    text = frame.text
    named = frame.form(
        f"{base}/asn-receive",
        frame.hidden("asn", asn["id"]),
        tag("p", frame.field("cartons", text("labels_scanned"), help_=text("labels_help"), required=True)),
        frame.button(text("asn_do_receive")),
    )
    starts_at = asn["appointment_at"] or asn["expected_at"]
    appoint = frame.form(
        f"{base}/asn-appoint",
        frame.hidden("asn", asn["id"]),
        tag("p", frame.field("starts_at", text("appointment"), value=starts_at, required=True)),
        frame.button(text("appoint")),
    )
    buttons = [frame.one_button(f"{base}/asn-{do}", text(f"asn_do_{do}"), asn=asn["id"]) for do in _ASN_BUTTONS]
    everything = tag("div", buttons, class_="buttons")
    return card(
        text("dock"), tag("p", text("dock_help"), class_="help"), everything, tag("p"), named, tag("p"), appoint
    )


def show_pickup(amazon: Amazon, frame: Frame, name: str, pickup_id: str) -> tuple[str, Html]:
    """The page's title and body. Raises LookupError when there is no such pickup."""
    text, base = frame.text, f"/worlds/{name}"
    pickup = control.show_pickup(amazon, {}, name, pickup_id)
    here = {"pickup": pickup["id"]}
    times = ("requested", "assigned", "scheduled", "expected", "shipped", "delivered", "labelled")
    facts = [
        ("arn", pickup["arn"]),
        ("vendor_code", pickup["vendor_code"]),
        ("centre", pickup["centre"]),
        ("orders", _order_links(base, pickup["orders"])),
        ("carrier", " · ".join(pickup[key] for key in ("carrier", "scac", "pro") if pickup[key])),
        ("asked_for", frame.time(pickup["created_at"])),
        *((key, frame.time(pickup[f"{key}_at"])) for key in times),
        ("is_shown", text("yes" if pickup["is_shown"] else "no")),
    ]
    appoint = frame.form(
        f"{base}/pickup-appoint",
        frame.hidden("pickup", pickup["id"]),
        tag("p", frame.field("pickup_at", text("scheduled"), value=pickup["scheduled_at"] or pickup["requested_at"])),
        tag("p", frame.field("delivery_at", text("expected"), value=pickup["expected_at"] or "")),
        frame.button(text("appoint")),
    )
    buttons = [frame.one_button(f"{base}/pickup-{do}", text(f"pickup_do_{do}"), **here) for do in _PICKUP_BUTTONS]
    side = card(text("carrier"), tag("div", buttons, class_="buttons"), tag("p"), appoint)
    main = tag(
        "div",
        card(text("pickup"), _facts(frame, facts)),
        _document(text("pickup_document"), pickup["document"]),
        class_="stack",
    )
    head = _head(frame, base, pickup["identifier"], frame.badge("pickup", pickup["state"]))
    body = join(head, tag("div", main, tag("div", side, class_="stack"), class_="grid"))
    return pickup["identifier"], body


# -- pieces ------------------------------------------------------------------------------------------------------------


def _head(frame: Frame, base: str, title: str, badge: Html) -> Html:
    back = tag("p", tag("a", f"← {frame.text('back')}", href=base))
    return join(back, tag("h1", title, tag("small", badge)))


def _facts(frame: Frame, facts: list[tuple[str, Any]]) -> Html:
    return tag("dl", [(tag("dt", frame.text(label)), tag("dd", value or "·")) for label, value in facts])


def _order_links(base: str, numbers: list[str]) -> Html:
    return join(*[join(tag("a", number, href=f"{base}/orders/{number}"), " ") for number in numbers])


def _counts(asn: dict[str, Any]) -> tuple[int, int, int]:
    """Cartons in all, received and missing."""
    states = [carton["state"] for carton in asn["cartons"]]
    return len(states), states.count("RECEIVED"), states.count("MISSING")


def _content(content: dict[str, Any]) -> str:
    lot = f" · {content['lot']} {content['expiry'][:10]}" if content["lot"] or content["expiry"] else ""
    return f"{content['eaches']:,} × {content['order']} / {content['line']}{lot}"


def _defect(frame: Frame, defect: dict[str, Any]) -> Html:
    return tag("span", defect["code"], class_="badge red", title=_message(frame, defect))


def _message(frame: Frame, defect: dict[str, Any]) -> str:
    message = str(defect["message"])
    return texts.DEFECTS_ZH.get(defect["code"], message) if frame.language == "zh" else message


def _document(title: str, document: object) -> Html:
    return tag("details", tag("summary", title), tag("pre", control.pretty(document)), class_="card")
