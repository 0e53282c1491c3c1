from django.urls import path

from dashboard.views import fulfilment, today

app_name = "dashboard"

urlpatterns = [
    path("", today.today, name="today"),
    path("search/", today.search, name="search"),
    path("fulfilment/", fulfilment.fulfilment, name="fulfilment"),
]
