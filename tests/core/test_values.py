from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from hypothesis import given
from hypothesis import strategies as st

from acorn.core import messages
from acorn.core.errors import DomainError
from acorn.core.ids import new_public_id
from acorn.core.money import Money


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("1.005", "USD", "1.01"), ("-1.005", "USD", "-1.01"), ("100.5", "JPY", "101"), ("1.0005", "KWD", "1.001")],
)
def test_money_rounds_half_up_to_its_currency(amount: str, currency: str, rounded: str) -> None:
    assert Money(Decimal(amount), currency).rounded() == Money(Decimal(rounded), currency)


def test_money_refuses_floats_and_other_currencies() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "USD")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Cannot combine USD with EUR"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)))
def test_adding_money_loses_nothing(amounts: list[Decimal]) -> None:
    total = Money(Decimal(0), "EUR")
    for amount in amounts:
        total += Money(amount, "EUR")

    assert total.amount == sum(amounts, Decimal(0))


def test_public_ids_are_long_and_never_alike() -> None:
    ids = {new_public_id("po") for _ in range(1000)}

    assert len(ids) == 1000
    assert {len(one) for one in ids} == {len("po_") + 26}


def test_a_message_is_rendered_when_read() -> None:
    messages.register({"test.hello": messages.Message(_("January"), fix="Say {what}.")})

    assert messages.render("test.hello") == "January"
    with translation.override("zh-hans"):
        assert messages.render("test.hello") == "一月"
    assert messages.render_fix("test.hello", {"what": "hi"}) == "Say hi."


def test_an_old_message_stays_readable() -> None:
    messages.register({"test.count": messages.Message("{count} of {total}")})

    assert messages.render("test.count", {"count": 1}) == "1 of {total}"
    assert messages.render("test.nobody", {"a": 1}) == "test.nobody"
    assert messages.render_fix("test.nobody") == ""


def test_a_code_has_one_meaning() -> None:
    messages.register({"test.once": messages.Message("one")})
    with pytest.raises(ValueError, match=r"test\.once"):
        messages.register({"test.once": messages.Message("two")})


def test_an_error_says_what_happened() -> None:
    class TooMany(DomainError):
        code = "TOO_MANY"
        message = "{count} are too many."

    error = TooMany(count=3, fields={"count": ["At most 2."]})

    assert (error.code, str(error), error.fields) == ("TOO_MANY", "3 are too many.", {"count": ["At most 2."]})
