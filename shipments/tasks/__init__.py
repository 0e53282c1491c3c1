"""The background work of shipments, one module per area; Celery finds what is imported here."""

from shipments.tasks.transport import look_for_labels, pull_details, settle_deadlines, watch

__all__ = ["look_for_labels", "pull_details", "settle_deadlines", "watch"]
