"""The left navigation: each app adds its own pages, so that what is not built is simply not there.

    navigation.register(
        NavItem(Group.WORK, 20, _("Orders"), "orders:list", icon="orders", right=Right.SEE_ORDERS, badge=list_new)
    )

in `AppConfig.ready()`. A badge counts only what needs a person now: it names the rows, asked in the tenant's scope, and
one statement counts all entries' rows, so each must be few behind an index. A person sees the entries that their role
has the right for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.accounts.models import Membership
from acorn.accounts.rights import Right
from acorn.core.counting import RowCount


class Group(TextChoices):
    """The headings of the navigation, in their order."""

    WORK = "WORK", _("Work")
    MONEY = "MONEY", _("Money")
    SHOPS = "SHOPS", _("Shops and stock")
    AMAZON = "AMAZON", _("Amazon")
    SETTINGS = "SETTINGS", _("Settings")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry. `order` sorts inside the group; `key` is the second half of `g` + key on the keyboard.

    `pages` names pages that belong to it though their address lies below another entry's.
    """

    group: Group
    order: int
    label: str | Promise
    url_name: str
    icon: str
    right: Right | None = None
    badge: Callable[[], QuerySet[Any] | int] | None = None  # rows, or their number where no one query says it
    key: str = ""
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A navigation item as the current person sees it on the current page."""

    item: NavItem
    url: str
    is_current: bool
    badge: int


_ITEMS: dict[str, NavItem] = {}


def register(*items: NavItem) -> None:
    """Add entries; a second, different entry for the same page is a programming error (ValueError)."""
    for item in items:
        if _ITEMS.setdefault(item.url_name, item) != item:
            raise ValueError(f"navigation entry {item.url_name} is registered twice")


def list_items() -> list[NavItem]:
    """All entries in the order of the navigation."""
    groups = list(Group)
    return sorted(_ITEMS.values(), key=lambda item: (groups.index(item.group), item.order))


def build(membership: Membership, path: str, page: str = "") -> list[tuple[Group, list[Entry]]]:
    """Groups with their entries for one person. Current is the entry that names `page` as its own, else the one whose
    address is the longest prefix of `path`."""
    urls = {item: url for item in list_items() if _may_see(membership, item) and (url := _find_url(item))}
    own = (url for item, url in urls.items() if page in item.pages)
    current = next(own, None) or max((url for url in urls.values() if _is_inside(path, url)), key=len, default=None)
    badges = _count_badges(membership, list(urls))
    groups: dict[Group, list[Entry]] = {}
    for item, url in urls.items():
        groups.setdefault(item.group, []).append(Entry(item, url, url == current, badges.get(item, 0)))
    return list(groups.items())


def _count_badges(membership: Membership, items: Sequence[NavItem]) -> dict[NavItem, int]:
    """The numbers of the entries that have one, in one statement beside the person's membership."""
    asked = {item: item.badge() for item in items if item.badge}
    badges = {item: found for item, found in asked.items() if isinstance(found, int)}
    rows = {item: RowCount(found) for item, found in asked.items() if not isinstance(found, int)}
    if rows:
        counts = Membership.objects.filter(pk=membership.pk).values_list(*rows.values()).get()
        badges |= dict(zip(rows, counts, strict=True))
    return badges


def _may_see(membership: Membership, item: NavItem) -> bool:
    return item.right is None or membership.may(item.right)


def _find_url(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _is_inside(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url if url.endswith("/") else f"{url}/"))


def find_url(url_name: str, *args: Any) -> str:
    """The address of a page that a later app may bring, or an empty string while it is not there."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
