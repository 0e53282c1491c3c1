from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "acorn.rest"

    def ready(self) -> None:
        from acorn.rest import schema  # noqa: F401, PLC0415 -- slow import
