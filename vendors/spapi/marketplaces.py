"""Regions and marketplaces as Amazon publishes them. Data, with its source: see `Marketplace.source`."""

from dataclasses import dataclass
from enum import StrEnum


class Region(StrEnum):
    NA = "NA"
    EU = "EU"
    FE = "FE"


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One marketplace. `country` (GB, not UK) is what users and the API name it by.

    `source`: "guide" (Amazon's published table) or "wild" (seen in public code only).
    `is_verified`: identifier and the existence of a Vendor Central for it are both known from Amazon itself.
    `vendor_central` is "" where nobody knows one.
    """

    country: str
    id: str
    currency: str
    region: Region
    vendor_central: str
    source: str = "guide"

    @property
    def is_verified(self) -> bool:
        return self.source == "guide" and self.vendor_central != ""


_NA, _EU, _FE = Region.NA, Region.EU, Region.FE

MARKETPLACES: tuple[Marketplace, ...] = (
    Marketplace("US", "ATVPDKIKX0DER", "USD", _NA, "vendorcentral.amazon.com"),
    Marketplace("CA", "A2EUQ1WTGCTBG2", "CAD", _NA, "vendorcentral.amazon.ca"),
    Marketplace("MX", "A1AM78C64UM0Y8", "MXN", _NA, "vendorcentral.amazon.com.mx"),
    Marketplace("BR", "A2Q3Y263D00KWC", "BRL", _NA, "vendorcentral.amazon.com.br"),
    Marketplace("GB", "A1F83G8C2ARO7P", "GBP", _EU, "vendorcentral.amazon.co.uk"),
    Marketplace("DE", "A1PA6795UKMFR9", "EUR", _EU, "vendorcentral.amazon.de"),
    Marketplace("FR", "A13V1IB3VIYZZH", "EUR", _EU, "vendorcentral.amazon.fr"),
    Marketplace("IT", "APJ6JRA9NG5V4", "EUR", _EU, "vendorcentral.amazon.it"),
    Marketplace("ES", "A1RKKUPIHCS9HS", "EUR", _EU, "vendorcentral.amazon.es"),
    Marketplace("NL", "A1805IZSGTT6HS", "EUR", _EU, "vendorcentral.amazon.nl"),
    Marketplace("BE", "AMEN7PMS3EDWL", "EUR", _EU, "vendorcentral.amazon.com.be", source="wild"),
    Marketplace("SE", "A2NODRKZP88ZB9", "SEK", _EU, "vendorcentral.amazon.se"),
    Marketplace("PL", "A1C3SOZRARQ6R3", "PLN", _EU, "vendorcentral.amazon.pl"),
    Marketplace("TR", "A33AVAJ2PDY3EV", "TRY", _EU, "vendorcentral.amazon.com.tr"),
    Marketplace("AE", "A2VIGQ35RCS4UG", "AED", _EU, "vendorcentral.amazon.me"),
    Marketplace("SA", "A17E79C6D8DWNP", "SAR", _EU, "vendorcentral.amazon.me"),
    Marketplace("EG", "ARBP9OOSHTCHU", "EGP", _EU, "vendorcentral.amazon.me"),
    Marketplace("IN", "A21TJRUUN4KGV", "INR", _EU, "vendorcentral.in"),
    Marketplace("IE", "A28R8C7NBKEWEA", "EUR", _EU, "", source="wild"),
    Marketplace("ZA", "AE08WJ6YKNBMC", "ZAR", _EU, "", source="wild"),
    Marketplace("JP", "A1VC38T7YXB528", "JPY", _FE, "vendorcentral.amazon.co.jp"),
    Marketplace("AU", "A39IBJ37TRP1C6", "AUD", _FE, "vendorcentral.amazon.com.au"),
    Marketplace("SG", "A19VAU5U5O7RUS", "SGD", _FE, "vendorcentral.amazon.com.sg"),
)

BY_COUNTRY: dict[str, Marketplace] = {marketplace.country: marketplace for marketplace in MARKETPLACES}
BY_ID: dict[str, Marketplace] = {marketplace.id: marketplace for marketplace in MARKETPLACES}
