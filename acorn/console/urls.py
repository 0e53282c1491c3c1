from django.urls import path

from acorn.console import api
from acorn.console.views import health

app_name = "console"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
]

api_urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path("audit-events/", api.AuditEvents.as_view(), name="audit-event-list"),
]
