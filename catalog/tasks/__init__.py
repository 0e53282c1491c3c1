"""The catalogue's background work, one module per noun; Celery finds what is imported here."""

from catalog.tasks.items import change_statuses, tell_waiting
from catalog.tasks.reviews import check_reviews
from catalog.tasks.stock import check_inbound

__all__ = ["change_statuses", "check_inbound", "check_reviews", "tell_waiting"]
