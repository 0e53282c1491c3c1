"""The endpoints of imports: upload, preview, columns, write or throw away, what was refused as a file.

Each table has a right of its own: who may change the table by hand may import into it.
"""

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from acorn.accounts.rights import token_grants
from acorn.core import clock, messages
from acorn.core.errors import Invalid
from acorn.core.keyset import Sorts
from acorn.imports import selectors, services
from acorn.imports.errors import RunNotFound
from acorn.imports.evaluation import find_unmapped
from acorn.imports.models import ImportPreview, ImportProfile, ImportRun
from acorn.imports.registry import find_table
from acorn.imports.serializers import (
    ApplySerializer,
    ImportDetailSerializer,
    ImportQuery,
    ImportSerializer,
    MappingSerializer,
    NewImportSerializer,
    ProfileSerializer,
    RowQuery,
    RowSerializer,
    TableSerializer,
    tables_of,
)
from acorn.imports.types import FileMapping, ImportTable
from acorn.rest.files import FileNegotiation
from acorn.rest.permissions import MissingScope
from acorn.rest.views import TenantAPIView, TenantGenericAPIView
from acorn.ui.uploads import BoundedUpload

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Imports(TenantAPIView):
    """Finds a table or an import, and demands the table's right of the token."""

    def tables(self) -> list[ImportTable]:
        return tables_of(lambda right: token_grants(self.token.scopes, right))

    def table(self, name: str) -> ImportTable:
        found = find_table(name)
        if found is None:
            raise Invalid(fields={"table": [_("There is no table of this name.")]})
        if not token_grants(self.token.scopes, found.right):
            raise MissingScope(scope=found.right.value)
        return found

    def run(self, public_id: str) -> ImportRun:
        found = selectors.get_run(public_id)
        self.table(found.table)
        return found

    def show(self, public_id: str, code: int = status.HTTP_200_OK) -> Response:
        return Response(ImportDetailSerializer(selectors.get_run(public_id)).data, status=code)


