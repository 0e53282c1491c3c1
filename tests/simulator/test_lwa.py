"""Login with Amazon: grants, refusals, the life and death of tokens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from tests.simulator.client import ORDERS, Client, sign_in
from tests.support.simulator import RunningSimulator, World


def test_refresh_token_gives_an_hour_and_echoes_itself(world: World) -> None:
    answer = sign_in(world)

    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("access_token").startswith("Atza|")
    assert body == {"token_type": "bearer", "expires_in": 3600, "refresh_token": world.refresh_token}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["x-amzn-RequestId"]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"client_secret": None}, 400, "invalid_request"),
        ({"client_secret": "amzn1.oa2-cs.v1.real"}, 401, "invalid_client"),
        ({"refresh_token": None}, 400, "invalid_request"),
        ({"refresh_token": "Atzr|somebody-elses"}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials", "scope": "profile"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "ANunknown"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
    ],
)
def test_refusals_have_their_word_and_code(world: World, form: dict[str, str | None], status: int, error: str) -> None:
    answer = sign_in(world, **form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_a_json_body_is_an_invalid_request(simulator: RunningSimulator) -> None:
    answer = requests.post(simulator.token_url, json={"grant_type": "refresh_token"}, timeout=10)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_client_without_the_grant_is_unauthorized(make_world: Callable[..., World]) -> None:
    world = make_world(settings={"grants": ["client_credentials"]})

    answer = sign_in(world)

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


def test_authorization_code_is_good_once_and_for_its_redirect_uri(world: World) -> None:
    code = world.post("authorization-codes", redirect_uri="https://acorn.example/callback")["code"]
    form = {"grant_type": "authorization_code", "code": code, "refresh_token": None}

    assert sign_in(world, **form).json()["error"] == "invalid_grant"
    first = sign_in(world, **form, redirect_uri="https://acorn.example/callback")
    second = sign_in(world, **form, redirect_uri="https://acorn.example/callback")

    assert first.status_code == 200
    assert second.json()["error"] == "invalid_grant"
    assert sign_in(world, refresh_token=first.json()["refresh_token"]).status_code == 200


def test_grantless_token_opens_no_vendor_operation(world: World) -> None:
    answer = sign_in(
        world, grant_type="client_credentials", scope="sellingpartnerapi::notifications", refresh_token=None
    )
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()

    refused = requests.get(
        f"{world.simulator.url}{ORDERS}", headers={"x-amz-access-token": answer.json()["access_token"]}, timeout=10
    )

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "Unauthorized")


def test_revoked_grant_ends_tokens_until_it_is_given_again(world: World, client: Client) -> None:
    assert client.get(ORDERS).status_code == 200

    world.post("revoke")

    assert client.get(ORDERS).status_code == 403
    assert sign_in(world).json()["error"] == "invalid_grant"
    world.post("authorize")
    assert sign_in(world).status_code == 200


def test_revoking_before_the_first_use_counts_too(world: World) -> None:
    world.post("revoke")

    assert sign_in(world).json()["error"] == "invalid_grant"


def test_expired_token_is_403_and_a_new_one_works(world: World, client: Client) -> None:
    assert world.post("expire-tokens") == {"ended_tokens": 1}

    refused = client.get(ORDERS)

    assert refused.status_code == 403
    assert refused.json()["errors"][0]["details"] == "The access token you provided has expired."
    assert "x-amzn-RateLimit-Limit" not in refused.headers
    assert Client(world).get(ORDERS).status_code == 200


def test_token_life_is_a_setting(make_world: Callable[..., World]) -> None:
    assert sign_in(make_world(settings={"token_seconds": 90})).json()["expires_in"] == 90


def test_given_credentials_are_taken_to_the_letter(make_world: Callable[..., World]) -> None:
    world = make_world(client_secret="amzn1.oa2-cs.v1.abc", refresh_token="Atzr|mine")

    assert sign_in(world).json()["error"] == "invalid_client"
    assert sign_in(world, client_secret="amzn1.oa2-cs.v1.abc").json()["error"] == "invalid_grant"
    assert sign_in(world, client_secret="amzn1.oa2-cs.v1.abc", refresh_token="Atzr|mine").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"), [("lwa_server_error", 500), ("lwa_temporarily_unavailable", 503), ("lwa_access_denied", 403)]
)
def test_errors_on_demand_come_once(world: World, kind: str, status: int) -> None:
    world.add_fault(kind)

    answer = sign_in(world)

    assert (answer.status_code, f"lwa_{answer.json()['error']}") == (status, kind)
    assert sign_in(world).status_code == 200


@pytest.mark.parametrize("token", ["", "Atza|made-up"])
def test_missing_or_made_up_access_token_is_403(simulator: RunningSimulator, token: str) -> None:
    answer = requests.get(f"{simulator.url}{ORDERS}", headers={"x-amz-access-token": token}, timeout=10)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "Unauthorized")


def test_wrong_region_and_missing_role_are_403(make_world: Callable[..., World]) -> None:
    world = make_world(marketplace="DE", settings={"denied_operations": ["getPurchaseOrdersStatus"]})
    client = Client(world)

    assert client.get(f"/eu{ORDERS}").status_code == 200
    assert client.get(f"/na{ORDERS}").status_code == 403
    assert client.get(f"{ORDERS}Status").status_code == 403


def test_worlds_do_not_see_each_other(make_world: Callable[..., World]) -> None:
    mine, other = make_world(), make_world()
    number = mine.make_orders(1)[0]

    assert Client(mine).numbers() == [number]
    assert Client(other).numbers() == []
    assert Client(other).get(f"{ORDERS}/{number}").status_code == 404
    assert Client(other).numbers(f"{ORDERS}Status", purchaseOrderNumber=number) == []
