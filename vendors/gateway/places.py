"""Marketplaces and addresses, from the client's tables and the settings."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from vendors.spapi.endpoints import Endpoints, Environment
from vendors.spapi.errors import WrongEnvironment
from vendors.spapi.marketplaces import BY_COUNTRY, MARKETPLACES, Marketplace, Region

__all__ = ["Marketplace", "endpoints", "find_marketplace", "list_marketplaces", "sends_to"]


def list_marketplaces() -> tuple[Marketplace, ...]:
    """Every marketplace that Amazon publishes, with its region and currency."""
    return MARKETPLACES


def find_marketplace(country: str) -> Marketplace | None:
    """The marketplace of a country code such as US or GB."""
    return BY_COUNTRY.get(country)


def sends_to(environment: str, region: str) -> str:
    """The host that a connection's calls go to; empty where the installation has none (no simulator set up)."""
    try:
        return urlsplit(endpoints().base_url(Environment(environment), Region(region))).netloc
    except WrongEnvironment:
        return ""


def endpoints() -> Endpoints:
    """The addresses of this installation. Raises ValueError or WrongEnvironment for settings that would mix environments."""
    values = {
        **{f"SPAPI_ENDPOINT_{region}": url for region, url in settings.SPAPI_ENDPOINTS.items()},
        **{f"SPAPI_SANDBOX_ENDPOINT_{region}": url for region, url in settings.SPAPI_SANDBOX_ENDPOINTS.items()},
        "SPAPI_SIMULATOR_ENDPOINT": settings.SPAPI_SIMULATOR_ENDPOINT,
        "LWA_TOKEN_URL": settings.LWA_TOKEN_URL,
        "LWA_TOKEN_URL_SIMULATOR": settings.LWA_TOKEN_URL_SIMULATOR,
    }
    return _endpoints(tuple(sorted(values.items())))


@lru_cache(maxsize=8)
def _endpoints(values: tuple[tuple[str, str], ...]) -> Endpoints:
    known: Mapping[str, str] = dict(values)
    return Endpoints.from_settings(known)
