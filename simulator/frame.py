"""What all control pages have in common: language, frame, form fields."""

from __future__ import annotations

from dataclasses import replace

from simulator import texts
from simulator.html import Html, join, tag
from simulator.http import Request

_TONES = {
    "New": "amber",
    "Acknowledged": "blue",
    "Closed": "neutral",
    "OPEN": "blue",
    "CLOSED": "green",
    "ON_THE_WAY": "amber",
    "ARRIVED": "blue",
    "RECEIVING": "blue",
    "RECEIVED": "green",
    "EXPECTED": "neutral",
    "MISSING": "red",
    "TransportationRequested": "amber",
    "CarrierAssigned": "blue",
    "Shipped": "green",
}
_SAID = ("make", "world", "order", "done", "code", "pickup")


class Frame:
    """A page being made for one request."""

    def __init__(self, request: Request, refusal: str = "") -> None:
        self.request = request
        self._refusal = refusal
        self.language = texts.choose(
            request.parameter("lang") or "",
            request.cookie("simulator_lang"),
            request.headers.get("accept-language", ""),
        )

    def at(self, path: str, refusal: str) -> Frame:
        """The frame of another page, for the same reader, which opens with a refusal."""
        return Frame(replace(self.request, method="GET", path=path, query=[]), refusal)

    def text(self, code: str, **params: object) -> str:
        return texts.TEXTS[self.language][code].format(**params)

    def page(self, title: str, body: Html) -> str:
        head = tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", f"{title} · {self.text('title')}" if title != self.text("title") else title),
            tag("link", rel="stylesheet", href="/style.css"),
        )
        links = [
            tag("a", name, href=f"?lang={code}", lang=code, hreflang=code)
            for code, name in texts.LANGUAGES.items()
            if code != self.language
        ]
        document = tag(
            "html",
            head,
            tag(
                "body",
                tag("div", self.text("ribbon"), class_="ribbon"),
                tag("header", tag("a", self.text("title"), href="/", class_="brand"), tag("nav", links)),
                tag("main", self._notice(), body),
            ),
            lang="zh-Hans" if self.language == "zh" else "en",
        )
        return f"<!doctype html>{document}"

    def _notice(self) -> Html | None:
        if self._refusal:
            return tag("p", self.text("refused"), " ", self._refusal, class_="notice bad", role="alert")
        said = self.request.parameter("said")
        if said in _SAID:
            about = self.request.parameter("about") or ""
            return tag("p", self.text(f"said_{said}", about=about), class_="notice", role="status")
        return None

    def time(self, value: str | None) -> Html | str:
        """An instant to the minute, in UTC, exact on hover."""
        if not value:
            return ""
        return tag("time", f"{value[:10]} {value[11:16]}", datetime=value, title=f"{value} {self.text('utc')}")

    def badge(self, kind: str, value: str) -> Html:
        return tag("span", self.text(f"{kind}_{value}"), class_=f"badge {_TONES.get(value, 'neutral')}")

    # -- forms -------------------------------------------------------------------------------------------------------

    def form(self, action: str, *children: object, **attributes: object) -> Html:
        return tag("form", *children, method="post", action=action, **attributes)

    def hidden(self, name: str, value: object) -> Html:
        return tag("input", type_="hidden", name=name, value=value)

    def button(self, label: str, *, class_: str = "", name: str | None = None, value: object = None) -> Html:
        return tag("button", label, type_="submit", class_=class_ or None, name=name, value=value)

    def field(self, name: str, label: str, *, help_: str = "", wide: bool = False, **attributes: object) -> Html:
        attributes.setdefault("type_", "text")
        note = tag("span", help_, class_="help") if help_ else None
        return tag("label", label, tag("input", name=name, **attributes), note, class_="wide" if wide else None)

    def select(self, name: str, label: str, options: list[tuple[str, str]], *, wide: bool = False) -> Html:
        found = [tag("option", shown, value=value) for value, shown in options]
        return tag("label", label, tag("select", found, name=name), class_="wide" if wide else None)

    def one_button(self, action: str, label: str, class_: str = "", **hidden: object) -> Html:
        """A form that is one button."""
        fields = [self.hidden(name.rstrip("_"), value) for name, value in hidden.items()]
        return self.form(action, fields, self.button(label, class_=class_))


def card(title: str, *children: object) -> Html:
    return tag("section", tag("h2", title), join(*children), class_="card")
