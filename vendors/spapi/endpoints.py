"""Which host belongs to which environment, and the refusal to send anything anywhere else (design § 1.10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from vendors.spapi.errors import WrongEnvironment
from vendors.spapi.marketplaces import Region


class Environment(StrEnum):
    SIMULATOR = "SIMULATOR"
    SANDBOX = "SANDBOX"
    PRODUCTION = "PRODUCTION"


AMAZON_HOSTS: dict[tuple[Environment, Region], str] = {
    (Environment.PRODUCTION, Region.NA): "sellingpartnerapi-na.amazon.com",
    (Environment.PRODUCTION, Region.EU): "sellingpartnerapi-eu.amazon.com",
    (Environment.PRODUCTION, Region.FE): "sellingpartnerapi-fe.amazon.com",
    (Environment.SANDBOX, Region.NA): "sandbox.sellingpartnerapi-na.amazon.com",
    (Environment.SANDBOX, Region.EU): "sandbox.sellingpartnerapi-eu.amazon.com",
    (Environment.SANDBOX, Region.FE): "sandbox.sellingpartnerapi-fe.amazon.com",
}
AMAZON_TOKEN_URL = "https://api.amazon.com/auth/o2/token"  # noqa: S105 -- an address, not a secret

SETTING_NAMES: tuple[str, ...] = (
    *(f"SPAPI_ENDPOINT_{region}" for region in Region),
    *(f"SPAPI_SANDBOX_ENDPOINT_{region}" for region in Region),
    "SPAPI_SIMULATOR_ENDPOINT",
    "LWA_TOKEN_URL",
    "LWA_TOKEN_URL_SIMULATOR",
)


@dataclass(frozen=True)
class Endpoints:
    """Base addresses of one installation. Refuses, when built, addresses that would mix environments.

    Raises ValueError for an address that is none or is plain http to a host that may not have it,
    WrongEnvironment for an address that belongs to another environment.
    """

    api: Mapping[tuple[Environment, Region], str]
    token_urls: Mapping[Environment, str]
    plain_http_hosts: frozenset[str] = field(init=False)

    @classmethod
    def from_settings(cls, values: Mapping[str, str]) -> "Endpoints":
        """Build from the settings of SETTING_NAMES. Missing or empty: Amazon's own host; no simulator has a default."""
        api: dict[tuple[Environment, Region], str] = {}
        for region in Region:
            for environment, setting in (
                (Environment.PRODUCTION, f"SPAPI_ENDPOINT_{region}"),
                (Environment.SANDBOX, f"SPAPI_SANDBOX_ENDPOINT_{region}"),
            ):
                default = f"https://{AMAZON_HOSTS[environment, region]}"
                api[environment, region] = values.get(setting) or default
            api[Environment.SIMULATOR, region] = values.get("SPAPI_SIMULATOR_ENDPOINT") or ""
        amazon_tokens = values.get("LWA_TOKEN_URL") or AMAZON_TOKEN_URL
        simulator_tokens = values.get("LWA_TOKEN_URL_SIMULATOR") or ""
        return cls(
            {key: url.rstrip("/") for key, url in api.items()},
            {
                Environment.PRODUCTION: amazon_tokens,
                Environment.SANDBOX: amazon_tokens,
                Environment.SIMULATOR: simulator_tokens,
            },
        )

    def __post_init__(self) -> None:
        simulators = [url for (environment, _), url in self.api.items() if environment is Environment.SIMULATOR]
        simulators.append(self.token_urls[Environment.SIMULATOR])
        hosts = frozenset(_parse(url).netloc.lower() for url in simulators if url)
        object.__setattr__(self, "plain_http_hosts", hosts)
        for (environment, region), url in self.api.items():
            if url:
                self._check_address(environment, region, url)
        for environment, url in self.token_urls.items():
            if url:
                self._check_address(environment, None, url)
        self._check_shared()

    def base_url(self, environment: Environment, region: Region) -> str:
        """The address that calls of this environment and region start with."""
        return self._present(self.api[environment, region], environment)

    def token_url(self, environment: Environment) -> str:
        """Where this environment's access tokens come from."""
        return self._present(self.token_urls[environment], environment)

    def check(self, environment: Environment, region: Region, url: str) -> None:
        """Raise WrongEnvironment unless `url` is below the base address of this environment and region."""
        base = self.base_url(environment, region)
        if not (url.startswith(f"{base}/") and _origin(urlsplit(url)) == _origin(urlsplit(base))):
            raise WrongEnvironment(f"This address does not belong to {environment} in region {region}.", code="host")

    def _present(self, url: str, environment: Environment) -> str:
        if not url:
            raise WrongEnvironment(f"No address is set for {environment}.", code="not_configured")
        return url

    def _check_address(self, environment: Environment, region: Region | None, url: str) -> None:
        parts = _parse(url)
        host = _host(parts)
        if parts.scheme == "http" and not may_be_plain(parts, self.plain_http_hosts):
            raise ValueError(f"Plain http is only for this machine and the simulator, not for {host}.")
        for (owner, place), amazon in AMAZON_HOSTS.items():
            if host == amazon and (owner, place) != (environment, region):
                raise WrongEnvironment(f"{host} is Amazon's {owner} host of {place}.", code="host")
        if environment is Environment.SIMULATOR and (host == "amazon.com" or host.endswith(".amazon.com")):
            raise WrongEnvironment(f"{host} is not a simulator.", code="host")

    def _check_shared(self) -> None:
        """One host for two environments is refused, except on this machine, where a rehearsal may play all of them."""
        owners: dict[str, Environment] = {}
        for (environment, _), url in self.api.items():
            parts = urlsplit(url)
            owner = owners.setdefault(_origin(parts), environment)
            if url and owner is not environment and not is_loopback(_host(parts)):
                raise WrongEnvironment(f"{_host(parts)} is set for both {owner} and {environment}.", code="host")


def may_be_plain(parts: SplitResult, plain_http_hosts: frozenset[str]) -> bool:
    """May this address be spoken to without TLS? Only on this machine, or at exactly one of the hosts (with port) given."""
    return is_loopback(_host(parts)) or parts.netloc.lower() in plain_http_hosts


def is_loopback(host: str) -> bool:
    """Is this host name or address literally this machine? Names are not looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _origin(parts: SplitResult) -> str:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{_host(parts)}:{parts.port or default}"


def _parse(url: str) -> SplitResult:
    """Split an address from the settings; anything that two parsers could read in two ways is refused."""
    parts = urlsplit(url)
    odd = "@" in url or "\\" in url or "?" in url or "#" in url or any(char <= " " or char > "~" for char in url)
    if parts.scheme not in ("http", "https") or not parts.hostname or odd:
        raise ValueError("An endpoint is http(s)://host[:port][/path], without user, query or fragment.")
    _ = parts.port  # raises ValueError for a port that is none
    return parts
