from django.db.models import QuerySet

from acorn.alerts.models import Alert


def list_alerts(*, is_open: bool | None = None) -> QuerySet[Alert]:
    """The company's alerts, last heard first."""
    alerts = Alert.objects.order_by("-last_at", "-id")
    return alerts if is_open is None else alerts.filter(resolved_at__isnull=is_open)


def list_unseen() -> QuerySet[Alert]:
    """Open alerts that nobody has acknowledged."""
    return Alert.objects.filter(resolved_at=None, acknowledged_at=None)


def count_unseen() -> int:
    """The number on the bell."""
    return list_unseen().count()
