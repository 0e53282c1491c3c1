"""What people and programs may ask the platform's own lists for, checked before anything is read."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from acorn.accounts import selectors as accounts
from acorn.alerts.models import Severity
from acorn.audit import selectors as audit
from acorn.core import messages
from acorn.jobs.registry import list_tasks
from acorn.jobs.types import JobState
from acorn.ui.filters import Between, Choices, ListFilters, Search, Toggle


class AuditQuery(serializers.Serializer):
    """Filters of the audit trail in the API; `since` is included, `until` is not."""

    search = serializers.CharField(required=False, max_length=200, help_text="Begins with: subject, actor or code.")
    code = serializers.CharField(required=False, max_length=80)
    actor = serializers.CharField(required=False, max_length=60, help_text="Id of the person or token.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


def _areas() -> list[tuple[str, str]]:
    return sorted(
        {(code, code) for code in (name.partition(".")[0] for name in messages.list_codes()) if code != "task"}
    )


class AuditFilters(ListFilters):
    search = Search(method="find", placeholder=_("Subject, person or id"))
    actor = Choices(field_name="actor_id", choices=accounts.list_actors, label=_("Who"))
    area = Choices(method="within", choices=_areas, label=_("Area"))
    at = Between(field_name="at", label=_("When"))
    everything = Toggle(method="as_it_is", label=_("With routine"))

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return audit.find(rows, value)

    def as_it_is(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Routine drowns the rest: it is left out until somebody asks for all, or for something in particular."""
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if any(asked.get(name) for name in ("everything", "search", "actor", "area")):
            return rows
        return audit.without_routine(rows)

    def within(self, rows: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        wanted = Q()
        for area in value:
            wanted |= Q(code__startswith=f"{area}.")
        return rows.filter(wanted)


def _task_names() -> list[tuple[str, str]]:
    return sorted(
        ((task.name, task_label(task.name)) for task in list_tasks() if not task.is_platform), key=lambda p: p[1]
    )


def task_label(name: str) -> str:
    """What people call a task; its name where no app has registered `task.<name>`."""
    return messages.render(f"task.{name}") if messages.is_registered(f"task.{name}") else name


class JobFilters(ListFilters):
    state = Choices(choices=JobState.choices, label=_("State"))
    name = Choices(choices=_task_names, label=_("Work"))
    created = Between(field_name="created_at", label=_("Requested"))


class AlertFilters(ListFilters):
    search = Search(method="find", placeholder=_("Subject"))
    severity = Choices(choices=Severity.choices, label=_("Severity"))
    is_open = Toggle(field_name="resolved_at", lookup_expr="isnull", label=_("Open"))
    unseen = Toggle(field_name="acknowledged_at", lookup_expr="isnull", label=_("Not acknowledged"))

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(subject_label__istartswith=value) | Q(subject_id=value))
