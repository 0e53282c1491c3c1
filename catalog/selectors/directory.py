from collections.abc import Sequence

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
        party_id__in={key.party_id for key in keys}, marketplace__in={key.marketplace for key in keys}
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
