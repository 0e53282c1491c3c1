import hashlib
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import ApiToken, Membership, User
from acorn.accounts.types import Role
from acorn.tenancy.models import Tenant

PASSWORD = "correct horse battery"


def make_user(email: str, **fields: Any) -> User:
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_member(tenant: Tenant, role: Role = Role.OWNER, email: str = "") -> Membership:
    user = make_user(email or f"{role.lower()}@{tenant.slug}.example")
    return Membership.objects.create(tenant=tenant, user=user, role=role)


def make_token(tenant: Tenant, *scopes: str, **fields: Any) -> str:
    """A token's text; full scope unless told otherwise."""
    text = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        tenant=tenant, name=fields.pop("name", "test"), token_hash=hashlib.sha256(text.encode()).hexdigest(),
        hint=text[-4:], scopes=list(scopes) or ["*"], **fields,
    )  # fmt: skip
    return text


def signed_in(membership: Membership) -> Client:
    """A browser in which this member is signed in, in this company."""
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session[SESSION_TENANT] = membership.tenant_id
    session.save()
    return client


class ApiClient(Client):
    """A program with a token; sends and reads JSON."""

    def __init__(self, token: str, **headers: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {token}", **headers})

    def post_json(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.post(path, data={} if data is None else data, content_type="application/json", headers=headers)

    def patch_json(self, path: str, data: Any) -> Any:
        return self.patch(path, data=data, content_type="application/json")


def api_client(tenant: Tenant, *scopes: str) -> ApiClient:
    return ApiClient(make_token(tenant, *scopes))
