"""Marketplaces and the fulfilment centres that order in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Centre:
    """A fulfilment centre: the code that orders name, and the address that some regions print."""

    code: str
    line: str
    city: str
    postal_code: str
    state: str = ""


@dataclass(frozen=True)
class Marketplace:
    country: str
    id: str
    region: str
    currency: str
    # Digits after the decimal point in prices.
    exponent: int
    tax_type: str
    centres: tuple[Centre, ...]
    # How many of this currency buy one US dollar, roughly: keeps prices believable.
    dollar: int = 1

    @property
    def shows_addresses(self) -> bool:
        """North American orders name their parties by code only."""
        return self.region != "NA"


_US = (
    Centre("PHX3", "6835 W Buckeye Rd", "Phoenix", "85043", "AZ"),
    Centre("ONT8", "24300 Nandina Ave", "Moreno Valley", "92551", "CA"),
    Centre("IND1", "4255 Anson Blvd", "Whitestown", "46075", "IN"),
    Centre("ABE8", "401 Independence Rd", "Florence", "08518", "NJ"),
    Centre("DFW7", "700 Westport Pkwy", "Fort Worth", "76177", "TX"),
    Centre("MDW2", "250 Emerald Dr", "Joliet", "60433", "IL"),
    Centre("SDF8", "900 Patrol Rd", "Jeffersonville", "47130", "IN"),
    Centre("FTW1", "33333 LBJ Fwy", "Dallas", "75241", "TX"),
)
_CA = (
    Centre("YYZ4", "8050 Heritage Rd", "Brampton", "L6Y 0C9", "ON"),
    Centre("YVR3", "109 Braid St", "New Westminster", "V3L 5H4", "BC"),
)
_GB = (
    Centre("BHX4", "Lyons Park, Sayer Drive", "Coventry", "CV5 9PF"),
    Centre("LTN4", "Unit DC1 Prologis Park", "Dunstable", "LU5 4FE"),
    Centre("MAN1", "6 Sunbank Lane", "Manchester", "M90 5AA"),
)
_DE = (
    Centre("LEJ1", "Amazonstrasse 1", "Leipzig", "04347"),
    Centre("FRA3", "Amazonstrasse 1", "Bad Hersfeld", "36251"),
    Centre("DUS2", "Amazonstrasse 1", "Rheinberg", "47495"),
    Centre("HAM2", "Borgwardstrasse 10", "Winsen", "21423"),
)
_FR = (
    Centre("ORY1", "1401 Rue du Champ Rouge", "Saran", "45770"),
    Centre("LIL1", "1 Rue Amazon", "Lauwin-Planque", "59553"),
)
_IT = (Centre("MXP5", "Strada Dogana Po 2U", "Castel San Giovanni", "29015"),)
_ES = (Centre("MAD4", "Avenida de la Astronomia 24", "San Fernando de Henares", "28830"),)
_JP = (
    Centre("NRT5", "2-13-1 Minamiosawa", "Kawagoe", "350-1182", "Saitama"),
    Centre("KIX2", "138-7 Ogura", "Sakai", "590-0986", "Osaka"),
)
_AU = (Centre("MEL1", "29 National Dr", "Dandenong South", "3175", "VIC"),)
_IN = (Centre("BOM7", "Building 5, Boomerang", "Bhiwandi", "421302", "MH"),)


def _two(first: str, second: str, city: str, postal_code: str) -> tuple[Centre, ...]:
    return Centre(first, "1 Amazon Way", city, postal_code), Centre(second, "2 Amazon Way", city, postal_code)


MARKETPLACES: dict[str, Marketplace] = {
    m.country: m
    for m in (
        Marketplace("US", "ATVPDKIKX0DER", "NA", "USD", 2, "VAT", _US),
        Marketplace("CA", "A2EUQ1WTGCTBG2", "NA", "CAD", 2, "GST", _CA),
        Marketplace("MX", "A1AM78C64UM0Y8", "NA", "MXN", 2, "VAT", _two("MEX2", "MEX3", "Cuautitlan", "54730"), 18),
        Marketplace("BR", "A2Q3Y263D00KWC", "NA", "BRL", 2, "VAT", _two("GRU5", "GRU8", "Cajamar", "07750"), 5),
        Marketplace("GB", "A1F83G8C2ARO7P", "EU", "GBP", 2, "VAT", _GB),
        Marketplace("DE", "A1PA6795UKMFR9", "EU", "EUR", 2, "VAT", _DE),
        Marketplace("FR", "A13V1IB3VIYZZH", "EU", "EUR", 2, "VAT", _FR),
        Marketplace("IT", "APJ6JRA9NG5V4", "EU", "EUR", 2, "VAT", _IT),
        Marketplace("ES", "A1RKKUPIHCS9HS", "EU", "EUR", 2, "VAT", _ES),
        Marketplace("NL", "A1805IZSGTT6HS", "EU", "EUR", 2, "VAT", _two("AMS1", "AMS2", "Rozenburg", "3181")),
        Marketplace("BE", "AMEN7PMS3EDWL", "EU", "EUR", 2, "VAT", _two("BRU1", "BRU2", "Antwerpen", "2030")),
        Marketplace("SE", "A2NODRKZP88ZB9", "EU", "SEK", 2, "VAT", _two("ARN1", "ARN2", "Eskilstuna", "63237"), 10),
        Marketplace("PL", "A1C3SOZRARQ6R3", "EU", "PLN", 2, "VAT", _two("WRO5", "POZ1", "Okmiany", "59225"), 4),
        Marketplace("TR", "A33AVAJ2PDY3EV", "EU", "TRY", 2, "VAT", _two("IST2", "IST3", "Tuzla", "34959"), 40),
        Marketplace("AE", "A2VIGQ35RCS4UG", "EU", "AED", 2, "VAT", _two("DXB3", "DXB5", "Dubai", "00000"), 4),
        Marketplace("SA", "A17E79C6D8DWNP", "EU", "SAR", 2, "VAT", _two("RUH1", "JED1", "Riyadh", "11564"), 4),
        Marketplace("EG", "ARBP9OOSHTCHU", "EU", "EGP", 2, "VAT", _two("CAI1", "CAI2", "Cairo", "11511"), 48),
        Marketplace("IN", "A21TJRUUN4KGV", "EU", "INR", 2, "GST", _IN, 84),
        Marketplace("IE", "A28R8C7NBKEWEA", "EU", "EUR", 2, "VAT", _two("DUB1", "DUB2", "Dublin", "D22")),
        Marketplace("ZA", "AE08WJ6YKNBMC", "EU", "ZAR", 2, "VAT", _two("CPT1", "JNB1", "Cape Town", "7441"), 18),
        Marketplace("JP", "A1VC38T7YXB528", "FE", "JPY", 0, "GST", _JP, 150),
        Marketplace("AU", "A39IBJ37TRP1C6", "FE", "AUD", 2, "GST", _AU),
        Marketplace("SG", "A19VAU5U5O7RUS", "FE", "SGD", 2, "GST", _two("SIN2", "SIN3", "Singapore", "629012")),
    )
}
