"""`make screens`: photographs of every page, in both languages, light and dark, wide and narrow, full and empty.

    make screens                        everything into ./screens
    make screens ARGS="orders today"    only pages whose name begins with one of these words
    make screens ARGS=readme            the two pictures of the README, into docs/images

Every page of the navigation is photographed by itself; `EXTRA` lists the others. It runs against the installation that
the environment names (the runner starts a throw-away one with the demo). It fails when a page answers with an error,
logs one, breaks the content security policy, or is wider than the window.
"""

import os
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")
    # playwright runs an event loop in this thread; Django would refuse to touch the database beside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Membership, User
from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui import navigation
from tests.support.browser import running_browser

LANGUAGES = {"en": "en", "zh": "zh-hans"}
THEMES = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}


@dataclass(frozen=True, slots=True)
class Screen:
    """A page by its URL name; `find` gives the opaque id of an object page, or nothing where there is none.

    `more` are the address's other parts, after the id; `query` is what follows the address; `click` names a button to
    press first, such as a menu; `guest` photographs what is seen before sign-in.
    """

    name: str
    url_name: str
    find: Callable[[], str] | None = None
    more: tuple[Any, ...] = ()
    query: str = ""
    click: str = ""
    guest: bool = False


def first(label: str, **filters: Any) -> Callable[[], str]:
    """The newest row of a model: `first("orders.PurchaseOrder")`."""

    def find() -> str:
        model = apps.get_model(label)
        ids = model._default_manager.filter(**filters).order_by("-pk").values_list("public_id", flat=True)
        return ids.first() or ""

    return find


EXTRA = [
    Screen("orders-filtered", "orders:list", query="?state=ACKNOWLEDGED&type=RegularOrder"),
    Screen("orders-nothing", "orders:list", query="?search=NOTHING"),
    Screen("orders-findings", "orders:findings"),
    Screen("answer", "orders:answer"),
    Screen("answer-wide", "orders:answer", query="?columns=all"),
    Screen("answer-nothing", "orders:answer", query="?search=NOTHING"),
    Screen("answer-help", "orders:answer", click="[data-dialog=answer-help]"),
    Screen("answer-batch", "orders:batch", find=first("orders.AnswerBatch")),
    Screen("board", "orders:board"),
    Screen("order-to-answer", "orders:detail", find=first("orders.PurchaseOrder", is_history=False, state="NEW")),
    Screen("order", "orders:detail", find=first("orders.PurchaseOrder", is_history=False)),
    Screen("order-received", "orders:detail", find=first("orders.PurchaseOrder", state="RECEIVED")),
    Screen("order-cancelled", "orders:detail", find=first("orders.PurchaseOrder", state="CANCELLED")),
    Screen("order-changed", "orders:detail", find=first("orders.PurchaseOrder", version__gt=1)),
    Screen("order-columns", "orders:detail", find=first("orders.PurchaseOrder"), query="?columns=all"),
    Screen("order-version", "orders:version", find=first("orders.PurchaseOrder"), more=(1,)),
    Screen("order-raw", "orders:version_raw", find=first("orders.PurchaseOrder"), more=(1,)),
    Screen("product", "orders:unmapped", find=first("orders.UnmappedProduct")),
    Screen("cost-difference", "orders:difference", find=first("orders.CostDifference")),
    Screen("policy", "orders:policy", find=first("vendors.VendorCode")),
    Screen("policy-trial", "orders:trial", find=first("orders.PolicyTrial")),
    Screen("items-nothing", "catalog:items", query="?search=NOTHING"),
    Screen("item", "catalog:item", find=first("catalog.Item")),
    Screen("item-edit", "catalog:item_edit", find=first("catalog.Item")),
    Screen("item-new", "catalog:item_new"),
    Screen("item-propose", "catalog:propose", find=first("catalog.Item")),
    Screen("proposals", "catalog:proposals", query="?state=PROPOSED"),
    Screen("proposal", "catalog:proposal", find=first("catalog.IdentifierProposal")),
    Screen("stock-short", "catalog:stock", query="?oversold=true"),
    Screen("stock-item", "catalog:item_stock", find=first("catalog.Item")),
    Screen("stock-ledger", "catalog:item_ledger", find=first("catalog.Item")),
    Screen("stock-count", "catalog:count_item", find=first("catalog.Item")),
    Screen("stock-adjust", "catalog:adjust_item", find=first("catalog.Item")),
    Screen("stock-move", "catalog:move_item", find=first("catalog.Item")),
    Screen("stock-hold", "catalog:hold_item", find=first("catalog.Item")),
    Screen("stock-announce", "catalog:expect_inbound"),
    Screen("stock-inbound", "catalog:inbound_detail", find=first("catalog.Inbound", state="EXPECTED")),
    Screen("exchange", "vendors:exchange", find=first("vendors.Exchange")),
    Screen("submission", "vendors:submission", find=first("vendors.Submission")),
    Screen("rules-borrowed", "vendors:rules", query="?marketplace=JP"),
    Screen("rule", "vendors:rule", query="?rule=CONFIRMED_CANCELLED&marketplace=JP"),
    Screen("connection", "vendors:detail", find=first("vendors.Connection")),
    Screen("connection-edit", "vendors:edit", find=first("vendors.Connection")),
    Screen("connection-new", "vendors:connect"),
    Screen("sync", "vendors:run", find=first("vendors.SyncRun")),
    Screen("warehouse", "catalog:warehouse", find=first("catalog.Warehouse")),
    Screen("warehouse-new", "catalog:create_warehouse"),
    Screen("cost", "catalog:cost", find=first("catalog.AgreedCost")),
    Screen("cost-new", "catalog:create_cost"),
    Screen("address", "catalog:address", find=first("catalog.PartyAddress")),
    Screen("address-new", "catalog:create_address"),
    Screen("customer-number-new", "catalog:create_customer_number"),
    Screen("import", "imports:run", find=first("imports.ImportRun")),
    Screen("import-columns", "imports:columns", find=first("imports.ImportRun")),
    Screen("import-new", "imports:upload"),
    Screen("import-profiles", "imports:profiles"),
    Screen("import-profile", "imports:profile", find=first("imports.ImportProfile")),
    Screen("audit-all", "console:audit", query="?everything=true"),
    Screen("search", "dashboard:search", query="?q=NOTHING"),
    Screen("profile", "console:profile"),
    Screen("two-step", "mfa_index"),
    Screen("password", "account_change_password"),
    Screen("addresses", "account_email"),
    Screen("sign-in", "account_login", guest=True),
    Screen("reset", "account_reset_password", guest=True),
    Screen("help", "console:profile", click="[data-dialog=help]"),
]


