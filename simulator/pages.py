"""The control page: what the control API does, for a browser. Works without JavaScript: forms, then a redirect."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from simulator import control, order_page, pickups, receiving, shipment_pages, world_page
from simulator.amazon import Amazon
from simulator.control import Body
from simulator.frame import Frame
from simulator.html import Html, join, tag
from simulator.http import Request, Response, html_response, redirect
from simulator.life import ImpossibleError
from simulator.marketplaces import MARKETPLACES

_CSS = (Path(__file__).parent / "simulator.css").read_bytes()
_SAFETY = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
]


def answer(amazon: Amazon, request: Request) -> Response:
    """The answer to any request that is neither Amazon's side nor the control API."""
    if request.path == "/style.css":
        return Response(200, _CSS, "text/css; charset=utf-8", [("Cache-Control", "max-age=300")])
    response = _answer(amazon, request, Frame(request))
    response.headers += _SAFETY
    if (language := request.parameter("lang")) in ("en", "zh"):
        response.headers.append(("Set-Cookie", f"simulator_lang={language}; Path=/; SameSite=Lax; Max-Age=31536000"))
    return response


def _answer(amazon: Amazon, request: Request, frame: Frame) -> Response:
    if request.path == "/sign-in" and request.method == "POST":
        token = quote(request.form().get("token", ""), safe="")
        response = redirect("/")
        response.headers.append(
            ("Set-Cookie", f"simulator_token={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=86400")
        )
        return response
    if control.refuse_stranger(amazon, request):
        return html_response(frame.page(frame.text("title"), _sign_in(frame)), 403)
    try:
        try:
            return _act(amazon, request) if request.method == "POST" else _show(amazon, request, frame)
        except (control.RefusedError, ImpossibleError, ValueError) as error:
            # Back where the form was, with the reason above it and nothing done.
            back = frame.at(_page_of(request), str(error))
            shown = _show(amazon, back.request, back)
            shown.status = 409
            return shown
    except LookupError:
        return html_response(frame.page(frame.text("title"), tag("p", frame.text("not_found"))), 404)


def _page_of(request: Request) -> str:
    """The page that a form's address belongs to."""
    found = re.match(r"/worlds/([^/]+)/", request.path)
    if found is None:
        return "/"
    form = request.form()
    for name, kind in (("page", "orders"), ("asn", "asns"), ("pickup", "pickups")):
        if named := form.get(name):
            # Quoted: what a form says must not end up as a header of its own.
            return f"/worlds/{found[1]}/{kind}/{quote(named, safe='')}"
    return f"/worlds/{found[1]}"


def _show(amazon: Amazon, request: Request, frame: Frame) -> Response:
    if request.path == "/":
        return html_response(frame.page(frame.text("title"), _worlds(amazon, frame)))
    if found := re.fullmatch("/worlds/([^/]+)", request.path):
        return html_response(frame.page(found[1], world_page.show(amazon, frame, found[1])))
    if found := re.fullmatch("/worlds/([^/]+)/orders/([^/]+)", request.path):
        return html_response(frame.page(found[2], order_page.show(amazon, frame, found[1], found[2])))
    if found := re.fullmatch(r"/worlds/([^/]+)/(asns|pickups)/(\d{1,12})", request.path):
        show = shipment_pages.show_asn if found[2] == "asns" else shipment_pages.show_pickup
        return html_response(frame.page(*show(amazon, frame, found[1], found[3])))
    raise LookupError(request.path)


# -- what the forms do -------------------------------------------------------------------------------------------------


def _act(amazon: Amazon, request: Request) -> Response:
    form: Body = dict(request.form())
    if request.path == "/worlds":
        settings = {"orders": int(form["orders"])} if str(form.get("orders", "")).isdigit() else {}
        made = control.create_world(amazon, {**form, "settings": settings})
        return _done(f"/worlds/{made['name']}", "world", made["name"])
    found = re.fullmatch("/worlds/([^/]+)/([a-z-]+)", request.path)
    if found is None or found[2] not in _ACTIONS:
        raise LookupError(request.path)
    said, about = _ACTIONS[found[2]](amazon, form, found[1])
    return _done("/" if found[2] == "delete" else _page_of(request), said, about)


def _done(page: str, said: str, about: str = "") -> Response:
    return redirect(f"{page}?{urlencode({'said': said, 'about': about})}")


Said = tuple[str, str]


def _make(amazon: Amazon, form: Body, name: str) -> Said:
    return "make", str(len(control.make_orders(amazon, form, name)["numbers"]))


def _on_order(do: str) -> Callable[[Amazon, Body, str], Said]:
    def act(amazon: Amazon, form: Body, name: str) -> Said:
        values = {key: value for key, value in form.items() if value != "" and key != "page"}
        return "order", str(control.act_on_one(amazon, values, name, do)["number"])

    return act


def _on_asn(do: str) -> Callable[[Amazon, Body, str], Said]:
    def act(amazon: Amazon, form: Body, name: str) -> Said:
        return "order", str(control.act_on_asn(amazon, form, name, form["asn"], do)["identifier"])

    return act


def _on_pickup(do: str) -> Callable[[Amazon, Body, str], Said]:
    def act(amazon: Amazon, form: Body, name: str) -> Said:
        return "order", str(control.act_on_pickup(amazon, form, name, form["pickup"], do)["identifier"])

    return act


