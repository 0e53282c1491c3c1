from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "acorn.tenancy"

    def ready(self) -> None:
        from acorn.core import instants, lookups  # noqa: PLC0415 -- slow import
        from acorn.tenancy import db, schema  # noqa: PLC0415 -- slow import

        lookups.register()
        connection_created.connect(instants.install)
        connection_created.connect(db.install)
        post_migrate.connect(schema.secure_schema, sender=self)
