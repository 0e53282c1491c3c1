"""The catalogue's background work, one module per noun; Celery finds what is imported here."""

from catalog.tasks.items import change_statuses, tell_waiting
from catalog.tasks.reviews import check_reviews

__all__ = ["change_statuses", "check_reviews", "tell_waiting"]
