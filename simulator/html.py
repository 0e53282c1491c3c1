"""Building HTML that cannot forget to escape."""

from __future__ import annotations

from html import escape

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. Children that are no Html are escaped; None is left out; a trailing _ in attribute names is dropped."""
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{escape(str(value))}"')
    parts.append(">")
    if name in _VOID:
        return Html("".join(parts))
    parts += [inner(child) for child in children]
    parts.append(f"</{name}>")
    return Html("".join(parts))


def inner(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, list | tuple):
        return "".join(inner(part) for part in child)
    return escape(str(child))


def join(*children: object) -> Html:
    return Html("".join(inner(child) for child in children))
