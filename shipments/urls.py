from django.urls import path
from django.urls.resolvers import URLPattern

from shipments.api import shipments as api

app_name = "shipments"

urlpatterns: list[URLPattern] = []

api_urlpatterns = [
    path("shipments/", api.ShipmentList.as_view(), name="shipment-list"),
    path("shipments/<public_id:public_id>/", api.ShipmentDetail.as_view(), name="shipment-detail"),
    path("shipments/<public_id:public_id>/cartons/", api.ShipmentCartons.as_view(), name="shipment-cartons"),
]
