from typing import Any

from acorn.core import clock
from acorn.core.actor import Actor
from tests.support.simulator import World
from vendors import services
from vendors.models import Connection

ACTOR = Actor.system("test")


def make_connection(world: World | None = None, **fields: Any) -> Connection:
    """A connection to the simulator, with the credentials of a world of it or with made-up ones."""
    secrets = services.Secrets(
        client_id=world.client_id if world else "amzn1.application-oa2-client.nobody0123456789",
        client_secret=world.client_secret if world else "amzn1.oa2-cs.v1.nobodys-client-secret",
        refresh_token=world.refresh_token if world else "Atzr|nobodys-refresh-token",
    )
    values: dict[str, Any] = {
        "name": "Acme US",
        "environment": "SIMULATOR",
        "region": "NA",
        "marketplace": "US",
        "vendor_group_code": "VG00",
        "vendor_codes": ["VND00"],
        "credentials": secrets,
        "actor": ACTOR,
        "now": clock.now(),
    }
    return services.connect(**values | fields)
