from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from acorn.accounts import selectors
from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.accounts.services import tokens as services
from acorn.console.forms import TokenForm, refuse
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.ui import htmx


@page(Right.MANAGE_TOKENS)
@never_cache
def tokens(request: PageRequest) -> HttpResponse:
    """The company's API tokens; a new one is shown in the answer to its creation, and never again."""
    form = TokenForm(request.POST or None)
    made, text = None, ""
    now = clock.now()
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            made, text = services.create_token(
                name=form.cleaned_data["name"],
                scopes=form.wanted_scopes(),
                expires_at=now + timedelta(days=days) if days else None,
                actor=request.user.actor(),
                created_by=request.user,
                now=now,
            )
            form = TokenForm()
        except DomainError as error:
            refuse(form, error)
    context = {"form": form, "made": made, "text": text, "tokens": list(selectors.list_tokens()), "now": now}
    return htmx.render(request, "console/tokens.html", "content", context, status=422 if form.errors else 200)


@page(Right.MANAGE_TOKENS)
@require_POST
def revoke_token(request: PageRequest, token_id: str) -> HttpResponse:
    token = services.revoke_token(public_id=token_id, actor=request.user.actor(), now=clock.now())
    messages.success(request, _("The token “{name}” is revoked: its next request is refused.").format(name=token.name))
    return htmx.redirect(request, "console:tokens")
