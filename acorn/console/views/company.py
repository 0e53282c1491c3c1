from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.accounts.services import tenants
from acorn.console.forms import CompanyForm, refuse
from acorn.core.errors import DomainError
from acorn.ui import htmx


@page(Right.MANAGE_SETTINGS)
def settings(request: PageRequest) -> HttpResponse:
    """Name and habits of the company."""
    form = CompanyForm(request.POST or None, tenant=request.tenant)
    if request.method == "POST" and form.is_valid():
        actor = request.user.actor()
        try:
            tenants.describe_tenant(actor=actor, **form.described())
            for key, value in form.chosen().items():
                tenants.choose(key=key, value=value, actor=actor)
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return htmx.redirect(request, "console:settings")
    return htmx.render(request, "console/settings.html", "form", {"form": form}, status=422 if form.errors else 200)
