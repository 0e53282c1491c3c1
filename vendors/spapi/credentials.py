"""Who is calling: one developer application acting for one vendor group."""

from dataclasses import dataclass, field
from hashlib import sha256

from vendors.spapi.endpoints import Environment
from vendors.spapi.marketplaces import Region


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everything a call needs to know about its sender. Printing it shows none of the credentials."""

    environment: Environment
    region: Region
    vendor_group: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that may never be shown or stored."""
        return (self.client_id, self.client_secret, self.refresh_token)

    @property
    def application(self) -> str:
        """Names the application in keys and pages without showing its client id."""
        return sha256(self.client_id.encode()).hexdigest()[:16]
