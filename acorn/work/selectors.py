from datetime import datetime, timedelta

from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When

from acorn.work.models import WorkItem

# Overdue first, then by how close the deadline is; inside a bucket the larger amount comes first.
_BUCKETS = (timedelta(0), timedelta(hours=2), timedelta(hours=24), timedelta(days=3))


def list_open(*, now: datetime, kind: str = "", role: str = "") -> QuerySet[WorkItem]:
    """What needs a person, most urgent first; `bucket` 0 = overdue, 1 = < 2 h, 2 = < 24 h, 3 = < 3 d, 4 = later or none."""
    urgency = Case(
        *(When(deadline_at__lt=now + limit, then=Value(number)) for number, limit in enumerate(_BUCKETS)),
        default=Value(len(_BUCKETS)),
        output_field=IntegerField(),
    )
    items = WorkItem.objects.filter(closed_at=None).annotate(bucket=urgency)
    if kind:
        items = items.filter(kind=kind)
    if role:
        items = items.filter(role__in=["", role])
    return items.order_by(
        "bucket", F("tenant_amount").desc(nulls_last=True), F("deadline_at").asc(nulls_last=True), "id"
    )


def list_waiting(*kinds: str) -> QuerySet[WorkItem]:
    """What needs a person, of these kinds or of any, in no order: for the numbers in the navigation."""
    items = WorkItem.objects.filter(closed_at=None)
    return items.filter(kind__in=kinds) if kinds else items


def count_open() -> int:
    """How many things need a person."""
    return list_waiting().count()


def count_overdue(*, now: datetime) -> int:
    """How many open things are past their deadline."""
    return WorkItem.objects.filter(closed_at=None, deadline_at__lt=now).count()


def count_due(kind: str, *, before: datetime) -> int:
    """How many open things of a kind have a deadline before an instant."""
    return WorkItem.objects.filter(closed_at=None, kind=kind, deadline_at__lt=before).count()


def count_by_kind() -> dict[str, int]:
    """How many items of each kind are open, the most frequent first."""
    rows = WorkItem.objects.filter(closed_at=None).values_list("kind").annotate(n=Count("id")).order_by("-n", "kind")
    return dict(rows)
