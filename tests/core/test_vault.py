"""Law 8: a sealed secret opens only with a key of the ring, unchanged, and where it belongs."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from acorn.core import vault

OLD = "k1:" + base64.b64encode(b"1" * 32).decode()
NEW = "k2:" + base64.b64encode(b"2" * 32).decode()


def test_opens_where_it_was_sealed(settings) -> None:
    settings.ACORN_SECRET_KEYS = OLD
    sealed = vault.seal("refresh-token", context="7:connection.refresh_token")

    assert vault.unseal(sealed, context="7:connection.refresh_token") == "refresh-token"
    assert "refresh-token" not in sealed
    assert sealed != vault.seal("refresh-token", context="7:connection.refresh_token")


@pytest.mark.parametrize("context", ["8:connection.refresh_token", "7:connection.client_secret", ""])
def test_does_not_open_in_another_place(settings, context: str) -> None:
    settings.ACORN_SECRET_KEYS = OLD
    sealed = vault.seal("refresh-token", context="7:connection.refresh_token")

    with pytest.raises(vault.CannotUnseal):
        vault.unseal(sealed, context=context)


def test_a_new_key_seals_and_the_old_one_still_opens(settings) -> None:
    settings.ACORN_SECRET_KEYS = OLD
    old = vault.seal("s", context="c")
    settings.ACORN_SECRET_KEYS = f"{NEW},{OLD}"

    assert vault.unseal(old, context="c") == "s"
    assert vault.seal("s", context="c").startswith("k2:")


def test_a_lost_key_is_named_and_the_secret_is_not(settings) -> None:
    settings.ACORN_SECRET_KEYS = OLD
    sealed = vault.seal("refresh-token", context="c")
    settings.ACORN_SECRET_KEYS = NEW

    with pytest.raises(vault.CannotUnseal) as caught:
        vault.unseal(sealed, context="c")

    assert str(caught.value) == "The key 'k1' is not in ACORN_SECRET_KEYS."


@pytest.mark.parametrize("damage", [lambda s: s[:-4] + "AAAA", lambda s: s[:10], lambda s: "k1:%%%", lambda s: "k1:"])
def test_a_damaged_value_does_not_open(settings, damage) -> None:
    settings.ACORN_SECRET_KEYS = OLD
    sealed = vault.seal("refresh-token", context="c")

    with pytest.raises(vault.CannotUnseal):
        vault.unseal(damage(sealed), context="c")


@pytest.mark.parametrize("text", ["", "k1", "k1:", "k1:dG9vIHNob3J0", ":" + "A" * 44, "k1:not base64"])
def test_a_wrong_ring_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        vault.parse_ring(text)
    assert "dG9v" not in str(caught.value)
