from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.services import people
from acorn.console.forms import ProfileForm, refuse
from acorn.core.errors import DomainError
from acorn.ui import htmx


@login_required
def profile(request: PageRequest) -> HttpResponse:
    """A person's own page, in whatever company, or in none."""
    form = ProfileForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_profile(user_id=request.user.pk, **form.cleaned_data)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, "console:profile")
    context = {"form": form, "sessions": UserSession.objects.purge_and_list(request.user)}
    return htmx.render(request, "console/profile.html", "form", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end_other_sessions(request: PageRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    for session in UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key):
        session.end()
    messages.success(request, _("You are signed out everywhere but here."))
    return htmx.redirect(request, "console:profile")


@login_required
def no_company(request: PageRequest) -> HttpResponse:
    """For a person who belongs to no company (any more)."""
    if request.membership is not None:
        return redirect("/")
    return render(request, "console/no_company.html")
