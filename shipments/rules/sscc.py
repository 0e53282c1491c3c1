"""Serial Shipping Container Codes: the 18 digits that name one carton or pallet (GS1 General Specifications).

extension digit + GS1 company prefix + serial = 17 digits, then the check digit. The prefix's length decides how many
serials there are. As text the number has its 18 digits; barcodes and Amazon's ASN put the application identifier `00`
before them.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from acorn.core.gs1 import check_digit

APPLICATION_IDENTIFIER = "00"
EXTENSION_DIGITS = "0123456789"
# GS1 lets a number return one year after its carton was shipped, Amazon wants it to be unique for 365 days. When a carton
# leaves is not known when it is numbered: so its number rests for two years.
REST = timedelta(days=730)
_PREFIX_LENGTHS = range(7, 11)
# beginnings that GS1 gives to no company: numbers for use inside shops, coupons, refunds, periodicals and books
_NO_COMPANY = ("0000", "02", "04", "05", "2", "977", "978", "979", "98", "99")
_SEPARATORS = re.compile(r"[\s\-.]")


class Sscc(NamedTuple):
    """A number in its parts; `str` gives its 18 digits."""

    extension_digit: str
    prefix: str
    serial: int

    def __str__(self) -> str:
        body = f"{self.extension_digit}{self.prefix}{self.serial:0{16 - len(self.prefix)}d}"
        return body + check_digit(body)


def capacity(prefix: str) -> int:
    """How many serials a company prefix has under each extension digit."""
    return int(10 ** (16 - len(prefix)))


def make_ssccs(extension_digit: str, prefix: str, serials: Iterable[int]) -> list[str]:
    """The 18 digits for each serial, which must be below `capacity(prefix)`."""
    return [str(Sscc(extension_digit, prefix, serial)) for serial in serials]


def find_prefix_fault(prefix: str) -> str:
    """What is wrong with a GS1 company prefix: digits, length or no_company; "" if nothing."""
    if not (prefix.isascii() and prefix.isdigit()):
        return "digits"
    if len(prefix) not in _PREFIX_LENGTHS:
        return "length"
    return "no_company" if prefix.startswith(_NO_COMPANY) else ""


def are_extension_digits(text: str) -> bool:
    """Whether a text names extension digits, each once; none at all means all of them."""
    return set(text) <= set(EXTENSION_DIGITS) and len(set(text)) == len(text)


def normalise_sscc(value: str) -> str:
    """The 18 digits of a number as it was scanned, typed or sent: with or without `00`, brackets and separators.

    What is no such number comes back without its separators, for `find_sscc_fault` to judge.
    """
    text = _SEPARATORS.sub("", value).removeprefix("]C1").replace("(00)", APPLICATION_IDENTIFIER)
    return text[2:] if len(text) == 20 and text.startswith(APPLICATION_IDENTIFIER) else text


def find_sscc_fault(sscc: str) -> str:
    """What is wrong with a normalised number: digits, length or check_digit; "" if nothing."""
    if not (sscc.isascii() and sscc.isdigit()):
        return "digits"
    if len(sscc) != 18:
        return "length"
    return "" if check_digit(sscc[:-1]) == sscc[-1] else "check_digit"


def is_of_prefix(sscc: str, prefix: str) -> bool:
    """Whether a number was made from this company prefix."""
    return bool(prefix) and sscc[1:].startswith(prefix)


def with_identifier(sscc: str) -> str:
    """The 20 characters of barcodes and of Amazon's ASN: `00` and the 18 digits."""
    return APPLICATION_IDENTIFIER + sscc


def to_text(sscc: str) -> str:
    """The line under the barcode: `(00) 0 0614141 123456789 0`, in groups that a person can read out."""
    return f"({APPLICATION_IDENTIFIER}) {sscc[0]} {sscc[1:8]} {sscc[8:17]} {sscc[17]}"
