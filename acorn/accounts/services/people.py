"""People: their account and how they like to see ACORN."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acorn.accounts.errors import OtherPassword
from acorn.accounts.models import User
from acorn.accounts.rules import is_time_zone
from acorn.core.actor import Subject
from acorn.core.errors import Invalid

THEMES = ("", "auto", "light", "dark")


def find_person(email: str) -> User | None:
    """The person with this address, whatever its case."""
    return User.objects.filter(email__iexact=email.strip()).first()


@transaction.atomic
def create_person(*, email: str, password: str, name: str = "", language: str = "") -> User:
    """An account with a confirmed address. Only for an address that is known to be theirs. Raises Invalid."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(fields={"email": [_("Give an e-mail address.")]}) from None
    check_password(password, User(email=email, name=name))
    user = User.objects.create_user(email, password, name=name.strip()[:120], language=language)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def get_or_create_person(*, email: str, password: str) -> User:
    """The person with this address, made if unknown. Raises OtherPassword, or Invalid."""
    user = find_person(email)
    if user is None:
        return create_person(email=email, password=password)
    if password and not user.check_password(password):
        raise OtherPassword(email=user.email)
    return user


def check_password(password: str, user: User) -> None:
    """Raises Invalid, with all reasons, for a password that is too short, too common or too close to the address."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={"password": list(error.messages)}) from error


@transaction.atomic(durable=True)
def change_profile(*, user_id: int, name: str, language: str, time_zone: str, theme: str) -> User:
    """How the person is called and sees ACORN, in every company; empty = as the company has it. Raises Invalid."""
    wrong: dict[str, list[str | Promise]] = {}
    if language and language not in dict(settings.LANGUAGES):
        wrong["language"] = [_("Choose one of the languages of ACORN.")]
    if time_zone and not is_time_zone(time_zone):
        wrong["time_zone"] = [_("Give a time zone such as “Asia/Shanghai”.")]
    if theme not in THEMES:
        wrong["theme"] = [_("Choose light, dark or as the device.")]
    if wrong:
        raise Invalid(fields=wrong)
    user = User.objects.select_for_update().get(pk=user_id)
    user.name, user.language, user.time_zone, user.theme = name.strip()[:120], language, time_zone, theme
    user.save(update_fields=["name", "language", "time_zone", "theme"])
    return user


def subject_of(user: User) -> Subject:
    return Subject("accounts.person", user.public_id, str(user))
