from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OWNER = "OWNER", _("owner")
    ADMIN = "ADMIN", _("admin")
    OPERATIONS = "OPERATIONS", _("operations")
    FINANCE = "FINANCE", _("finance")
    VIEWER = "VIEWER", _("viewer")
