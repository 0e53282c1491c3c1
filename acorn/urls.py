"""Every address. Apps are named as strings, since acorn imports none of them."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
