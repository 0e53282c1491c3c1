from django.urls import path

from vendors import api
from vendors.views import connections, records, rulebook, submissions

app_name = "vendors"

urlpatterns = [
    path("connections/", connections.connection_list, name="list"),
    path("connections/new/", connections.connect, name="connect"),
    path("connections/simulator/", connections.connect_simulator, name="connect_simulator"),
    path("connections/<public_id:public_id>/", connections.connection_detail, name="detail"),
    path("connections/<public_id:public_id>/edit/", connections.edit, name="edit"),
    path("connections/<public_id:public_id>/test/", connections.test, name="test"),
    path("connections/<public_id:public_id>/sync/", connections.sync, name="sync"),
    path("connections/<public_id:public_id>/archive/", connections.archive, name="archive"),
    path("connections/<public_id:public_id>/restore/", connections.restore, name="restore"),
    path("syncs/<public_id:public_id>/", records.run_detail, name="run"),
    path("exchanges/", records.exchange_list, name="exchanges"),
    path("exchanges/<public_id:public_id>/", records.exchange_detail, name="exchange"),
    path("submissions/", submissions.submission_list, name="submissions"),
    path("submissions/selected/retry/", submissions.retry_selected, name="submissions_retry"),
    path("submissions/selected/hold/", submissions.hold_selected, name="submissions_hold"),
    path("submissions/selected/release/", submissions.release_selected, name="submissions_release"),
    path("submissions/selected/cancel/", submissions.cancel_selected, name="submissions_cancel"),
    path("submissions/<public_id:public_id>/", submissions.submission_detail, name="submission"),
    path("submissions/<public_id:public_id>/replay/", submissions.replay, name="submission_replay"),
    path("submissions/<public_id:public_id>/<str:action>/", submissions.act, name="submission_act"),
    path("rules/", rulebook.rule_list, name="rules"),
    path("rules/rule/", rulebook.rule_detail, name="rule"),
]

api_urlpatterns = [
    path("vendor-connections/", api.ConnectionList.as_view(), name="vendor-connection-list"),
    path("vendor-connections/<public_id:public_id>/", api.ConnectionDetail.as_view(), name="vendor-connection-detail"),
    path("vendor-connections/<public_id:public_id>/test/", api.ConnectionTest.as_view(), name="vendor-connection-test"),
    path("vendor-connections/<public_id:public_id>/sync/", api.ConnectionSync.as_view(), name="vendor-connection-sync"),
    path("vendor-codes/", api.VendorCodeList.as_view(), name="vendor-code-list"),
    path("sync-runs/", api.SyncRunList.as_view(), name="sync-run-list"),
    path("sync-runs/<public_id:public_id>/", api.SyncRunDetail.as_view(), name="sync-run-detail"),
    path("submissions/", api.SubmissionList.as_view(), name="submission-list"),
    path("submissions/<public_id:public_id>/", api.SubmissionDetail.as_view(), name="submission-detail"),
    path("submissions/<public_id:public_id>/retry/", api.SubmissionRetry.as_view(), name="submission-retry"),
    path("submissions/<public_id:public_id>/cancel/", api.SubmissionCancel.as_view(), name="submission-cancel"),
    path("submissions/<public_id:public_id>/hold/", api.SubmissionHold.as_view(), name="submission-hold"),
    path("submissions/<public_id:public_id>/release/", api.SubmissionRelease.as_view(), name="submission-release"),
    path("exchanges/", api.ExchangeList.as_view(), name="exchange-list"),
    path("exchanges/<public_id:public_id>/", api.ExchangeDetail.as_view(), name="exchange-detail"),
]
