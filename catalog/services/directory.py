import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from acorn.audit import services as audit
from acorn.core.actor import Actor, Subject
from acorn.core.flaws import Flaw, Flawed
from catalog.errors import AddressExists, AddressNotFound, CustomerNumberExists, CustomerNumberNotFound
from catalog.models import CustomerNumber, PartyAddress
from catalog.services.addresses import check_address, check_time_zone, find_too_long, one_line
from catalog.services.costs import is_vendor_code
from catalog.services.review import ask_orders
from catalog.types import CUSTOMER_NUMBER, PARTY_ADDRESS, PartyKind

_PARTY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_MARKETPLACE = re.compile("[A-Z]{2}")
_LONGEST = {"tax_number": 60, "source": 200}
_ADDRESS_FIELDS = ("kind", "marketplace", "party_id", "valid_from", "address", "time_zone", "tax_number", "source")


@transaction.atomic
def save_address(*, public_id: str = "", values: Mapping[str, Any], actor: Actor, now: datetime) -> PartyAddress:
    """Enter where a party is from a day on, or (with a public id) correct what was entered. Safe to repeat.

    A move is a new row with its own first day; the old one stays for the documents of its time. Raises Flawed,
    AddressNotFound, and AddressExists when the party has a different one from the same day.
    """
    row = _lock_address(public_id) if public_id else PartyAddress(created_at=now)
    before = {name: getattr(row, name) for name in _ADDRESS_FIELDS}
    after = check_party_address(before | dict(values))
    if public_id and after == before:
        return row
    for name in _ADDRESS_FIELDS:
        setattr(row, name, after[name])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise AddressExists(
            fields={"valid_from": [_("There is one from this day.")]},
            party=row.party_id,
            day=row.valid_from.isoformat(),
        ) from None
    params: dict[str, Any] = {
        "party": row.party_id,
        "marketplace": row.marketplace,
        "kind": row.kind,
        "day": row.valid_from.isoformat(),
    }
    if public_id:
        changed = [name for name in _ADDRESS_FIELDS if before[name] != after[name]]
        params |= {"fields": ", ".join(changed)} | {
            side: {name: values[name] if name == "address" else str(values[name]) for name in changed}
            for side, values in (("before", before), ("after", after))
        }  # fmt: skip
    audit.record(
        "catalog.address_changed" if public_id else "catalog.address_added",
        actor=actor,
        subject=Subject(PARTY_ADDRESS, row.public_id, row.party_id),
        params=params,
    )
    ask_orders()
    return row


@transaction.atomic
def remove_address(*, public_id: str, actor: Actor) -> None:
    """Take back an address that was entered by mistake. Raises AddressNotFound."""
    row = _lock_address(public_id)
    audit.record(
        "catalog.address_removed",
        actor=actor,
        subject=Subject(PARTY_ADDRESS, row.public_id, row.party_id),
        params={
            "party": row.party_id, "marketplace": row.marketplace, "kind": row.kind,
            "day": row.valid_from.isoformat(), "address": row.address,
        },
    )  # fmt: skip
    row.delete()
    ask_orders()


def check_party_address(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an address of the directory as they are stored. Raises Flawed with everything that is wrong."""
    clean: dict[str, Any] = {
        "kind": values["kind"],
        "marketplace": str(values["marketplace"] or "").strip().upper(),
        "party_id": str(values["party_id"] or "").strip(),
        "valid_from": values["valid_from"],
        "time_zone": values.get("time_zone") or "",
        "tax_number": str(values.get("tax_number") or "").strip(),
        "source": one_line(values.get("source")),
    }
    flaws = []
    if clean["kind"] not in PartyKind.values:
        flaws.append(Flaw("kind", "flaws.choice", {"value": str(clean["kind"])[:20], "choices": "FC, BILL_TO"}))
    if not _MARKETPLACE.fullmatch(clean["marketplace"]):
        flaws.append(Flaw("marketplace", "catalog.marketplace_malformed"))
    if not _PARTY.fullmatch(clean["party_id"]):
        flaws.append(Flaw("party_id", "catalog.party_malformed"))
    if not isinstance(clean["valid_from"], date):
        flaws.append(Flaw("valid_from", "flaws.missing"))
    flaws += [flaw for name, limit in _LONGEST.items() if (flaw := find_too_long(name, clean[name], limit))]
    try:
        clean["address"] = check_address(values.get("address") or {})
    except Flawed as refusal:
        flaws += refusal.flaws
    try:
        check_time_zone(clean["time_zone"])
    except Flawed as refusal:
        flaws += refusal.flaws
    if flaws:
        raise Flawed(flaws)
    return clean


@transaction.atomic
def save_customer_number(
    *, public_id: str = "", vendor_code: str, number: str, ship_to_party: str = "", actor: Actor, now: datetime
) -> CustomerNumber:
    """Enter or (with a public id) change the company's number for Amazon. Safe to repeat.

    Raises Flawed, CustomerNumberNotFound, and CustomerNumberExists when the vendor code has one for the same centre.
    """
    row = _lock_number(public_id) if public_id else CustomerNumber()
    before = _number_values(row)
    after = check_customer_number({"vendor_code": vendor_code, "number": number, "ship_to_party": ship_to_party})
    if public_id and after == before:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise CustomerNumberExists(
            fields={"ship_to_party": [_("There is one already.")]}, vendor_code=row.vendor_code,
            ship_to=row.ship_to_party or _("all fulfilment centres"),
        ) from None  # fmt: skip
    audit.record(
        "catalog.customer_number_changed" if public_id else "catalog.customer_number_added",
        actor=actor,
        subject=Subject(CUSTOMER_NUMBER, row.public_id, row.vendor_code),
        params=after | ({"before": before} if public_id else {}),
    )
    return row


@transaction.atomic
def remove_customer_number(*, public_id: str, actor: Actor) -> None:
    """Take a number back. Raises CustomerNumberNotFound."""
    row = _lock_number(public_id)
    audit.record(
        "catalog.customer_number_removed",
        actor=actor,
        subject=Subject(CUSTOMER_NUMBER, row.public_id, row.vendor_code),
        params=_number_values(row),
    )
    row.delete()


def check_customer_number(values: Mapping[str, Any]) -> dict[str, str]:
    """The values of a customer number as they are stored. Raises Flawed with everything that is wrong with them."""
    clean = {
        "vendor_code": str(values["vendor_code"] or "").strip().upper(),
        "ship_to_party": str(values.get("ship_to_party") or "").strip(),
        "number": one_line(values["number"]),
    }
    flaws = []
    if not is_vendor_code(clean["vendor_code"]):
        flaws.append(Flaw("vendor_code", "catalog.vendor_code_malformed"))
    if clean["ship_to_party"] and not _PARTY.fullmatch(clean["ship_to_party"]):
        flaws.append(Flaw("ship_to_party", "catalog.party_malformed"))
    if not clean["number"]:
        flaws.append(Flaw("number", "flaws.missing"))
    if flaw := find_too_long("number", clean["number"], 60):
        flaws.append(flaw)
    if flaws:
        raise Flawed(flaws)
    return clean


def _number_values(row: CustomerNumber) -> dict[str, str]:
    return {"vendor_code": row.vendor_code, "ship_to_party": row.ship_to_party, "number": row.number}


def _lock_address(public_id: str) -> PartyAddress:
    row = PartyAddress.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise AddressNotFound
    return row


def _lock_number(public_id: str) -> CustomerNumber:
    row = CustomerNumber.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise CustomerNumberNotFound
    return row
