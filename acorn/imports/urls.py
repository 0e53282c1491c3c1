from django.urls import path

from acorn.imports import api, views

app_name = "imports"

urlpatterns = [
    path("imports/", views.run_list, name="list"),
    path("imports/new/", views.upload, name="upload"),
    path("imports/export/", views.export, name="export"),
    path("imports/<public_id:public_id>/", views.run_detail, name="run"),
    path("imports/<public_id:public_id>/columns/", views.columns, name="columns"),
    path("imports/<public_id:public_id>/apply/", views.apply, name="apply"),
    path("imports/<public_id:public_id>/discard/", views.discard, name="discard"),
    path("imports/profiles/", views.profile_list, name="profiles"),
    path("imports/profiles/<public_id:public_id>/", views.profile_detail, name="profile"),
    path("imports/profiles/<public_id:public_id>/end/", views.end_profile, name="end_profile"),
]

api_urlpatterns = [
    path("import-tables/", api.ImportTables.as_view(), name="import-table-list"),
    path("import-profiles/", api.ImportProfiles.as_view(), name="import-profile-list"),
    path("imports/", api.Imports.as_view(), name="import-list"),
    path("imports/<public_id:public_id>/", api.ImportDetail.as_view(), name="import-detail"),
    path("imports/<public_id:public_id>/rows/", api.ImportRows.as_view(), name="import-rows"),
    path("imports/<public_id:public_id>/errors/", api.ImportErrors.as_view(), name="import-errors"),
    path("imports/<public_id:public_id>/columns/", api.ImportColumns.as_view(), name="import-columns"),
    path("imports/<public_id:public_id>/apply/", api.ImportApplication.as_view(), name="import-apply"),
    path("imports/<public_id:public_id>/discard/", api.ImportDiscard.as_view(), name="import-discard"),
]
