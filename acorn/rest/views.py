"""What every endpoint of a company is built on."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from acorn.accounts.models import ApiToken
from acorn.core.errors import Invalid, NotFound
from acorn.rest import idempotency
from acorn.rest.permissions import Rights
from acorn.tenancy.scope import current_tenant_id, tenant_scope


class TenantAPIView(APIView):
    """An endpoint of one company: the token's.

    The company's scope opens when the token is known and closes after the answer is rendered, whatever happens. A POST
    with an Idempotency-Key is done once. A subclass names its `rights` (see HasRight).
    """

    rights: Rights = {}
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        self.args, self.kwargs = args, kwargs
        self.request = drf_request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        with ExitStack() as self._scope:
            try:
                self.initial(drf_request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 -- the one place where every error becomes an answer
                response = self.handle_exception(error)
            else:
                response = self._answer(drf_request)
            self.response = self.finalize_response(drf_request, response, *args, **kwargs)
            if isinstance(self.response, Response):
                self.response.render()
        return self.response

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if isinstance(request.auth, ApiToken):
            self._scope.enter_context(tenant_scope(request.auth.tenant_id))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if any("\x00" in value for value in kwargs.values() if isinstance(value, str)):
            raise NotFound
        for name, values in request.query_params.lists():
            if any("\x00" in value for value in values):
                raise Invalid(fields={name: [_("This text holds a character that cannot be stored.")]})

    def _answer(self, request: Request) -> Response:
        if request.method == "POST" and (key := request.headers.get("Idempotency-Key")) is not None:
            return self._guarded(request, lambda: idempotency.once(key, request, lambda: self._handle(request)))
        return self._handle(request)

    def _handle(self, request: Request) -> Response:
        method = str(request.method).lower()
        handler = getattr(self, method if method in self.http_method_names else "", self.http_method_not_allowed)
        return self._guarded(request, lambda: handler(request, *self.args, **self.kwargs))

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        try:
            return work()
        except Exception as error:  # noqa: BLE001 -- the one place where every error becomes an answer
            return self.handle_exception(error)

    @property
    def token(self) -> ApiToken:
        """The token of this request. Only behind HasRight, which lets nothing else through."""
        if not isinstance(self.request.auth, ApiToken):
            raise ImproperlyConfigured(f"{type(self).__name__} is open to requests without a token")
        return self.request.auth

    @property
    def tenant_id(self) -> int:
        return current_tenant_id()


class TenantGenericAPIView(TenantAPIView, GenericAPIView):
    """As TenantAPIView, for endpoints with a queryset, a serializer and pages."""


class TenantViewSet(ViewSetMixin, TenantGenericAPIView):
    """As TenantAPIView, for a resource with several addresses; combine with DRF's mixins."""
