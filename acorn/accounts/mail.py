"""Mail that a company sends: marked with the company, so that its mail box page (without EMAIL_URL) shows only its own."""

from django.core.mail import EmailMessage

from acorn.tenancy.models import Tenant

COMPANY_HEADER = "X-Acorn-Company"
AUDIENCE_HEADER = "X-Acorn-Audience"
OWNERS = "owners"


def send(*, tenant: Tenant, to: str, subject: str, text: str, only_owners: bool = False) -> None:
    """Send one plain-text mail. With `only_owners` the mail box page hides it from admins: it could make an owner."""
    headers = {COMPANY_HEADER: tenant.public_id} | ({AUDIENCE_HEADER: OWNERS} if only_owners else {})
    EmailMessage(" ".join(subject.split())[:200], text, None, [to], headers=headers).send()
