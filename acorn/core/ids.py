"""Opaque public ids: what a URL or the API shows instead of a database key."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u
_LENGTH = 26  # 26 x 5 bits >= 128 bits


def new_public_id(prefix: str) -> str:
    """`prefix_` followed by 128 random bits: unguessable, sorts randomly, safe in URLs and file names."""
    bits = secrets.randbits(128)
    characters = []
    for _ in range(_LENGTH):
        bits, digit = divmod(bits, 32)
        characters.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(characters)}"
