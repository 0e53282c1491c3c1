from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "acorn.ui"
