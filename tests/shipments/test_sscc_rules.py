"""Numbers for cartons: made, read back, and refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acorn.core.gs1 import check_digit
from shipments.rules import sscc as rules

_PREFIX = st.integers(7, 10).flatmap(lambda length: st.text("0123456789", min_size=length, max_size=length))


@pytest.mark.parametrize(
    ("digits", "digit"),
    # the GS1 General Specifications' and other published numbers, and the edges
    [("00614141123456789", "0"), ("545053400000", "0"), ("400638133393", "1"), ("", "0"), ("0", "0"), ("9", "3")],
)
def test_check_digit(digits: str, digit: str) -> None:
    assert check_digit(digits) == digit


def test_a_number_is_made_of_its_parts() -> None:
    assert str(rules.Sscc("0", "0614141", 123456789)) == "006141411234567890"
    assert rules.make_ssccs("3", "6901234567", [0, 999_999]) == ["369012345670000008", "369012345679999990"]
    assert [rules.capacity(prefix) for prefix in ("0614141", "6901234567")] == [10**9, 10**6]


@given(extension=st.sampled_from(rules.EXTENSION_DIGITS), prefix=_PREFIX, share=st.floats(0, 1, exclude_max=True))
def test_every_number_reads_back(extension: str, prefix: str, share: float) -> None:
    number = str(rules.Sscc(extension, prefix, int(rules.capacity(prefix) * share)))

    assert len(number) == 18
    assert rules.find_sscc_fault(number) == ""
    assert rules.is_of_prefix(number, prefix)
    for told in (f"00{number}", f"(00){number}", f"(00) {number}", f"]C100{number}", rules.to_text(number)):
        assert rules.normalise_sscc(told) == number
    assert rules.normalise_sscc(rules.with_identifier(number)) == rules.normalise_sscc(number) == number


@given(
    number=_PREFIX.map(lambda prefix: str(rules.Sscc("1", prefix, 77))),
    place=st.integers(0, 17),
    more=st.integers(1, 9),
)
def test_one_wrong_digit_is_found(number: str, place: int, more: int) -> None:
    wrong = f"{number[:place]}{(int(number[place]) + more) % 10}{number[place + 1 :]}"

    assert rules.find_sscc_fault(wrong) == "check_digit"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "digits"), ("00614141123456789", "length"), ("0061414112345678900", "length"), ("00614141123456789O", "digits"),
        ("٠٠٦١٤١٤١١٢٣٤٥٦٧٨٩٠", "digits"), ("006141411234567890", ""), ("00006141411234567890", ""),
        ("11006141411234567890", "length"), ("006141411234567891", "check_digit"), ("²06141411234567890", "digits"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_number(value: str, fault: str) -> None:
    assert rules.find_sscc_fault(rules.normalise_sscc(value)) == fault


@pytest.mark.parametrize(
    ("prefix", "fault"),
    [
        ("0614141", ""), ("6901234567", ""), ("08500012345", "length"), ("614141", "length"), ("0614141000000", "length"),
        ("", "digits"), ("06141AB", "digits"), ("０６１４１４１", "digits"), ("2012345", "no_company"), ("0200000", "no_company"),
        ("9780306", "no_company"), ("0000123", "no_company"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_prefix(prefix: str, fault: str) -> None:
    assert rules.find_prefix_fault(prefix) == fault


def test_prefixes_of_other_companies_are_told_apart() -> None:
    assert not rules.is_of_prefix("006141411234567890", "614141")
    assert not rules.is_of_prefix("006141411234567890", "")
