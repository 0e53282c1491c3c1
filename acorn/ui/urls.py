from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from acorn.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("ui/theme/", views.choose_theme, name="theme"),
    path("ui/language/", views.choose_language, name="language"),
    path("ui/company/", views.choose_company, name="company"),
    path("ui/save-view/", views.save_view, name="save_view"),
    path("exports/<public_id:public_id>/", views.export, name="export"),
    path("ui/remove-view/", views.remove_view, name="remove_view"),
]
if settings.DEBUG:
    urlpatterns.append(path("", include("acorn.ui.kit")))
