from django.urls import path
from django.urls.resolvers import URLPattern

from shipments.api import labels, transport
from shipments.api import shipments as api

app_name = "shipments"

urlpatterns: list[URLPattern] = []

api_urlpatterns = [
    path("shipments/", api.ShipmentList.as_view(), name="shipment-list"),
    path("shipments/<public_id:public_id>/", api.ShipmentDetail.as_view(), name="shipment-detail"),
    path("shipments/<public_id:public_id>/cartons/", api.ShipmentCartons.as_view(), name="shipment-cartons"),
    path(
        "shipments/<public_id:public_id>/pickup-request/", transport.ShipmentPickups.as_view(), name="shipment-pickup"
    ),
    path(
        "shipments/<public_id:public_id>/appointment/",
        transport.ShipmentAppointment.as_view(),
        name="shipment-appointment",
    ),
    path("shipments/<public_id:public_id>/labels.pdf", labels.ShipmentLabelsPdf.as_view(), name="shipment-labels-pdf"),
    path("shipments/<public_id:public_id>/labels.zpl", labels.ShipmentLabelsZpl.as_view(), name="shipment-labels-zpl"),
    path("shipments/<public_id:public_id>/evidence/", transport.ShipmentEvidence.as_view(), name="shipment-evidence"),
]
