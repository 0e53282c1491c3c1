import pytest

from vendors.spapi.endpoints import AMAZON_HOSTS, Endpoints, Environment, is_loopback
from vendors.spapi.errors import WrongEnvironment
from vendors.spapi.marketplaces import BY_COUNTRY, BY_ID, MARKETPLACES, Region

LOCAL = {"SPAPI_SIMULATOR_ENDPOINT": "http://127.0.0.1:8100", "LWA_TOKEN_URL_SIMULATOR": "http://127.0.0.1:8100/token"}


def test_defaults_are_amazons_hosts():
    endpoints = Endpoints.from_settings({})

    assert endpoints.base_url(Environment.PRODUCTION, Region.EU) == "https://sellingpartnerapi-eu.amazon.com"
    assert endpoints.base_url(Environment.SANDBOX, Region.FE) == "https://sandbox.sellingpartnerapi-fe.amazon.com"
    assert endpoints.token_url(Environment.PRODUCTION) == "https://api.amazon.com/auth/o2/token"
    assert endpoints.token_url(Environment.SANDBOX) == "https://api.amazon.com/auth/o2/token"
    assert endpoints.plain_http_hosts == frozenset()


def test_simulator_without_an_address_is_refused():
    endpoints = Endpoints.from_settings({"SPAPI_SIMULATOR_ENDPOINT": "", "LWA_TOKEN_URL_SIMULATOR": ""})

    with pytest.raises(WrongEnvironment) as base:
        endpoints.base_url(Environment.SIMULATOR, Region.NA)
    with pytest.raises(WrongEnvironment) as token:
        endpoints.token_url(Environment.SIMULATOR)

    assert (base.value.code, token.value.code) == ("not_configured", "not_configured")


def test_each_environment_may_be_played_on_this_machine():
    here = "http://127.0.0.1:8100/"
    endpoints = Endpoints.from_settings({**LOCAL, "SPAPI_ENDPOINT_NA": here, "LWA_TOKEN_URL": "http://localhost:1/t"})

    assert endpoints.base_url(Environment.PRODUCTION, Region.NA) == "http://127.0.0.1:8100"


@pytest.mark.parametrize(
    "settings",
    [
        {"SPAPI_SIMULATOR_ENDPOINT": "https://sellingpartnerapi-na.amazon.com"},
        {"SPAPI_SIMULATOR_ENDPOINT": "https://SANDBOX.sellingpartnerapi-na.amazon.com."},
        {"SPAPI_SIMULATOR_ENDPOINT": "https://anything.amazon.com"},
        {"SPAPI_SIMULATOR_ENDPOINT": "https://amazon.com"},
        {"LWA_TOKEN_URL_SIMULATOR": "https://api.amazon.com/auth/o2/token"},
        {"SPAPI_SANDBOX_ENDPOINT_NA": "https://sellingpartnerapi-na.amazon.com"},
        {"SPAPI_ENDPOINT_NA": "https://sandbox.sellingpartnerapi-na.amazon.com"},
        {"SPAPI_ENDPOINT_NA": "https://sellingpartnerapi-eu.amazon.com"},
        {"LWA_TOKEN_URL": "https://sellingpartnerapi-eu.amazon.com/auth"},
        {"SPAPI_ENDPOINT_NA": "https://proxy.example:8443", "SPAPI_SIMULATOR_ENDPOINT": "https://proxy.example:8443"},
        {"SPAPI_ENDPOINT_NA": "https://proxy.example", "SPAPI_SANDBOX_ENDPOINT_NA": "https://proxy.example:443/x"},
        {"SPAPI_ENDPOINT_NA": "http://simulator:9000", "SPAPI_SIMULATOR_ENDPOINT": "http://simulator:9000"},
    ],
)
def test_an_address_of_another_environment_is_refused(settings: dict[str, str]):
    with pytest.raises(WrongEnvironment):
        Endpoints.from_settings(settings)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "sellingpartnerapi-na.amazon.com",
        "https://",
        "https://user:pass@example.com",
        "https://example.com/?x=1",
        "https://example.com/#x",
        "https://exam ple.com",
        "https://example.com\\@127.0.0.1",
        "https://example.com:port",
        "https://exämple.com",
    ],
)
def test_an_address_that_can_be_misread_is_refused(url: str):
    with pytest.raises(ValueError, match=r".+"):
        Endpoints.from_settings({"SPAPI_ENDPOINT_NA": url})


def test_plain_http_is_for_this_machine_and_the_exact_simulator_hosts():
    endpoints = Endpoints.from_settings(
        {"SPAPI_SIMULATOR_ENDPOINT": "http://Simulator:9000/", "LWA_TOKEN_URL_SIMULATOR": "http://simulator:9000/token"}
    )

    assert endpoints.plain_http_hosts == {"simulator:9000"}
    assert endpoints.base_url(Environment.SIMULATOR, Region.FE) == "http://Simulator:9000"


@pytest.mark.parametrize(
    "url",
    [
        "https://sellingpartnerapi-eu.amazon.com/vendor",
        "https://sandbox.sellingpartnerapi-na.amazon.com/vendor",
        "https://sellingpartnerapi-na.amazon.com.evil.example/vendor",
        "https://sellingpartnerapi-na.amazon.com@evil.example/vendor",
        "https://sellingpartnerapi-na.amazon.com",
        "http://sellingpartnerapi-na.amazon.com/vendor",
        "https://sellingpartnerapi-na.amazon.com:8443/vendor",
        "http://127.0.0.1:8100/vendor",
    ],
)
def test_check_refuses_every_other_host(url: str):
    with pytest.raises(WrongEnvironment):
        Endpoints.from_settings(LOCAL).check(Environment.PRODUCTION, Region.NA, url)


def test_check_lets_its_own_host_through():
    url = "https://sellingpartnerapi-na.amazon.com/vendor/orders/v1/purchaseOrders?limit=1"

    Endpoints.from_settings(LOCAL).check(Environment.PRODUCTION, Region.NA, url)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("l", False)],
)
def test_is_loopback(host: str, expected: bool):
    assert is_loopback(host) is expected


def test_marketplaces_are_complete_and_unambiguous():
    assert len(MARKETPLACES) == len(BY_COUNTRY) == len(BY_ID) == 23
    assert BY_COUNTRY["IN"].region is Region.EU
    assert {market.country for market in MARKETPLACES if not market.is_verified} == {"BE", "IE", "ZA"}
    assert len(set(AMAZON_HOSTS.values())) == 6
