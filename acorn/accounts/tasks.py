from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from acorn.accounts import mail
from acorn.accounts.models import Invitation
from acorn.accounts.services.invitations import link_token
from acorn.accounts.types import Role
from acorn.core import clock
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue
from acorn.tenancy.scope import current_tenant_id


@tenant_task("accounts.send_invitation", queue=Queue.ALERTS)
def send_invitation(run: JobRun, *, invitation_id: int, **_args: object) -> None:
    """Mail the link of an invitation that is still open. Repeated after a crash it may arrive twice."""
    invitation = (
        Invitation.objects.select_related("tenant", "invited_by")
        .filter(pk=invitation_id, tenant_id=current_tenant_id(), accepted_at=None, revoked_at=None,
                expires_at__gt=clock.now())
        .first()
    )  # fmt: skip
    if invitation is None:
        return
    with translation.override(invitation.tenant.language):
        link = settings.PUBLIC_URL.rstrip("/") + reverse("console:invitation", args=[link_token(invitation)])
        values = {
            "company": invitation.tenant.name,
            "inviter": str(invitation.invited_by or invitation.tenant.name),
            "role": Role(invitation.role).label,
            "link": link,
        }
        subject = _("{inviter} invites you to {company} on ACORN").format(**values)
        text = _(
            "{inviter} invites you to join {company} on ACORN as {role}.\n\n"
            "Open this link within 7 days to accept:\n{link}\n\n"
            "If you did not expect this, ignore it: nothing happens without the link."
        ).format(**values)
    mail.send(
        tenant=invitation.tenant,
        to=invitation.email,
        subject=subject,
        text=text,
        only_owners=invitation.role == Role.OWNER,
    )
