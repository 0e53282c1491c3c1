"""Secrets at rest: AES-256-GCM under a ring of named keys, bound to the place they belong to.

A sealed text is `key-id:base64(nonce + ciphertext)`. The context (tenant, row, field) is authenticated with it, so a
sealed value copied into another tenant's row does not open. The first key of the ring seals; all keys open; a row
whose key id is not the first is re-sealed by `manage.py rotate_keys`.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE_BYTES = 12


class CannotUnseal(ValueError):
    """The key is gone from the ring, or the value was moved or damaged. Carries no secret."""


def parse_ring(text: str) -> dict[str, bytes]:
    """`k2:<base64 of 32 bytes>,k1:…` as an ordered ring. Raises ImproperlyConfigured without showing any key."""
    ring: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key_id, separator, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not separator or not key_id or len(key) != 32:
            raise ImproperlyConfigured(
                "ACORN_SECRET_KEYS must look like `k1:<base64 of 32 random bytes>`, newest first, separated by commas."
            )
        ring[key_id] = key
    if not ring:
        raise ImproperlyConfigured("ACORN_SECRET_KEYS is empty: without it no credential can be stored.")
    return ring


@lru_cache(maxsize=4)
def _ring(text: str) -> Mapping[str, bytes]:
    return parse_ring(text)


def current_key_id() -> str:
    """The id of the key that seals now."""
    return next(iter(_ring(settings.ACORN_SECRET_KEYS)))


def seal(secret: str, *, context: str) -> str:
    """Encrypt under the current key. Two calls give different texts."""
    key_id = current_key_id()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_ring(settings.ACORN_SECRET_KEYS)[key_id]).encrypt(nonce, secret.encode(), context.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, context: str) -> str:
    """Decrypt. Raises CannotUnseal when the key is unknown, or the text was changed or belongs to another context."""
    key_id, _, encoded = sealed.partition(":")
    key = _ring(settings.ACORN_SECRET_KEYS).get(key_id)
    if key is None:
        raise CannotUnseal(f"The key {key_id!r} is not in ACORN_SECRET_KEYS.")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise CannotUnseal("The sealed value was changed, or belongs to another place.") from error
