from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Environment(TextChoices):
    """Where a connection's calls go. It stands on every row that came through it, and the three never mix."""

    SIMULATOR = "SIMULATOR", _("simulator")
    SANDBOX = "SANDBOX", _("sandbox")
    PRODUCTION = "PRODUCTION", _("production")


class Region(TextChoices):
    NA = "NA", _("North America")
    EU = "EU", _("Europe, Middle East, India")
    FE = "FE", _("Far East")


class Health(TextChoices):
    UNKNOWN = "UNKNOWN", _("not tested yet")
    OK = "OK", _("working")
    DEGRADED = "DEGRADED", _("partly working")
    FAILING = "FAILING", _("failing")


class SyncState(TextChoices):
    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    SUCCEEDED = "SUCCEEDED", _("Done")
    PARTIAL = "PARTIAL", _("Done with findings")
    FAILED = "FAILED", _("Failed")
