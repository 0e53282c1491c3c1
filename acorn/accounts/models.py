from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from acorn.accounts.rights import ROLE_RIGHTS, Right
from acorn.accounts.types import Role
from acorn.core.actor import Actor, ActorKind
from acorn.core.ids import new_public_id
from acorn.tenancy.models import Tenant


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person, known by e-mail address. What they may do is decided per company, by Membership."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "us"), editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    time_zone = models.CharField(max_length=60, blank=True, default="")
    theme = models.CharField(max_length=5, blank=True, default="")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email")]

    def __str__(self) -> str:
        return self.name or self.email

    def actor(self) -> Actor:
        return Actor(ActorKind.USER, self.public_id, str(self))


class Membership(models.Model):
    """What a person may do in a company. A platform table: it is read to find out which companies a person has."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_person")]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"

    def may(self, right: Right) -> bool:
        return right in ROLE_RIGHTS[Role(self.role)]


class Invitation(models.Model):
    """An e-mail address that was asked to join a company. The link's token is kept as a hash only."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "inv"), editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=12, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "tenant", Lower("email"), name="invitation_open",
                condition=models.Q(accepted_at=None, revoked_at=None),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A key for programs, of one company. Shown once when made; kept as a SHA-256 hash of 256 random bits."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "tok"), editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=120)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=40))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "-id"], name="apitoken_list")]

    def __str__(self) -> str:
        return self.name

    def actor(self) -> Actor:
        return Actor(ActorKind.TOKEN, self.public_id, self.name)

    def person(self) -> str:
        """Public id of the person who made the token, and so stands behind what it does; "" if nobody does."""
        return self.created_by.public_id if self.created_by else ""
