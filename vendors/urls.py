from django.urls import path

from vendors import api

app_name = "vendors"

api_urlpatterns = [
    path("vendor-connections/", api.ConnectionList.as_view(), name="vendor-connection-list"),
    path("vendor-connections/<public_id:public_id>/", api.ConnectionDetail.as_view(), name="vendor-connection-detail"),
    path("vendor-connections/<public_id:public_id>/test/", api.ConnectionTest.as_view(), name="vendor-connection-test"),
    path("vendor-connections/<public_id:public_id>/sync/", api.ConnectionSync.as_view(), name="vendor-connection-sync"),
    path("vendor-codes/", api.VendorCodeList.as_view(), name="vendor-code-list"),
    path("sync-runs/", api.SyncRunList.as_view(), name="sync-run-list"),
    path("sync-runs/<public_id:public_id>/", api.SyncRunDetail.as_view(), name="sync-run-detail"),
    path("exchanges/", api.ExchangeList.as_view(), name="exchange-list"),
    path("exchanges/<public_id:public_id>/", api.ExchangeDetail.as_view(), name="exchange-detail"),
]
