from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    SUCCEEDED = "SUCCEEDED", _("Done")
    FAILED = "FAILED", _("Failed")
    CANCELLED = "CANCELLED", _("Cancelled")


class Queue(TextChoices):
    """One Celery queue each, so that workers scale by kind of work. The values are the queue names of the worker."""

    DEFAULT = "default", _("general")
    SYNC = "sync", _("sync")
    SUBMIT = "submit", _("submissions")
    FILES = "files", _("files")
    ALERTS = "alerts", _("alerts")
