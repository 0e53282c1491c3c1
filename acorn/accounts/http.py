from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from acorn.accounts.models import Membership, User
from acorn.tenancy.models import Tenant


class PageRequest(HttpRequest):
    """A request as a page behind `@page` sees it: a signed-in person who is a member of a company."""

    user: User
    tenant: Tenant
    membership: Membership
    htmx: HtmxDetails