def _arrange(amazon: Amazon, form: Body, name: str) -> Said:
    return "pickup", str(control.arrange_pickup(amazon, {"orders": [form["number"]]}, name)["arn"])


def _refuse_asn(amazon: Amazon, _form: Body, name: str) -> Said:
    control.add_fault(amazon, {"kind": "refused", "operation": "SubmitShipmentConfirmations"}, name)
    return "done", ""


def _quietly(action: Callable[[Amazon, Body, str], object]) -> Callable[[Amazon, Body, str], Said]:
    def act(amazon: Amazon, form: Body, name: str) -> Said:
        action(amazon, form, name)
        return "done", ""

    return act


def _add_fault(amazon: Amazon, form: Body, name: str) -> Said:
    values = {key: form[key] for key in ("kind", "operation") if form.get(key)}
    params = {"seconds": float(form["seconds"])} if form.get("seconds") else {}
    control.add_fault(amazon, {**values, "times": form.get("times") or None, "params": params}, name)
    return "done", ""


def _save_settings(amazon: Amazon, form: Body, name: str) -> Said:
    values: Body = {name: name in form for name in world_page.SWITCHES}
    for setting, convert in world_page.NUMBERS.items():
        if form.get(setting):
            values[setting] = convert(form[setting])
    control.configure(amazon, values, name)
    return "done", ""


def _code(amazon: Amazon, form: Body, name: str) -> Said:
    return "code", str(control.issue_code(amazon, form, name)["code"])


_ACTIONS: dict[str, Callable[[Amazon, Body, str], Said]] = {
    "make": _make,
    **{do: _on_order(do) for do in control.ORDER_ACTIONS},
    **{f"asn-{do}": _on_asn(do) for do in receiving.ACTIONS},
    **{f"pickup-{do}": _on_pickup(do) for do in pickups.ACTIONS},
    "arrange": _arrange,
    "refuse-asn": _refuse_asn,
    "throttle": _quietly(control.throttle),
    "revoke": _quietly(control.revoke),
    "authorize": _quietly(control.authorize),
    "expire-tokens": _quietly(control.expire_tokens),
    "code": _code,
    "fault": _add_fault,
    "fault-remove": _quietly(lambda amazon, form, name: control.remove_fault(amazon, form, name, str(form["fault"]))),
    "faults-clear": _quietly(control.clear_faults),
    "clock": _quietly(control.set_clock),
    "settings": _save_settings,
    "requests-clear": _quietly(control.clear_requests),
    "reset": _quietly(control.reset),
    "delete": _quietly(control.delete_world),
}


# -- the first page ----------------------------------------------------------------------------------------------------


def _worlds(amazon: Amazon, frame: Frame) -> Html:
    text = frame.text
    worlds = [control.describe_world(amazon, world) for world in amazon.worlds()]
    rows = [
        tag(
            "tr",
            tag("td", tag("a", world["name"], href=f"/worlds/{world['name']}")),
            tag("td", f"{world['marketplace']} · {world['region']}"),
            tag("td", ", ".join(world["vendor_codes"])),
            tag("td", sum(world["orders"].values()), class_="number"),
            tag("td", frame.time(world["now"])),
            tag("td", tag("code", world["client_id"])),
        )
        for world in worlds
    ]
    heads = [text(name) for name in ("name", "marketplace", "vendor_codes")]
    table = tag(
        "table",
        tag(
            "tr",
            [tag("th", head) for head in heads],
            tag("th", text("orders"), class_="number"),
            tag("th", text("clock")),
            tag("th", text("client_id")),
        ),
        rows,
    )
    host = frame.request.headers.get("host", "")
    how = tag(
        "section",
        tag("h2", text("how")),
        tag("p", text("how_text")),
        tag(
            "dl",
            tag("dt", text("api_url")),
            tag("dd", tag("code", f"http://{host}")),
            tag("dt", text("token_url")),
            tag("dd", tag("code", f"http://{host}/auth/o2/token")),
        ),
        class_="card",
    )
    countries = [(country, f"{country} · {market.currency}") for country, market in sorted(MARKETPLACES.items())]
    new = tag(
        "section",
        tag("h2", text("new_world")),
        frame.form(
            "/worlds",
            tag(
                "div",
                frame.field("name", text("name"), help_=text("name_help"), pattern="[a-z0-9_-]{1,60}", required=True),
                frame.select("marketplace", text("marketplace"), [("", text("by_name")), *countries]),
                frame.field("orders", text("orders_count"), value=amazon.defaults.orders, type_="number", min_=0),
                class_="fields",
            ),
            frame.button(text("create"), class_="primary"),
        ),
        class_="card",
    )
    body = tag("div", table, class_="scroll") if worlds else tag("p", text("no_worlds"), class_="muted")
    listed = tag("section", tag("h2", text("worlds")), body, class_="card")
    return join(
        tag("h1", text("title")),
        tag("p", text("intro"), class_="muted"),
        tag("div", tag("div", listed, class_="stack"), tag("div", new, how, class_="stack"), class_="grid"),
    )


def _sign_in(frame: Frame) -> Html:
    field = frame.field("token", frame.text("token"), type_="password", required=True)
    form = frame.form("/sign-in", field, tag("p"), frame.button(frame.text("sign_in"), class_="primary"))
    return tag("section", tag("p", frame.text("token_needed")), form, class_="card")
