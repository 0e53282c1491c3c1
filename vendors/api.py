"""The endpoints of connections, vendor codes, syncs and exchanges."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.keyset import Sorts
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from vendors import selectors, services
from vendors.filters import ConnectionQuery, ExchangeQuery, SubmissionQuery, SyncRunQuery, VendorCodeQuery
from vendors.models import Connection, Exchange, Submission, SyncRun, VendorCode
from vendors.serializers import (
    ConnectionChangeSerializer,
    ConnectionSerializer,
    ExchangeDetailSerializer,
    ExchangeSerializer,
    NewConnectionSerializer,
    SubmissionDetailSerializer,
    SubmissionSerializer,
    SyncRequestSerializer,
    SyncRunSerializer,
    TestResultSerializer,
    VendorCodeSerializer,
)


class ConnectionList(TenantGenericAPIView, ListAPIView):
    """The company's connections to Amazon."""

    rights = {"GET": Right.SEE_CONNECTIONS, "POST": Right.MANAGE_CONNECTIONS}
    serializer_class = ConnectionSerializer
    sorts = Sorts(["created_at", "name"], default="created_at")

    def get_queryset(self) -> QuerySet[Connection]:
        wanted = _checked(ConnectionQuery, self.request.query_params)
        return selectors.list_connections(search=wanted.get("search", ""), is_archived=wanted["archived"])

    @extend_schema(operation_id="vendor_connections", parameters=[ConnectionQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="create_vendor_connection", request=NewConnectionSerializer, responses={201: ConnectionSerializer}
    )
    def post(self, request: Request) -> Response:
        """Connect a vendor group. Nothing is sent to Amazon yet: test it, or ask for a sync."""
        given = _checked(NewConnectionSerializer, request.data)
        connection = services.connect(
            name=given["name"],
            environment=given["environment"],
            region=given["region"],
            marketplace=given["marketplace"],
            vendor_group_code=given["vendor_group_code"],
            vendor_codes=given["vendor_codes"],
            credentials=services.Secrets(given["client_id"], given["client_secret"], given["refresh_token"]),
            actor=self.token.actor(),
            now=clock.now(),
        )
        return _show(connection.public_id, status.HTTP_201_CREATED)


class ConnectionDetail(TenantAPIView):
    """One connection."""

    rights = {"GET": Right.SEE_CONNECTIONS, "PATCH": Right.MANAGE_CONNECTIONS, "DELETE": Right.MANAGE_CONNECTIONS}

    @extend_schema(operation_id="vendor_connection", responses=ConnectionSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        return _show(public_id)

    @extend_schema(
        operation_id="change_vendor_connection", request=ConnectionChangeSerializer, responses=ConnectionSerializer
    )
    def patch(self, request: Request, public_id: str) -> Response:
        """Rename it, or replace credentials; the old ones are forgotten."""
        given = _checked(ConnectionChangeSerializer, request.data)
        services.change(public_id=public_id, actor=self.token.actor(), now=clock.now(), **given)
        return _show(public_id)

    @extend_schema(operation_id="archive_vendor_connection", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Archive it: it is not used any more, and everything that came through it stays."""
        services.archive(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConnectionTest(TenantAPIView):
    rights = {"POST": Right.SYNC}

    @extend_schema(operation_id="test_vendor_connection", request=None, responses=TestResultSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Ask Amazon for a token and for one harmless read; says in words what is wrong. The answer is 200 either way."""
        result = services.test_connection(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return Response(TestResultSerializer(result).data)


class ConnectionSync(TenantAPIView):
    rights = {"POST": Right.SYNC}

    @extend_schema(
        operation_id="sync_vendor_connection", request=SyncRequestSerializer, responses={202: SyncRunSerializer}
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Bring it up to date. While a sync runs another one waits behind it; one that still waits is joined."""
        given = _checked(SyncRequestSerializer, request.data)
        connection = selectors.get_connection(public_id)
        run = services.start_sync(
            connection_id=connection.pk,
            resources=given.get("resources"),
            actor=self.token.actor(),
            now=clock.now(),
        )
        return Response(SyncRunSerializer(selectors.get_run(run.public_id)).data, status=status.HTTP_202_ACCEPTED)


class VendorCodeList(TenantGenericAPIView, ListAPIView):
    """The codes under which Amazon orders from the company."""

    rights = {"GET": Right.SEE_CONNECTIONS}
    serializer_class = VendorCodeSerializer
    sorts = Sorts(["code"], default="code")

    def get_queryset(self) -> QuerySet[VendorCode]:
        wanted = _checked(VendorCodeQuery, self.request.query_params)
        return selectors.list_vendor_codes(search=wanted.get("search", ""), connection=wanted.get("connection", ""))

    @extend_schema(operation_id="vendor_codes", parameters=[VendorCodeQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)


class SyncRunList(TenantGenericAPIView, ListAPIView):
    """Syncs, newest first."""

    rights = {"GET": Right.SEE_CONNECTIONS}
    serializer_class = SyncRunSerializer
    sorts = Sorts({"created_at": "pk"}, default="-created_at")

    def get_queryset(self) -> QuerySet[SyncRun]:
        wanted = _checked(SyncRunQuery, self.request.query_params)
        return selectors.list_runs(**wanted)

    @extend_schema(operation_id="sync_runs", parameters=[SyncRunQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)


class SyncRunDetail(TenantAPIView):
    rights = {"GET": Right.SEE_CONNECTIONS}

    @extend_schema(operation_id="sync_run", responses=SyncRunSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """How far a sync is, what it brought, and what went wrong."""
        return Response(SyncRunSerializer(selectors.get_run(public_id)).data)


class ExchangeList(TenantGenericAPIView, ListAPIView):
    """Every call to Amazon, newest first, without bodies."""

    rights = {"GET": Right.SEE_EXCHANGES}
    serializer_class = ExchangeSerializer
    sorts = Sorts(["started_at"], default="-started_at")

    def get_queryset(self) -> QuerySet[Exchange]:
        wanted = _checked(ExchangeQuery, self.request.query_params)
        wanted["is_failed"] = wanted.pop("failed")
        wanted["error_class"] = wanted.pop("error", "")
        return selectors.list_exchanges(**wanted)

    @extend_schema(operation_id="exchanges", parameters=[ExchangeQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)


class ExchangeDetail(TenantGenericAPIView, RetrieveAPIView):
    rights = {"GET": Right.SEE_EXCHANGES}
    serializer_class = ExchangeDetailSerializer

    def get_object(self) -> Exchange:
        return selectors.get_exchange(self.kwargs["public_id"])

    @extend_schema(operation_id="exchange")
    def get(self, request: Request, public_id: str) -> Response:
        """One call to Amazon with headers and bodies; secrets were redacted before it was stored."""
        return super().get(request)


class SubmissionList(TenantGenericAPIView, ListAPIView):
    """Documents for Amazon, newest first."""

    rights = {"GET": Right.SEE_SUBMISSIONS}
    serializer_class = SubmissionSerializer
    sorts = Sorts(["created_at"], default="-created_at")

    def get_queryset(self) -> QuerySet[Submission]:
        wanted = _checked(SubmissionQuery, self.request.query_params)
        found = selectors.list_submissions()
        if search := wanted.pop("search", ""):
            found = found.filter(selectors.find_submissions(search))
        columns = {"connection": "connection__public_id", "subject": "subject_id"}
        return found.filter(**{columns.get(name, name): value for name, value in wanted.items()})

    @extend_schema(operation_id="submissions", parameters=[SubmissionQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)


class SubmissionDetail(TenantAPIView):
    rights = {"GET": Right.SEE_SUBMISSIONS}

    @extend_schema(operation_id="submission", responses=SubmissionDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """How far a document is, what the checks found, and every call that moved it."""
        return _show_submission(public_id)


class SubmissionRetry(TenantAPIView):
    rights = {"POST": Right.MANAGE_SUBMISSIONS}

    @extend_schema(operation_id="retry_submission", request=None, responses=SubmissionDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Send the same bytes again: after a refusal, a failure, or when nobody knows whether Amazon has them."""
        services.retry(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return _show_submission(public_id)


class SubmissionCancel(TenantAPIView):
    rights = {"POST": Right.MANAGE_SUBMISSIONS}

    @extend_schema(operation_id="cancel_submission", request=None, responses=SubmissionDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Never send a document that has not left."""
        services.cancel(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return _show_submission(public_id)


class SubmissionHold(TenantAPIView):
    rights = {"POST": Right.MANAGE_SUBMISSIONS}

    @extend_schema(operation_id="hold_submission", request=None, responses=SubmissionDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Keep a waiting document back until it is released."""
        services.hold(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return _show_submission(public_id)


class SubmissionRelease(TenantAPIView):
    rights = {"POST": Right.MANAGE_SUBMISSIONS}

    @extend_schema(operation_id="release_submission", request=None, responses=SubmissionDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Let a document go that was held back."""
        services.release(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return _show_submission(public_id)


def _show_submission(public_id: str) -> Response:
    return Response(SubmissionDetailSerializer(selectors.get_submission(public_id)).data)


def _checked(form: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    checked = form(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _show(public_id: str, code: int = status.HTTP_200_OK) -> Response:
    return Response(ConnectionSerializer(selectors.get_connection(public_id)).data, status=code)
