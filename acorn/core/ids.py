"""Opaque public ids: what a URL or the API shows instead of a database key."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u
# two characters at a time: an import makes ids by the hundred thousand
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_SHIFTS = range(0, 130, 10)  # 26 characters of 5 bits >= 128 bits


def new_public_id(prefix: str) -> str:
    """`prefix_` followed by 128 random bits: unguessable, sorts randomly, safe in URLs and file names."""
    bits = secrets.randbits(128)
    return f"{prefix}_{''.join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])}"
