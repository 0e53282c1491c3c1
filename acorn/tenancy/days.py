from datetime import date, datetime
from zoneinfo import ZoneInfo

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import current_tenant_id


def local_day(now: datetime) -> date:
    """Which day it is for the active tenant: business days are counted in the company's own zone."""
    return now.astimezone(local_zone()).date()


def local_zone() -> ZoneInfo:
    """The active tenant's own time zone."""
    return ZoneInfo(Tenant.objects.values_list("time_zone", flat=True).get(pk=current_tenant_id()))
