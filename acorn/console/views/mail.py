from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.accounts.types import Role
from acorn.console import mailbox


@page(Right.SEE_MAIL)
@never_cache
def mail(request: PageRequest) -> HttpResponse:
    """The company's mail, where no mail server is configured."""
    is_owner = request.membership.role == Role.OWNER
    mails = mailbox.list_mail(company=request.tenant.public_id, is_owner=is_owner) if mailbox.is_in_use() else []
    return render(request, "console/mail.html", {"mails": mails, "is_in_use": mailbox.is_in_use()})
