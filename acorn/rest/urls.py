from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView

from acorn.rest.description import SchemaView

api_urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path(
        "docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="rest/docs.html"), name="docs"
    ),
]
