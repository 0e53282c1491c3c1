from django.urls import path

from acorn.imports import views

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
