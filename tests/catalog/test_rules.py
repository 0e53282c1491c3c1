"""What an identifier may look like, and which item a line means."""

from datetime import date

import pytest

from catalog import rules
from catalog.rules import Named
from catalog.types import LineKey, Problem, Resolution

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        ("EAN", "4006381333931", ""), ("EAN", "4006381333932", "check_digit"), ("EAN", "96385074", ""),
        ("EAN", "036000291452", "length"), ("UPC", "036000291452", ""), ("UPC", "036000291453", "check_digit"),
        ("UPC", "4006381333931", "length"), ("GTIN", "10614141000415", ""), ("GTIN", "10614141000416", "check_digit"),
        ("GTIN", "4006381333931", ""), ("EAN", "٤٠٠٦٣٨١٣٣٣٩٣١", "length"), ("EAN", "", "empty"),
        ("ASIN", "B0ABCD1234", ""), ("ASIN", "B0ABCD123", "asin"), ("ASIN", "B0ABCD123!", "asin"),
        ("VENDOR_SKU", "any thing/7", ""), ("VENDOR_SKU", "x" * 101, "long"), ("SHOP_SKU", "a\u200d", ""),
        ("VENDOR_SKU", "a\x00b", "characters"), ("VENDOR_SKU", "a\ud800", "characters"),
    ],
)  # fmt: skip
def test_faults_of_identifiers(kind: str, value: str, fault: str) -> None:
    assert rules.find_fault(kind, value) == fault


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("ASIN", " b0abcd1234 ", "B0ABCD1234"), ("ASIN", "Ｂ０ＡＢＣＤ１２３４", "B0ABCD1234"),
        ("EAN", "4006381-333931", "4006381333931"), ("UPC", "0 36000 29145 2", "036000291452"),
        ("VENDOR_SKU", "  Mug   Red ", "Mug Red"), ("VENDOR_SKU", "mug-red", "mug-red"),
    ],
)  # fmt: skip
def test_normalising_is_stable(kind: str, typed: str, stored: str) -> None:
    assert rules.normalise_identifier(kind, typed) == stored
    assert rules.normalise_identifier(kind, stored) == stored


def test_one_number_has_several_forms() -> None:
    assert rules.gtin_forms("036000291452") == ("00036000291452", "0036000291452", "036000291452")
    assert rules.gtin_forms("0036000291452") == rules.gtin_forms("036000291452")
    assert rules.gtin_forms("4006381333931") == ("04006381333931", "4006381333931")
    assert rules.gtin_forms("96385074") == ("00000096385074", "0000096385074", "000096385074", "96385074")
    assert rules.gtin_forms("10614141000415") == ("10614141000415",)
    assert rules.gtin_forms("SKU-1") == ("SKU-1",)


def _named(item_id: int, kind: str, value: str, marketplace: str = "", *, since: date | None = None,
           until: date | None = None) -> Named:  # fmt: skip
    return Named(item_id, kind, value, marketplace, since, until)


def _resolve(identifiers: list[Named], asin: str = "", sku: str = "", on: date = DAY) -> Resolution:
    key = LineKey(asin, sku, "US", on)
    return rules.resolve(key, [found for found in identifiers if found.value in rules.values_of(key)])


def test_asin_or_vendor_sku_alone_is_enough() -> None:
    known = [_named(1, "ASIN", "B000000001"), _named(1, "VENDOR_SKU", "V-1")]

    assert _resolve(known, "b000000001") == Resolution(1, "")
    assert _resolve(known, "", "V-1") == Resolution(1, "")
    assert _resolve(known, "B000000001", "never heard of") == Resolution(1, "")
    assert _resolve(known, "B000000009", "v-1") == Resolution(None, Problem.UNKNOWN)
    assert _resolve(known) == Resolution(None, Problem.UNKNOWN)


def test_asin_and_vendor_sku_must_not_contradict() -> None:
    known = [_named(1, "ASIN", "B000000001"), _named(2, "VENDOR_SKU", "V-2")]

    assert _resolve(known, "B000000001", "V-2") == Resolution(None, Problem.AMBIGUOUS, (1, 2))


def test_the_other_word_decides_between_two_items() -> None:
    known = [_named(1, "ASIN", "B000000001"), _named(2, "ASIN", "B000000001"), _named(2, "VENDOR_SKU", "V-2")]

    assert _resolve(known, "B000000001") == Resolution(None, Problem.AMBIGUOUS, (1, 2))
    assert _resolve(known, "B000000001", "V-2") == Resolution(2, "")


def test_marketplace_counts_before_everywhere() -> None:
    known = [
        _named(1, "ASIN", "B000000001"),
        _named(2, "ASIN", "B000000001", "US"),
        _named(3, "ASIN", "B000000001", "DE"),
    ]

    assert _resolve(known, "B000000001") == Resolution(2, "")


def test_identifiers_hold_from_a_day_until_before_another() -> None:
    known = [
        _named(1, "ASIN", "B000000001", until=DAY),
        _named(2, "ASIN", "B000000001", since=DAY),
    ]

    assert _resolve(known, "B000000001", on=date(2026, 11, 19)) == Resolution(1, "")
    assert _resolve(known, "B000000001", on=DAY) == Resolution(2, "")


def test_vendor_sku_may_be_a_upc_that_we_know_as_ean() -> None:
    known = [
        _named(1, "EAN", "0036000291452"),
        _named(2, "VENDOR_SKU", "4006381333931"),
        _named(3, "EAN", "4006381333931"),
    ]

    assert _resolve(known, "", "036000291452") == Resolution(1, "")
    assert _resolve(known, "", "4006381333931") == Resolution(2, "")  # the SKU itself counts first
    assert _resolve(known, "", "036000291453") == Resolution(None, Problem.UNKNOWN)


def test_countries() -> None:
    assert {"US", "CN", "DE", "GB"} <= rules.list_countries()
    assert not {"EU", "ZZ", "XK", "UN"} & rules.list_countries()
    assert len(rules.list_countries()) == 249
