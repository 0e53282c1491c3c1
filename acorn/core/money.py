"""Money is an exact decimal with its currency; rounding to a currency's exponent happens only here."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 minor units, where they are not 2. Source: ISO 4217 list one.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def exponent(currency: str) -> int:
    """Number of decimals of a currency: 0 for JPY, 3 for KWD, 2 for most."""
    return _EXPONENTS.get(currency, 2)


def exact(amount: Decimal, currency: str) -> str:
    """`1250.00`, `2.1234`: every digit of the amount, and the currency's usual decimals at least."""
    places = max(exponent(currency), -int(amount.normalize().as_tuple().exponent))
    return f"{amount:.{places}f}"


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Adding two currencies raises ValueError; nothing here is a float."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money takes a Decimal, not {type(self.amount).__name__}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other).amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def rounded(self) -> "Money":
        """The amount as it can be paid: rounded half up to the currency's exponent."""
        return Money(self.amount.quantize(Decimal(1).scaleb(-exponent(self.currency)), ROUND_HALF_UP), self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"Cannot combine {self.currency} with {other.currency}")
        return other