def list_screens(words: list[str]) -> list[Screen]:
    pages = [Screen(item.url_name.replace(":", "-"), item.url_name) for item in navigation.list_items()]
    return [page for page in [*pages, *EXTRA] if not words or page.name.startswith(tuple(words))]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A member of a full and of an empty company, who signs in without a form."""

    user: User
    companies: dict[str, Tenant]

    @classmethod
    def make(cls) -> "Visitor":
        full = Tenant.objects.exclude(slug="screens-empty").order_by("id").first() or Tenant.objects.create(
            slug="screens-full", name="Acme Home Goods"
        )
        empty, _ = Tenant.objects.get_or_create(slug="screens-empty", defaults={"name": "Brand New Ltd"})
        user = User.objects.filter(email="screens@acorn.example").first() or User.objects.create_user(
            "screens@acorn.example", name="Dana Reed"
        )
        for tenant in (full, empty):
            Membership.objects.get_or_create(tenant=tenant, user=user, defaults={"role": Role.OWNER})
        return cls(user, {"full": full, "empty": empty})

    def sign_in(self, state: str, language: str, theme: str) -> dict[str, str]:
        """Cookies of a session in this company, language and theme."""
        User.objects.filter(pk=self.user.pk).update(language=language, theme=theme)
        session = SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        session[SESSION_TENANT] = self.companies[state].pk
        session.create()
        return {settings.SESSION_COOKIE_NAME: session.session_key or ""}

    def path(self, screen: Screen, state: str) -> str:
        """The address of a page in this company; empty where the page or its object does not exist."""
        try:
            if screen.find is None:
                return reverse(screen.url_name) + screen.query
            with tenant_scope(self.companies[state].pk):
                public_id = screen.find()
        except LookupError:
            return ""
        return reverse(screen.url_name, args=[public_id, *screen.more]) + screen.query if public_id else ""


def photograph(folder: Path, screens: list[Screen], address: str) -> Iterator[str]:
    """Take the pictures; yields a complaint for each that is not as it should be."""
    visitor = Visitor.make()
    with running_browser() as browser:
        for (short, language), theme, state in product(LANGUAGES.items(), THEMES, ("full", "empty")):
            cookies = {"acorn_theme": theme, settings.LANGUAGE_COOKIE_NAME: language}
            guest, member = (
                _context(browser, address, {**cookies, **more})
                for more in ({}, visitor.sign_in(state, language, theme))
            )
            for screen in screens:
                if not (path := visitor.path(screen, state)):
                    continue
                for width in WIDTHS:
                    file = folder / f"{screen.name}-{state}-{short}-{theme}-{width}.png"
                    yield from _one(guest if screen.guest else member, screen, address + path, width, file)


def _context(browser: Any, address: str, cookies: dict[str, str]) -> Any:
    context = browser.new_context(reduced_motion="reduce")
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context


def _one(context: Any, screen: Screen, url: str, width: int, file: Path) -> Iterator[str]:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url, wait_until="load")
    if screen.click:
        page.locator(screen.click).first.dispatch_event("click")
    page.screenshot(path=file, full_page=True)
    page.close()
    (taken,) = struct.unpack(">I", file.read_bytes()[16:20])
    if taken > width:
        complaints.append(f"is {taken} pixels wide in a window of {width}")
    yield from (f"{file.name}: {complaint}" for complaint in complaints)


def photograph_for_readme(folder: Path, address: str) -> None:
    """Today and Orders as a visitor of the repository sees them: one window, English, light."""
    visitor = Visitor.make()
    with running_browser() as browser:
        cookies = {
            "acorn_theme": "light",
            settings.LANGUAGE_COOKIE_NAME: "en",
            **visitor.sign_in("full", "en", "light"),
        }
        page = _context(browser, address, cookies).new_page()
        page.set_viewport_size({"width": 1440, "height": WIDTHS[1440]})
        for name, url_name in (("today", "dashboard:today"), ("orders", "orders:list")):
            page.goto(address + reverse(url_name), wait_until="load")
            page.screenshot(path=folder / f"{name}.png")


def main(words: list[str]) -> int:
    if words == ["readme"]:
        folder = Path(settings.BASE_DIR) / "docs" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        photograph_for_readme(folder, f"http://127.0.0.1:{settings.PORT}")
        return 0
    folder = Path(settings.BASE_DIR) / "screens"
    folder.mkdir(exist_ok=True)
    screens = list_screens(words)
    complaints = 0
    for complaint in photograph(folder, screens, f"http://127.0.0.1:{settings.PORT}"):
        complaints += 1
        sys.stdout.write(f"{complaint}\n")
    sys.stdout.write(f"{len(screens)} pages, pictures in {folder}, {complaints} complaints\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
