"""Where the API describes itself."""

from typing import Any

from django.conf import settings
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from acorn.core.errors import NotFound


class SchemaView(SpectacularAPIView):
    """`?lang=` takes our languages only: Django keeps a catalogue in memory for each name that it is ever asked for."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.query_params.get("lang", "") not in ("", *dict(settings.LANGUAGES)):
            raise NotFound
