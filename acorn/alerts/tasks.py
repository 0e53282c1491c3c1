from django.conf import settings
from django.utils import translation

from acorn.accounts import mail
from acorn.accounts.models import Membership
from acorn.accounts.types import Role
from acorn.alerts.models import Alert
from acorn.core import messages
from acorn.jobs.registry import tenant_task
from acorn.jobs.run import JobRun
from acorn.jobs.types import Queue
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id


@tenant_task("alerts.send_mail", queue=Queue.ALERTS)
def send_alert_mail(run: JobRun, *, alert_id: int, **_: object) -> None:
    """Mail an alert to the owners and admins, each in their own language. Repeated after a crash it may arrive twice."""
    alert = Alert.objects.get(pk=alert_id)
    tenant = Tenant.objects.get(pk=current_tenant_id())
    people = Membership.objects.select_related("user").filter(tenant=tenant, role__in=[Role.OWNER, Role.ADMIN])
    for membership in people:
        with translation.override(membership.user.language or tenant.language):
            text = messages.render(alert.code, alert.params)
            fix = messages.render_fix(alert.code, alert.params)
            mail.send(
                tenant=tenant,
                to=membership.user.email,
                subject=f"[{tenant.name}] {text}",
                text=f"{text}\n\n{fix}\n\n{settings.PUBLIC_URL.rstrip('/')}/alerts/\n",
            )