class ImportTables(_Imports):
    rights = {"GET": None}

    @extend_schema(operation_id="import_tables", responses=TableSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The tables that this token may import into, with their columns."""
        return Response(TableSerializer(self.tables(), many=True).data)


class ImportProfiles(_Imports, TenantGenericAPIView, ListAPIView):
    """Saved ways to read a kind of file."""

    rights = {"GET": None}
    serializer_class = ProfileSerializer
    sorts = Sorts({"name": "name"}, default="name")

    def get_queryset(self) -> QuerySet[ImportProfile]:
        return selectors.list_profiles().filter(table__in=[table.name for table in self.tables()])

    @extend_schema(operation_id="import_profiles")
    def get(self, request: Request) -> Response:
        return super().get(request)


class Imports(_Imports, TenantGenericAPIView, ListAPIView):
    """Files on their way into tables."""

    rights = {"GET": None, "POST": None}
    parser_classes = [MultiPartParser]
    serializer_class = ImportSerializer
    sorts = Sorts({"created_at": "id"}, default="-created_at")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # nothing of a file is kept before it is known who sends it, and never more than the limit
        request._request.too_large = False  # type: ignore[attr-defined]
        request._request.upload_handlers = [BoundedUpload(request._request, settings.IMPORT_MAX_BYTES)]

    def get_queryset(self) -> QuerySet[ImportRun]:
        wanted = _checked(ImportQuery, self.request.query_params)
        names = [table.name for table in self.tables()]
        return selectors.list_runs(names).filter(**wanted)

    @extend_schema(operation_id="imports", parameters=[ImportQuery])
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="start_import", request={"multipart/form-data": NewImportSerializer},
        responses={202: ImportDetailSerializer},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Upload a file. It is read and compared in the background: look at it until its state is PREVIEW or COLUMNS.

        Nothing is written before `apply/`.
        """
        data = request.data
        if request._request.too_large:  # type: ignore[attr-defined]
            told = {"megabytes": settings.IMPORT_MAX_BYTES // 1_000_000}
            raise Invalid(fields={"file": [messages.render("imports.too_large_file", told)]})
        given = _checked(NewImportSerializer, data)
        table = self.table(given["table"])
        profile = (
            selectors.list_profiles(table.name).filter(public_id=given["profile"]).first()
            if "profile" in given
            else None
        )
        if "profile" in given and profile is None:
            raise Invalid(fields={"profile": [_("There is no profile of this id for this table.")]})
        run = services.start_import(
            table=table.name, content=given["file"], filename=given["file"].name, profile=profile,
            language=translation.get_language() or "en", actor=self.token.actor(), person=self.token.person(),
            now=clock.now(),
        )  # fmt: skip
        return self.show(run.public_id, status.HTTP_202_ACCEPTED)


class ImportDetail(_Imports):
    rights = {"GET": None}

    @extend_schema(operation_id="import", responses=ImportDetailSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """One import: its state, its counts and how far it is."""
        self.run(public_id)
        return self.show(public_id)


class ImportRows(_Imports, TenantGenericAPIView, ListAPIView):
    """The preview: the first 500 rows of each kind."""

    rights = {"GET": None}
    serializer_class = RowSerializer
    sorts = Sorts({"row": "number"}, default="row")

    def get_queryset(self) -> QuerySet[ImportPreview]:
        run = self.run(self.kwargs["public_id"])
        return ImportPreview.objects.filter(run=run, **_checked(RowQuery, self.request.query_params))

    @extend_schema(operation_id="import_rows", parameters=[RowQuery])
    def get(self, request: Request, public_id: str) -> Response:
        return super().get(request, public_id)


class ImportErrors(_Imports):
    rights = {"GET": None}
    content_negotiation_class = FileNegotiation

    @extend_schema(operation_id="import_errors", responses={(200, _XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        """The refused rows as they came, and a column that says what is wrong. 404 where none was refused."""
        file = self.run(public_id).error_file
        if file is None:
            raise RunNotFound
        return FileResponse(
            default_storage.open(file.storage_path), as_attachment=True, filename=file.name, content_type=_XLSX
        )  # fmt: skip


class ImportColumns(_Imports):
    rights = {"POST": None}

    @extend_schema(
        operation_id="choose_import_columns", request=MappingSerializer, responses={202: ImportDetailSerializer}
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Say how the file is to be read; it is read and compared again."""
        run = self.run(public_id)
        table = self.table(run.table)
        checked = MappingSerializer(data=request.data, context={"table": table})
        checked.is_valid(raise_exception=True)
        mapping = FileMapping(**checked.validated_data)
        if missing := find_unmapped(table, mapping):
            text = _("This is needed: choose its column, or write a value for all rows.")
            raise Invalid(fields={f"columns.{name}": [text] for name in missing})
        services.choose_columns(public_id=public_id, mapping=mapping)
        return self.show(public_id, status.HTTP_202_ACCEPTED)


class ImportApplication(_Imports):
    rights = {"POST": None}

    @extend_schema(operation_id="apply_import", request=ApplySerializer, responses={202: ImportDetailSerializer})
    def post(self, request: Request, public_id: str) -> Response:
        """Write it, in the background and in one transaction: everything or nothing, or the good rows only."""
        self.run(public_id)
        services.apply_import(public_id=public_id, mode=_checked(ApplySerializer, request.data)["mode"])
        return self.show(public_id, status.HTTP_202_ACCEPTED)


class ImportDiscard(_Imports):
    rights = {"POST": None}

    @extend_schema(operation_id="discard_import", request=None, responses=ImportDetailSerializer)
    def post(self, request: Request, public_id: str) -> Response:
        """Throw it away before it is written."""
        self.run(public_id)
        services.discard_import(public_id=public_id, actor=self.token.actor(), now=clock.now())
        return self.show(public_id)


def _checked(form: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    checked = form(data=data)
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
