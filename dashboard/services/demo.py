"""The demo: two companies that trade with the simulated Amazon, one in English, one in Chinese."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from acorn.accounts.models import Membership, User
from acorn.accounts.services import people, tenants
from acorn.accounts.types import Role
from acorn.core.actor import Actor
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from dashboard.gateway import SimulatedWorld, SimulatorSilentError, read_world
from dashboard.services.catalogue import load_catalogue
from dashboard.services.companies import COMPANIES, DemoCompany, DemoConnection
from vendors import services as vendors
from vendors.models import Connection
from vendors.types import Environment

_ACTOR = Actor.system("load_demo")


@dataclass(frozen=True, slots=True)
class Login:
    """Shown on the terminal by `make up`; the demo's passwords are made anew for each installation."""

    tenant: str
    email: str
    role: str
    password: str


def choose_logins(known: dict[str, str]) -> list[Login]:
    """Every login of the demo; passwords that are not `known` by e-mail address are made up."""
    return [
        Login(company.name, email, role.value, known.get(email) or secrets.token_urlsafe(12))
        for company in COMPANIES
        for email, _, role in company.people
    ]


def load_demo(*, logins: Sequence[Login], now: datetime) -> str:
    """Make what is not there yet of the demo's companies, people, connections and books. Safe to repeat, after a crash too.

    Without the simulator there are no books, so that nothing has an item; then it returns why, and repeating this
    makes up for it. Otherwise it returns "".
    """
    passwords = {login.email: login.password for login in logins}
    worlds: dict[str, SimulatedWorld] = {}
    problem = ""
    try:
        worlds = {each.world: read_world(each.world) for company in COMPANIES for each in company.connections}
    except SimulatorSilentError as silence:
        problem = str(silence)
    for company in COMPANIES:
        _load_company(company, passwords, worlds, now)
    return problem


def _load_company(
    company: DemoCompany, passwords: dict[str, str], worlds: Mapping[str, SimulatedWorld], now: datetime
) -> None:
    tenant = Tenant.objects.filter(slug=company.slug).first()
    if tenant is None:
        owner = company.people[0][0]
        tenant = tenants.create_tenant(
            slug=company.slug, name=company.name, owner_email=owner, owner_password=passwords[owner], actor=_ACTOR,
            now=now, language=company.language, time_zone=company.time_zone, currency=company.currency,
        ).tenant  # fmt: skip
    joined = {
        role: _join(tenant, email=email, name=name, role=role, password=passwords[email])
        for email, name, role in company.people
    }
    with tenant_scope(tenant.pk):
        for connection in company.connections:
            _connect(connection, worlds.get(connection.world), now)
        if worlds:
            load_catalogue(company, worlds, person=joined[Role.OPERATIONS], actor=_ACTOR, now=now)


def _join(tenant: Tenant, *, email: str, name: str, role: Role, password: str) -> User:
    person = people.find_person(email) or people.create_person(email=email, password=password)
    if not person.name:
        person.name = name
        person.save(update_fields=["name"])
    Membership.objects.get_or_create(tenant=tenant, user=person, defaults={"role": role})
    return person


def _connect(demo: DemoConnection, world: SimulatedWorld | None, now: datetime) -> None:
    if Connection.objects.filter(name=demo.name, environment=Environment.SIMULATOR).exists():
        return
    connection = vendors.connect(
        name=demo.name,
        environment=Environment.SIMULATOR,
        region=demo.region,
        marketplace=demo.marketplace,
        vendor_group_code=demo.group,
        vendor_codes=world.vendor_codes if world else (),  # or discovered with the first orders
        credentials=vendors.Secrets(
            client_id=f"amzn1.application-oa2-client.{demo.world}",
            client_secret="simulator-secret",  # noqa: S106 -- the simulator's documented convention
            refresh_token=f"Atzr|simulator-{demo.world}",
        ),
        actor=_ACTOR,
        now=now,
    )
    vendors.start_sync(connection_id=connection.pk, actor=_ACTOR, now=now)
