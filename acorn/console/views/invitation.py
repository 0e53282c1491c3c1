"""The page behind an invitation's link: the only one that makes an account."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from acorn.accounts.errors import InvitationNotOpen
from acorn.accounts.http import PageRequest
from acorn.accounts.middleware import SESSION_TENANT
from acorn.accounts.models import Invitation, User
from acorn.accounts.services import invitations, people
from acorn.console.forms import JoinForm, refuse
from acorn.core import clock
from acorn.core.errors import DomainError

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
def invitation(request: PageRequest, token: str) -> HttpResponse:
    """Says who invites whom to what, and lets the invited person accept: signed in as them, or with a new account."""
    try:
        found = invitations.get_open_invitation(token, now=clock.now())
    except InvitationNotOpen as error:
        return render(request, "console/invitation_closed.html", {"text": str(error)}, status=410)
    if request.user.is_authenticated:
        return _for_signed_in(request, found, token)
    if people.find_person(found.email) is not None:
        return render(request, "console/invitation.html", {"invitation": found, "must_sign_in": True})
    return _for_new_person(request, found, token)


def _for_signed_in(request: PageRequest, found: Invitation, token: str) -> HttpResponse:
    is_invited = request.user.email.lower() == found.email.lower()
    if request.method == "POST":
        try:
            invitations.accept_as(token=token, user=request.user, now=clock.now())
        except DomainError as error:
            return render(request, "console/invitation_closed.html", {"text": str(error)}, status=422)
        return _enter(request, found)
    return render(request, "console/invitation.html", {"invitation": found, "is_invited": is_invited})


def _for_new_person(request: PageRequest, found: Invitation, token: str) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user: User = invitations.accept_as_new_person(
                token=token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=get_language() or "",
                now=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            login(request, user, backend=_BACKEND)
            return _enter(request, found)
    context = {"invitation": found, "form": form}
    return render(request, "console/invitation.html", context, status=422 if form.errors else 200)


def _enter(request: PageRequest, found: Invitation) -> HttpResponse:
    request.session[SESSION_TENANT] = found.tenant_id
    messages.success(request, _("Welcome to {company}.").format(company=found.tenant))
    return redirect("/")
