"""The labels of a shipment, as files."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import Invalid
from acorn.rest.files import FileNegotiation
from acorn.rest.views import TenantAPIView
from shipments import services
from shipments.types import LabelFormat

_RESOLUTIONS = {"203": LabelFormat.ZPL_203, "300": LabelFormat.ZPL_300}


class ShipmentLabelsPdf(TenantAPIView):
    content_negotiation_class = FileNegotiation
    rights = {"GET": Right.PACK}

    @extend_schema(operation_id="labels_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str) -> StreamingHttpResponse:
        """Every label of the shipment, 4 × 6 inches, a page each. That they were printed is kept with the shipment."""
        return _send(self, public_id, LabelFormat.PDF)


class ShipmentLabelsZpl(TenantAPIView):
    content_negotiation_class = FileNegotiation
    rights = {"GET": Right.PACK}

    @extend_schema(
        operation_id="labels_zpl",
        parameters=[
            OpenApiParameter("dpi", str, enum=list(_RESOLUTIONS), description="The printer's; 203 by default.")
        ],
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    def get(self, request: Request, public_id: str) -> StreamingHttpResponse:
        """Every label of the shipment, for a label printer. That they were printed is kept with the shipment."""
        asked = request.query_params.get("dpi", "203")
        if asked not in _RESOLUTIONS:
            raise Invalid(fields={"dpi": ["203, 300"]})
        return _send(self, public_id, _RESOLUTIONS[asked])


def _send(view: TenantAPIView, public_id: str, form: LabelFormat) -> StreamingHttpResponse:
    labels = services.print_labels(shipment_public_id=public_id, form=form, actor=view.token.actor(), now=clock.now())
    response = StreamingHttpResponse(labels.chunks, content_type=labels.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{labels.name}"'
    return response
