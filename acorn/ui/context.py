from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from acorn.accounts.models import Membership
from acorn.alerts.selectors import count_unseen
from acorn.ui import navigation
from acorn.ui.services import THEME_COOKIE, THEMES


class Frame:
    """Navigation, bell and companies round every page; read only when a whole page is rendered, not for a part."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.membership = getattr(request, "membership", None)

    @cached_property
    def groups(self) -> list[tuple[navigation.Group, list[navigation.Entry]]]:
        if self.membership is None:
            return []
        match = self.request.resolver_match
        return navigation.build(self.membership, self.request.path, match.view_name if match else "")

    @cached_property
    def unseen_alerts(self) -> int:
        """As the navigation says it, for those who have the entry."""
        entries = (entry for _group, entries in self.groups for entry in entries)
        said = next((entry.badge for entry in entries if entry.url == self.alerts_url), None)
        return said if said is not None else count_unseen() if self.membership else 0

    @cached_property
    def companies(self) -> list[Membership]:
        """All memberships of the person, for the company switcher."""
        return list(
            Membership.objects.select_related("tenant")
            .filter(user=self.request.user, tenant__archived_at=None)
            .order_by("tenant__name")
        )

    @property
    def search_url(self) -> str:
        return navigation.find_url("dashboard:search")

    @property
    def alerts_url(self) -> str:
        return navigation.find_url("console:alerts") or navigation.find_url("alerts:list")

    @property
    def home_url(self) -> str:
        return navigation.find_url("dashboard:today") or "/"

    @property
    def profile_url(self) -> str:
        return navigation.find_url("console:profile")


def page(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows."""
    theme = getattr(getattr(request, "user", None), "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return {
        "tenant": getattr(request, "tenant", None),
        "membership": getattr(request, "membership", None),
        "frame": SimpleLazyObject(lambda: Frame(request)),
        "theme": theme if theme in THEMES else "auto",
    }
