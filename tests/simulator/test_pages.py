"""The control page: plain forms that work without JavaScript, in two languages, safe from what others may write."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import requests

from simulator import texts
from simulator.asn import DEFECTS
from simulator.faults import KINDS
from simulator.html import tag
from tests.simulator.client import ORDERS, Client
from tests.simulator.documents import acknowledgement
from tests.simulator.shipments import acknowledged, confirmation, instant, pickup_request
from tests.support.simulator import STILL, RunningSimulator, World, running_simulator


class _Page(HTMLParser):
    """Collects what a page offers: its forms with the first value each field would send, its links, its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attributes}
        self.tags.append(name)
        self.attributes += values
        if name == "form":
            self.forms.append((values["action"], {}))
        elif name == "select":
            self._select = values["name"]
        elif name == "option" and self._select:
            self.forms[-1][1].setdefault(self._select, values["value"])
        elif name == "input" and self.forms and "name" in values and values.get("type") != "checkbox":
            self.forms[-1][1][values["name"]] = values.get("value", "")


def page(simulator: RunningSimulator, path: str, **headers: str) -> str:
    answer = requests.get(f"{simulator.url}{path}", headers=headers, timeout=10)
    assert answer.status_code == 200
    return answer.text


def test_each_page_speaks_both_languages_and_names_the_simulator(world: World) -> None:
    number = world.make_orders(1)[0]

    for path in ("/", f"/worlds/{world.name}", f"/worlds/{world.name}/orders/{number}"):
        english = page(world.simulator, path, **{"Accept-Language": "en-GB"})
        chinese = page(world.simulator, path, **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
        assert 'lang="en"' in english
        assert texts.TEXTS["en"]["ribbon"] in english
        assert 'lang="zh-Hans"' in chinese
        assert texts.TEXTS["zh"]["ribbon"] in chinese
        assert texts.TEXTS["zh"]["ribbon"] in page(world.simulator, f"{path}?lang=zh")


def test_words_exist_in_both_languages() -> None:
    assert set(texts.TEXTS["en"]) == set(texts.TEXTS["zh"])
    assert set(texts.FAULTS_ZH) == {kind for kind in KINDS if not kind.startswith("lwa_")}
    assert set(texts.DEFECTS_ZH) == set(DEFECTS)
    for code, text in texts.TEXTS["en"].items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", texts.TEXTS["zh"][code]), code


def test_no_page_needs_a_script(world: World) -> None:
    number = world.make_orders(1)[0]

    for path in ("/", f"/worlds/{world.name}", f"/worlds/{world.name}/orders/{number}"):
        answer = requests.get(f"{world.simulator.url}{path}", timeout=10)
        found = _Page(answer.text)
        assert not {"script", "style"} & set(found.tags)
        assert not [name for name in found.attributes if name.startswith("on") or name == "style"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    style = requests.get(f"{world.simulator.url}/style.css", timeout=10)
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "prefers-color-scheme: dark" in style.text


def test_every_form_of_a_world_works_as_it_stands(make_world: Callable[..., World]) -> None:
    """Press each button once, with what the fields hold, and come back to a page that says so."""
    world = make_world(settings={"orders": 12})
    client = Client(world)
    for number in world.make_orders(4):
        client.acknowledge(acknowledgement(world.order(number)["document"]))
    client.get(ORDERS)
    forms = _Page(page(world.simulator, f"/worlds/{world.name}")).forms
    assert len(forms) > 15

    for action, fields in sorted(forms, key=lambda form: form[0].endswith(("/reset", "/delete"))):
        fields.setdefault("times", "")
        answer = requests.post(f"{world.simulator.url}{action}", data=fields, timeout=10)
        assert answer.history[0].status_code == 303, (action, answer.text)
        assert answer.status_code == 200, action
        assert 'role="status"' in answer.text, action


def test_an_order_is_changed_on_its_own_page(world: World) -> None:
    number = world.make_orders(1, lines=2)[0]
    form = {"number": number, "page": number, "change": "quantity", "line": "1", "amount": "123"}

    answer = requests.post(f"{world.simulator.url}/worlds/{world.name}/change", data=form, timeout=10)

    assert f"/worlds/{world.name}/orders/{number}" in answer.url
    assert world.order(number)["items"][0]["ordered"] == 123


def test_shipments_and_pickups_have_pages(world: World) -> None:
    client = Client(world)
    collect, prepaid = acknowledged(world, client, freight="collect"), acknowledged(world, client)
    client.request_pickup(pickup_request(collect))
    client.confirm(confirmation(prepaid, identifier="S <1>", shippedDate=instant(hours=2)))
    asn, pickup = world.shipments()[0], world.pickups()[0]

    for path in ("", f"/asns/{asn['id']}", f"/pickups/{pickup['id']}"):
        for language in ("en", "zh"):
            found = page(world.simulator, f"/worlds/{world.name}{path}?lang={language}")
            assert not {"script", "style"} & set(_Page(found).tags)
            assert "S &lt;1&gt;" in found or path.startswith("/pickups")
        assert (pickup["arn"] in found) != path.startswith("/asns")
    # Each button once; where it makes no sense any more, the page says why.
    for place in (f"/asns/{asn['id']}", f"/pickups/{pickup['id']}"):
        for action, fields in _Page(page(world.simulator, f"/worlds/{world.name}{place}")).forms:
            answer = requests.post(f"{world.simulator.url}{action}", data=fields, timeout=10)
            assert answer.status_code in (200, 409), action
            assert 'role="status"' in answer.text or 'role="alert"' in answer.text
            assert (
                f"<h1>{asn['identifier'].replace('<', '&lt;').replace('>', '&gt;')}" in answer.text
                or "P-" in answer.text
            )
    assert world.shipments()[0]["state"] == "RECEIVED"
    assert world.pickups()[0]["state"] == "Cancelled"


def test_a_pickup_is_asked_for_on_the_orders_page(world: World) -> None:
    order = acknowledged(world, Client(world), freight="collect")
    number = order["purchaseOrderNumber"]

    answer = requests.post(
        f"{world.simulator.url}/worlds/{world.name}/arrange", data={"number": number, "page": number}, timeout=10
    )

    [pickup] = world.pickups(order=number)
    assert texts.TEXTS["en"]["said_pickup"].format(about=pickup["arn"]) in answer.text


def test_refusals_come_back_to_the_page_with_the_reason(world: World) -> None:
    number = world.make_orders(1)[0]
    form = {"number": number, "page": number, "change": "quantity", "line": "99"}

    answer = requests.post(f"{world.simulator.url}/worlds/{world.name}/change", data=form, timeout=10)

    assert answer.status_code == 409
    assert f"{number} has no line 99." in answer.text
    assert f"<h1>{number}" in answer.text


def test_a_refusal_on_a_page_that_is_not_there_is_404(world: World) -> None:
    form = {"page": "0MISSING", "change": "colour"}

    answer = requests.post(f"{world.simulator.url}/worlds/{world.name}/change", data=form, timeout=10)

    assert answer.status_code == 404


def test_a_world_is_made_in_the_browser(simulator: RunningSimulator) -> None:
    form = {"name": "made-in-browser", "marketplace": "JP", "orders": "5"}

    answer = requests.post(f"{simulator.url}/worlds", data=form, timeout=10)

    assert "JP · FE · JPY" in answer.text
    assert sum(simulator.world("made-in-browser").get()["orders"].values()) == 5


@pytest.mark.parametrize(
    "path", ["/nowhere", "/worlds/nowhere", "/worlds/nowhere/orders/12345678", "/worlds/nowhere/asns/1"]
)
def test_missing_pages_are_404_pages(simulator: RunningSimulator, path: str) -> None:
    answer = requests.get(f"{simulator.url}{path}", timeout=10)

    assert answer.status_code == 404
    assert texts.TEXTS["en"]["not_found"] in answer.text


def test_what_others_write_is_text(world: World) -> None:
    Client(world).get(ORDERS, limit="<script>alert(1)</script>")

    found = page(world.simulator, f"/worlds/{world.name}?said=make&about=<script>1</script>")

    assert "<script" not in found
    assert str(tag("a", '<"&', title='"><')) == '<a title="&quot;&gt;&lt;">&lt;&quot;&amp;</a>'


def test_a_form_cannot_write_headers(world: World) -> None:
    number = world.make_orders(1)[0]

    for page_name in ("x\r\nSet-Cookie: a=b", "中文"):
        answer = requests.post(
            f"{world.simulator.url}/worlds/{world.name}/change",
            data={"number": number, "page": page_name, "change": "window"},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 303
        assert "Set-Cookie" not in answer.headers


def test_a_form_of_another_site_does_nothing(world: World) -> None:
    answer = requests.post(
        f"{world.simulator.url}/worlds/{world.name}/make",
        data={"count": "3"},
        headers={"Origin": "https://evil.example"},
        timeout=10,
    )

    assert answer.status_code == 403
    assert world.get("orders")["total"] == 0


def test_a_protected_page_asks_for_the_token() -> None:
    with running_simulator(STILL, control_token="open; sesame") as simulator:
        browser = requests.Session()

        assert browser.get(simulator.url, timeout=10).status_code == 403
        assert browser.post(f"{simulator.url}/sign-in", data={"token": "wrong"}, timeout=10).status_code == 403
        assert browser.post(f"{simulator.url}/sign-in", data={"token": "open; sesame"}, timeout=10).status_code == 200
