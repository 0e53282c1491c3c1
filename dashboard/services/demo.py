"""The demo: two companies that trade with the simulated Amazon, one in English, one in Chinese."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from acorn.accounts.models import Membership
from acorn.accounts.services import people, tenants
from acorn.accounts.types import Role
from acorn.core.actor import Actor
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from vendors import services as vendors
from vendors.models import Connection
from vendors.types import Environment

_ACTOR = Actor.system("load_demo")


@dataclass(frozen=True, slots=True)
class DemoConnection:
    """A vendor group in the simulator; the world of that name is made when it first signs in."""

    name: str
    world: str
    region: str
    marketplace: str
    group: str


@dataclass(frozen=True, slots=True)
class DemoCompany:
    slug: str
    name: str
    language: str
    time_zone: str
    currency: str
    people: tuple[tuple[str, str, Role], ...]
    connections: tuple[DemoConnection, ...]


@dataclass(frozen=True, slots=True)
class Login:
    """Shown on the terminal by `make up`; the demo's passwords are made anew for each installation."""

    tenant: str
    email: str
    role: str
    password: str


COMPANIES: Sequence[DemoCompany] = (
    DemoCompany(
        slug="northwind", name="Northwind Home Goods", language="en", time_zone="America/Los_Angeles", currency="USD",
        people=(
            ("olivia@northwind.example", "Olivia Owner", Role.OWNER),
            ("oscar@northwind.example", "Oscar Operations", Role.OPERATIONS),
            ("fiona@northwind.example", "Fiona Finance", Role.FINANCE),
        ),
        connections=(
            DemoConnection("Amazon US", "northwind-us", "NA", "US", "NORTHWIND"),
            DemoConnection("Amazon Germany", "northwind-de", "EU", "DE", "NORTHWIND"),
        ),
    ),
    DemoCompany(
        slug="huayu", name="华宇家居", language="zh-hans", time_zone="Asia/Shanghai", currency="CNY",
        people=(
            ("wang@huayu.example", "王敏", Role.OWNER),
            ("li@huayu.example", "李强", Role.OPERATIONS),
        ),
        connections=(DemoConnection("亚马逊日本站", "huayu-jp", "FE", "JP", "HUAYU"),),
    ),
)  # fmt: skip


def choose_logins(known: dict[str, str]) -> list[Login]:
    """Every login of the demo; passwords that are not `known` by e-mail address are made up."""
    return [
        Login(company.name, email, role.value, known.get(email) or secrets.token_urlsafe(12))
        for company in COMPANIES
        for email, _, role in company.people
    ]


def load_demo(*, logins: Sequence[Login], now: datetime) -> None:
    """Make the demo companies, people and connections that are not there yet. Safe to repeat, and after a crash."""
    passwords = {login.email: login.password for login in logins}
    for company in COMPANIES:
        _load_company(company, passwords, now)


def _load_company(company: DemoCompany, passwords: dict[str, str], now: datetime) -> None:
    tenant = Tenant.objects.filter(slug=company.slug).first()
    if tenant is None:
        owner = company.people[0][0]
        tenant = tenants.create_tenant(
            slug=company.slug, name=company.name, owner_email=owner, owner_password=passwords[owner], actor=_ACTOR,
            now=now, language=company.language, time_zone=company.time_zone, currency=company.currency,
        ).tenant  # fmt: skip
    for email, name, role in company.people:
        _join(tenant, email=email, name=name, role=role, password=passwords[email])
    with tenant_scope(tenant.pk):
        for connection in company.connections:
            _connect(connection, now)


def _join(tenant: Tenant, *, email: str, name: str, role: Role, password: str) -> None:
    person = people.find_person(email) or people.create_person(email=email, password=password)
    if not person.name:
        person.name = name
        person.save(update_fields=["name"])
    Membership.objects.get_or_create(tenant=tenant, user=person, defaults={"role": role})


def _connect(demo: DemoConnection, now: datetime) -> None:
    if Connection.objects.filter(name=demo.name, environment=Environment.SIMULATOR).exists():
        return
    connection = vendors.connect(
        name=demo.name,
        environment=Environment.SIMULATOR,
        region=demo.region,
        marketplace=demo.marketplace,
        vendor_group_code=demo.group,
        vendor_codes=(),  # discovered with the first orders
        credentials=vendors.Secrets(
            client_id=f"amzn1.application-oa2-client.{demo.world}",
            client_secret="simulator-secret",  # noqa: S106 -- the simulator's documented convention
            refresh_token=f"Atzr|simulator-{demo.world}",
        ),
        actor=_ACTOR,
        now=now,
    )
    vendors.start_sync(connection_id=connection.pk, actor=_ACTOR, now=now)
