from collections.abc import Sequence

from django.db.models import Q, QuerySet

from catalog.errors import AddressNotFound, CustomerNumberNotFound
from catalog.models import CustomerNumber, PartyAddress
from catalog.types import CustomerKey, PartyKey


def find_addresses(wanted: Sequence[PartyKey]) -> dict[PartyKey, PartyAddress]:
    """Where each party is on its day; a party that the directory does not know then is left out. One statement.

    A key may be a plain tuple (kind, marketplace, party id, day).
    """
    if not wanted:
        return {}
    keys = [PartyKey(*key) for key in wanted]
    rows = PartyAddress.objects.filter(
        marketplace__in={key.marketplace for key in keys},
        kind__in={key.kind for key in keys},
        party_id__in={key.party_id for key in keys},
    ).order_by("-valid_from")
    by_party: dict[tuple[str, str, str], list[PartyAddress]] = {}
    for row in rows:
        by_party.setdefault((row.kind, row.marketplace, row.party_id), []).append(row)
    found = {}
    for key in keys:
        dated = by_party.get((key.kind, key.marketplace, key.party_id), [])
        if (row := next((row for row in dated if row.valid_from <= key.on), None)) is not None:
            found[key] = row
    return found


def find_customer_numbers(wanted: Sequence[CustomerKey]) -> dict[CustomerKey, str]:
    """The company's own number for each vendor code and fulfilment centre; the number of the vendor code alone where
    the centre has none of its own. One statement; what has neither is left out."""
    if not wanted:
        return {}
    keys = [CustomerKey(*key) for key in wanted]
    rows = CustomerNumber.objects.filter(vendor_code__in={key.vendor_code for key in keys})
    numbers = {(row.vendor_code, row.ship_to_party): row.number for row in rows}
    found = {key: numbers.get(key) or numbers.get((key.vendor_code, "")) for key in keys}
    return {key: number for key, number in found.items() if number}


def list_addresses(*, search: str = "") -> QuerySet[PartyAddress]:
    """The directory. `search` is the start of a party id, or part of a city."""
    found = PartyAddress.objects.order_by("party_id", "-valid_from")
    if search:
        found = found.filter(Q(party_id__istartswith=search) | Q(address__city__icontains=search))
    return found


def get_address(public_id: str) -> PartyAddress:
    """Raises AddressNotFound."""
    row = PartyAddress.objects.filter(public_id=public_id).first()
    if row is None:
        raise AddressNotFound
    return row


def list_history(row: PartyAddress) -> list[PartyAddress]:
    """Every address of the same party, the youngest first."""
    same = PartyAddress.objects.filter(marketplace=row.marketplace, kind=row.kind, party_id=row.party_id)
    return list(same.order_by("-valid_from"))


def list_address_marketplaces() -> list[tuple[str, str]]:
    """The marketplaces of the directory, for filters."""
    codes = PartyAddress.objects.order_by("marketplace").values_list("marketplace", flat=True).distinct()
    return [(code, code) for code in codes]


def list_customer_numbers(*, search: str = "") -> QuerySet[CustomerNumber]:
    """The company's numbers for Amazon. `search` is the start of a vendor code, a centre or a number."""
    found = CustomerNumber.objects.order_by("vendor_code", "ship_to_party")
    if search:
        found = found.filter(
            Q(vendor_code__istartswith=search) | Q(ship_to_party__istartswith=search) | Q(number__istartswith=search)
        )
    return found


def get_customer_number(public_id: str) -> CustomerNumber:
    """Raises CustomerNumberNotFound."""
    row = CustomerNumber.objects.filter(public_id=public_id).first()
    if row is None:
        raise CustomerNumberNotFound
    return row
