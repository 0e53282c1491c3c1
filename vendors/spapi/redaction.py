"""The only place that takes secrets out of what is stored or shown.

Three nets, each of which must hold alone: names (a field called client_secret), values (the secrets of this call, in every
spelling they travel in) and shapes (Amazon's tokens look like Atza|…). Bytes in which none of them catches anything are
returned as they came, so that a stored exchange is what was on the wire.
"""

import html
import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

MARK = "[redacted]"

_NAMES = (
    "access_token",
    "refresh_token",
    "client_id",
    "client_secret",
    "newClientSecret",
    "oldClientSecret",
    "restrictedDataToken",
    "spapi_oauth_code",
    "authorization_code",
    "x-amz-access-token",
    "x-amz-security-token",
    "authorization",
    "password",
)
_HEADER_HINTS = ("token", "secret", "auth", "cookie", "password", "apikey")
_SHAPES = re.compile(
    r"Atz[a-z](?:\||%7C|\\u007c)[^\s\"'&<>,;]+"
    r"|amzn1\.(?:oa2-cs|application-oa2-client)\.[\w.\-]+"
    r"|(?<=[Bb]earer )[^\s\"'&<>,;]{8,}",
    re.IGNORECASE,
)
_SHAPE_HINTS = (b"atz", b"amzn1.", b"bearer ")
# Shorter values would blank ordinary words; they are still caught by the name they travel under.
_SHORTEST_VALUE = 6


def _fold(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


_FOLDED_NAMES = frozenset(_fold(name) for name in _NAMES)
# what a quick look searches for: a name that contains another is found with it
_NAME_HINTS = tuple(
    name.encode() for name in _FOLDED_NAMES if not any(other != name and other in name for other in _FOLDED_NAMES)
)
_LOWER = bytes(range(256)).lower()
_ASCII_ESCAPE = re.compile(r"\\u00([0-7][0-9a-fA-F])")
_LOOSE = re.compile(
    r"((?<![a-z0-9])(?:"
    + "|".join(sorted((r"[_-]?".join(re.split(r"[_-]", name)) for name in _NAMES), key=len, reverse=True))
    + r")\\*[\"']?\s*(?:=|:|%3D|%3A)\s*)"
    r"(\\*\"(?:[^\"\\]|\\[^\"])*(?:\\*\")?|\\*'[^']*'?|[^\s&,;\"'{}\[\]<>]+)",
    re.IGNORECASE,
)


class Redactor:
    """Takes the given secrets, and everything that looks or is named like one, out of texts, addresses, headers and bodies."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        self._values = tuple(
            sorted({spelling for secret in secrets for spelling in _spellings(secret)}, key=len, reverse=True)
        )
        self._probes = tuple({probe.encode() for secret in secrets for probe in _probes(secret)})

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def text(self, text: str) -> str:
        """Free text: error messages, HTML pages, header values."""
        for value in self._values:
            text = text.replace(value, MARK)
        return _LOOSE.sub(_loose_mark, _SHAPES.sub(MARK, text))

    def url(self, url: str) -> str:
        """An address without user, password and fragment."""
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
        return self.text(urlunsplit((parts.scheme, netloc, parts.path, parts.query, "")))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Header names stay, so that one can see that a token was sent."""
        return {name: self._header(name, value) for name, value in headers.items()}

    def body(self, body: bytes) -> bytes:
        """A JSON, form or other body; unchanged if there is nothing to hide in it."""
        if not self._is_suspicious(body):
            return body
        text = body.decode(json.detect_encoding(body), "replace")
        hidden = self._any_text(text)
        return body if hidden == text else hidden.encode()

    def _header(self, name: str, value: str) -> str:
        folded = _fold(name)
        return MARK if any(hint in folded for hint in _HEADER_HINTS) else self.text(value)

    def _is_suspicious(self, body: bytes) -> bool:
        folded = body.translate(_LOWER, b"_-")
        return (
            any(name in folded for name in _NAME_HINTS)
            or any(hint in folded for hint in _SHAPE_HINTS)
            or any(probe in body for probe in self._probes)
            # ASCII hidden behind escapes or a wide encoding: only reading it can tell
            or b"\\u00" in folded
            or b"\x00" in body
        )

    def _any_text(self, text: str) -> str:
        """JSON is taken apart, so that escapes and nesting hide nothing; all else is searched as text."""
        if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
            try:
                document = json.loads(text.lstrip("\ufeff"), object_pairs_hook=_distinct)
                hidden = self._document(document)
                return text if hidden == document else json.dumps(hidden, ensure_ascii=False)
            except (ValueError, RecursionError):
                pass  # cut off or hostile: the text search below needs no structure
        plain = _ASCII_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        hidden = self.text(plain)
        return text if hidden == plain else hidden

    def _document(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {
                self.text(name): MARK if _fold(name) in _FOLDED_NAMES else self._document(value)
                for name, value in node.items()
            }
        if isinstance(node, list):
            return [self._document(item) for item in node]
        return self._any_text(node) if isinstance(node, str) else node


def _loose_mark(match: re.Match[str]) -> str:
    opening = re.match(r"\\*[\"']", match[2])
    quoted = opening[0] if opening else ""
    closing = quoted if quoted and len(match[2]) > len(quoted) and match[2].endswith(quoted) else ""
    return f"{match[1]}{quoted}{MARK}{closing}"


def _spellings(secret: str) -> set[str]:
    """The ways one value is written in forms, addresses, JSON and HTML."""
    if len(secret) < _SHORTEST_VALUE:
        return set()
    encoded = {quote(secret, safe=""), quote_plus(secret), quote(secret)}
    lower_hex = {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), spelling) for spelling in encoded}
    json_spellings = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, html.escape(secret)} | encoded | lower_hex | json_spellings


def _probes(secret: str) -> set[str]:
    """What a quick look searches for: the longest plain run of the secret, which all its spellings share, or all of them."""
    run = max(re.findall(r"[A-Za-z0-9]+", secret), key=len, default="")
    return {run} if len(run) >= _SHORTEST_VALUE else _spellings(secret)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are distinct; of two of the same name, json would drop the first one unseen."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found
