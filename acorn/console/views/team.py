from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from acorn.accounts import selectors
from acorn.accounts.errors import LastOwner, OnlyOwners
from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.accounts.services import invitations, members
from acorn.accounts.types import Role
from acorn.console.forms import InviteForm, RoleForm, refuse
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.ui import htmx


@page(Right.SEE_TEAM)
def team(request: PageRequest) -> HttpResponse:
    """Who belongs to the company, and who is invited."""
    return _render(request, _form(request))


@page(Right.MANAGE_TEAM)
@require_POST
def invite(request: PageRequest) -> HttpResponse:
    form = _form(request)
    if not form.is_valid():
        return _render(request, form)
    try:
        invitation = invitations.invite(
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            by=request.membership,
            now=clock.now(),
        )
    except DomainError as error:
        refuse(form, error)
        return _render(request, form)
    messages.success(
        request, _("{email} is invited. The link in the mail is valid for 7 days.").format(email=invitation.email)
    )
    return htmx.redirect(request, "console:team")


@page(Right.MANAGE_TEAM)
@require_POST
def revoke_invitation(request: PageRequest, invitation_id: str) -> HttpResponse:
    invitations.revoke_invitation(public_id=invitation_id, by=request.membership, now=clock.now())
    messages.success(request, _("The invitation is revoked; its link is useless now."))
    return htmx.redirect(request, "console:team")


@page(Right.MANAGE_TEAM)
@require_POST
def change_role(request: PageRequest, person_id: str) -> HttpResponse:
    selectors.get_member(person_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return htmx.redirect(request, "console:team")
    try:
        member = members.change_role(person_id=person_id, role=Role(form.cleaned_data["role"]), by=request.membership)
    except (LastOwner, OnlyOwners) as error:
        messages.error(request, str(error))
    else:
        text = _("{person} is {role} now.").format(person=member.user, role=Role(member.role).label)
        messages.success(request, text)
    return htmx.redirect(request, "console:team")


@page(Right.MANAGE_TEAM)
@require_POST
def remove_member(request: PageRequest, person_id: str) -> HttpResponse:
    try:
        members.remove_member(person_id=person_id, by=request.membership)
    except (LastOwner, OnlyOwners) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Removed. The next click of this person finds no company."))
    return htmx.redirect(request, "console:team")


def _form(request: PageRequest) -> InviteForm:
    return InviteForm(
        request.POST if request.method == "POST" else None, may_make_owners=request.membership.role == Role.OWNER
    )


def _render(request: PageRequest, form: InviteForm) -> HttpResponse:
    context = {
        "form": form,
        "members": list(selectors.list_members()),
        "invitations": list(selectors.list_open_invitations(now=clock.now())),
        "roles": form.fields["role"].choices,  # type: ignore[attr-defined]
        "may_manage": request.membership.may(Right.MANAGE_TEAM),
    }
    return htmx.render(request, "console/team.html", "form", context, status=422 if form.errors else 200)
