"""The numbers of cartons and pallets: no two have the same, whoever gave it out, and a used one rests for two years.

Whoever takes numbers holds a lock per company until the end of the transaction: so what is read here is still true when
it is written. The unique constraint stands behind it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from acorn.core.locks import wait_for_transaction_lock
from acorn.tenancy.choices import chosen
from acorn.tenancy.scope import current_tenant_id
from shipments.errors import Gs1PrefixMissing, SsccInvalid, SsccsUsedUp, SsccTaken
from shipments.models import SsccRange, TakenSscc
from shipments.rules import sscc as rules
from shipments.types import GS1_PREFIX, SSCC_EXTENSION_DIGITS

_LONGEST_STEP = 100_000


@transaction.atomic(savepoint=False)
def issue_ssccs(count: int, *, now: datetime) -> list[str]:
    """The next `count` numbers of the company's own, as 18 digits, ascending under each extension digit.

    In the caller's transaction, in a few statements however many; rolled back, they are free again. `now` is real
    time. Never a number that was issued or claimed in the last two years, whatever became of its carton. Raises
    Gs1PrefixMissing, or SsccsUsedUp; nothing is taken then.
    """
    prefix = chosen(GS1_PREFIX)
    if not prefix:
        raise Gs1PrefixMissing
    _lock()
    ranges = {row.extension_digit: row for row in SsccRange.objects.filter(prefix=prefix)}
    issued: list[str] = []
    touched: list[SsccRange] = []
    rested: set[str] = set()
    ahead = count
    for digit in chosen(SSCC_EXTENSION_DIGITS) or rules.EXTENSION_DIGITS:
        row = ranges.get(digit) or SsccRange(prefix=prefix, extension_digit=digit)
        while len(issued) < count and _has_serials(row, now):
            found, used_before = _advance(row, count - len(issued), ahead, now)
            issued += found
            rested |= used_before
            # another system may have taken a long stretch: it is passed in steps that grow
            ahead = min(2 * ahead, _LONGEST_STEP)
            if row not in touched:
                touched.append(row)
    if len(issued) < count:
        raise SsccsUsedUp(prefix=prefix, count=count, free=len(issued))
    for row in touched:
        row.save()
    _take(issued, rested, now, is_imported=False)
    return issued


def _has_serials(row: SsccRange, now: datetime) -> bool:
    """Whether a range has serials ahead; one that is used up begins anew when its last number has rested."""
    if row.next_serial >= rules.capacity(row.prefix) and row.issued_at <= now - rules.REST:
        row.next_serial = 0
    return row.next_serial < rules.capacity(row.prefix)


def _advance(row: SsccRange, count: int, ahead: int, now: datetime) -> tuple[list[str], set[str]]:
    """Take up to `count` free numbers among a range's next `ahead`: these, and which of them were used long ago."""
    end = min(row.next_serial + ahead, rules.capacity(row.prefix))
    numbers = rules.make_ssccs(row.extension_digit, row.prefix, range(row.next_serial, end))
    known = TakenSscc.objects.filter(value__gte=numbers[0], value__lte=numbers[-1])
    taken_at = dict(known.values_list("value", "taken_at"))
    free = [number for number in numbers if number not in taken_at or taken_at[number] <= now - rules.REST][:count]
    row.next_serial = row.next_serial + numbers.index(free[-1]) + 1 if len(free) == count else end
    row.issued_at = now
    return free, taken_at.keys() & set(free)


def claim_sscc(value: str, *, now: datetime) -> str:
    """Like `claim_ssccs`, for one."""
    (sscc,) = claim_ssccs([value], now=now)
    return sscc


@transaction.atomic(savepoint=False)
def claim_ssccs(values: Sequence[str], *, now: datetime) -> list[str]:
    """Take numbers that another system gave to cartons or pallets; as 18 digits, in the order in which they came.

    They may have `00`, brackets or blanks. In the caller's transaction; what a carton already has must not be claimed
    again. Our own numbers go round them from now on. Raises SsccInvalid, or SsccTaken with every number that is not
    free or comes twice; nothing is taken then.
    """
    numbers = [rules.normalise_sscc(value) for value in values]
    for value, number in zip(values, numbers, strict=True):
        if rules.find_sscc_fault(number):
            raise SsccInvalid(value=value[:40])
    _lock()
    known = dict(TakenSscc.objects.filter(value__in=numbers).values_list("value", "taken_at"))
    taken = {number for number, at in known.items() if at > now - rules.REST}
    taken |= {number for number, times in Counter(numbers).items() if times > 1}
    if taken:
        raise SsccTaken(taken)
    _take(numbers, known, now, is_imported=True)
    return numbers


def _take(numbers: Sequence[str], rested: Collection[str], now: datetime, *, is_imported: bool) -> None:
    TakenSscc.objects.filter(value__in=rested).update(taken_at=now, is_imported=is_imported)
    TakenSscc.objects.bulk_create(
        TakenSscc(value=number, taken_at=now, is_imported=is_imported) for number in numbers if number not in rested
    )


def _lock() -> None:
    wait_for_transaction_lock(f"sscc:{current_tenant_id()}")
