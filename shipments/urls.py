from django.urls import path

from shipments.api import asns, labels, transport
from shipments.api import shipments as api
from shipments.api.pack_rules import CartonTypeDetail, CartonTypeList, ItemPackRule, PackRuleList
from shipments.views import scan
from shipments.views import shipments as views

app_name = "shipments"

urlpatterns = [
    path("shipments/", views.shipment_list, name="list"),
    path("shipments/export/", views.export_selected, name="export"),
    path("shipments/scan/", scan.scan, name="scan"),
    path("shipments/to-ship/", views.to_ship, name="to_ship"),
    path("shipments/to-ship/choose/", views.choose_orders, name="choose"),
    path("shipments/plan/", views.plan, name="plan"),
    path("shipments/asns/<public_id:public_id>/", views.asn_detail, name="asn"),
    path("shipments/<public_id:public_id>/", views.shipment_detail, name="detail"),
    path("shipments/<public_id:public_id>/packed/", views.mark_packed, name="mark_packed"),
    path("shipments/<public_id:public_id>/undo/", views.undo, name="undo"),
    path("shipments/<public_id:public_id>/cancel/", views.cancel, name="cancel"),
    path("shipments/<public_id:public_id>/pickup/", views.request_pickup, name="request_pickup"),
    path("shipments/<public_id:public_id>/appointment/", views.record_appointment, name="record_appointment"),
    path("shipments/<public_id:public_id>/documents/", views.add_evidence, name="add_evidence"),
    path("shipments/<public_id:public_id>/depart/", views.depart, name="depart"),
    path("shipments/<public_id:public_id>/labels/", views.labels, name="labels"),
    path("shipments/<public_id:public_id>/papers/", views.paper, name="paper"),
]

api_urlpatterns = [
    path("carton-types/", CartonTypeList.as_view(), name="carton-type-list"),
    path("carton-types/<public_id:public_id>/", CartonTypeDetail.as_view(), name="carton-type-detail"),
    path("pack-rules/", PackRuleList.as_view(), name="pack-rule-list"),
    path("items/<public_id:public_id>/pack-rule/", ItemPackRule.as_view(), name="item-pack-rule"),
    path(
        "purchase-orders/<public_id:public_id>/shippable/",
        api.OrderShippable.as_view(),
        name="purchase-order-shippable",
    ),
    path("shipments/", api.ShipmentList.as_view(), name="shipment-list"),
    path("shipments/import/", api.ShipmentImport.as_view(), name="shipment-import"),
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
    path("shipments/<public_id:public_id>/pack/", api.ShipmentPack.as_view(), name="shipment-pack"),
    path("shipments/<public_id:public_id>/undo/", api.ShipmentUndo.as_view(), name="shipment-undo"),
    path("shipments/<public_id:public_id>/cancel/", api.ShipmentCancel.as_view(), name="shipment-cancel"),
    path("shipments/<public_id:public_id>/depart/", asns.ShipmentDeparture.as_view(), name="shipment-depart"),
    path("shipments/<public_id:public_id>/check/", asns.ShipmentCheck.as_view(), name="shipment-check"),
    path("shipments/<public_id:public_id>/received/", asns.ShipmentReceipts.as_view(), name="shipment-received"),
    path("asns/", asns.AsnList.as_view(), name="asn-list"),
    path("asns/<public_id:public_id>/", asns.AsnDetail.as_view(), name="asn-detail"),
    path("asns/<public_id:public_id>/replace/", asns.AsnReplacement.as_view(), name="asn-replace"),
]
