"""Numbers of cartons from the database: unique for two years, whoever asks, however many at once."""

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from acorn.accounts.services import tenants
from acorn.core.actor import Actor
from acorn.core.errors import Invalid
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from shipments.errors import Gs1PrefixMissing, SsccInvalid, SsccsUsedUp, SsccTaken
from shipments.models import SsccRange, TakenSscc
from shipments.rules.sscc import REST, Sscc, find_sscc_fault
from shipments.services.sscc import claim_sscc, claim_ssccs, issue_ssccs
from shipments.types import GS1_PREFIX, SSCC_EXTENSION_DIGITS
from tests.factories.accounts import make_token
from tests.factories.tenancy import make_tenant
from tests.support.api import Api
from tests.support.numbering import number_many

PREFIX, LONG = "0614141", "6901234567"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
def api(tenant: Tenant) -> Api:
    return Api(make_token(tenant))


def _choose(prefix: str = PREFIX, digits: str = "") -> None:
    for key, value in ((GS1_PREFIX, prefix), (SSCC_EXTENSION_DIGITS, digits)):
        with transaction.atomic():
            tenants._choose(key, value, Actor.system("test"))


def _serials(numbers: list[str], prefix: str = PREFIX) -> list[tuple[str, int]]:
    return [(number[0], int(number[1 + len(prefix) : 17])) for number in numbers]


def test_numbers_go_on_where_they_ended(tenant: Tenant) -> None:
    _choose()

    first, second = issue_ssccs(3, now=NOW), issue_ssccs(2, now=NOW)

    assert first + second == [str(Sscc("0", PREFIX, serial)) for serial in range(5)]
    assert [find_sscc_fault(number) for number in first + second] == [""] * 5
    assert issue_ssccs(0, now=NOW) == []


def test_without_a_prefix_it_says_what_to_do(tenant: Tenant) -> None:
    with pytest.raises(Gs1PrefixMissing) as refused, transaction.atomic():
        issue_ssccs(1, now=NOW)

    assert (refused.value.code, "Settings > Company" in str(refused.value)) == ("GS1_PREFIX_MISSING", True)
    assert not TakenSscc.objects.exists()


def test_thousands_cost_as_many_statements_as_one(tenant: Tenant) -> None:
    _choose()
    issue_ssccs(1, now=NOW)
    counts = []
    for count in (1, 5_000):
        with CaptureQueriesContext(connection) as queries:
            issue_ssccs(count, now=NOW)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert TakenSscc.objects.count() == 5_002


def test_a_rolled_back_transaction_gives_its_numbers_back(tenant: Tenant) -> None:
    _choose()
    with pytest.raises(RuntimeError, match="no carton"), transaction.atomic():
        lost = issue_ssccs(2, now=NOW)
        raise RuntimeError("no carton")

    assert issue_ssccs(2, now=NOW) == lost


def test_the_next_extension_digit_follows_and_the_end_is_told(tenant: Tenant) -> None:
    _choose(LONG, "27")
    issue_ssccs(1, now=NOW)
    SsccRange.objects.update(next_serial=10**6 - 2)

    assert _serials(issue_ssccs(3, now=NOW), LONG) == [("2", 999_998), ("2", 999_999), ("7", 0)]
    SsccRange.objects.filter(extension_digit="7").update(next_serial=10**6 - 2)
    with pytest.raises(SsccsUsedUp) as refused, transaction.atomic():
        issue_ssccs(3, now=NOW)
    assert refused.value.params == {"prefix": LONG, "count": 3, "free": 2}
    assert _serials(issue_ssccs(2, now=NOW), LONG) == [("7", 999_998), ("7", 999_999)]
    with pytest.raises(SsccsUsedUp), transaction.atomic():
        issue_ssccs(1, now=NOW + REST - timedelta(seconds=1))


def test_a_range_begins_anew_when_its_last_number_has_rested(tenant: Tenant) -> None:
    _choose(LONG, "5")
    first = issue_ssccs(3, now=NOW)
    SsccRange.objects.update(next_serial=10**6)
    later = NOW + REST
    # somebody else's system took one of them in the meantime
    claim_sscc(str(Sscc("5", LONG, 3)), now=later - timedelta(days=1))

    assert issue_ssccs(3, now=later) == first
    assert _serials(issue_ssccs(1, now=later), LONG) == [("5", 4)]
    assert TakenSscc.objects.filter(taken_at=later).count() == 4


def test_numbers_of_another_system_are_gone_round(tenant: Tenant) -> None:
    _choose()
    theirs = [str(Sscc("0", PREFIX, serial)) for serial in (0, 2, 3, *range(5, 3_000))]
    assert claim_ssccs(theirs, now=NOW) == theirs

    assert [serial for _digit, serial in _serials(issue_ssccs(4, now=NOW))] == [1, 4, 3_000, 3_001]
    assert [serial for _digit, serial in _serials(issue_ssccs(1, now=NOW))] == [3_002]


def test_a_million_taken_numbers_are_passed_in_a_few_steps(tenant: Tenant) -> None:
    _choose(LONG, "1")
    row = SsccRange.objects.create(prefix=LONG, extension_digit="1", next_serial=0, issued_at=NOW)
    taken = [TakenSscc(value=str(Sscc("1", LONG, serial)), taken_at=NOW) for serial in range(20_000)]
    TakenSscc.objects.bulk_create(taken)
    with CaptureQueriesContext(connection) as queries:
        numbers = issue_ssccs(1, now=NOW)

    assert _serials(numbers, LONG) == [("1", 20_000)]
    assert len(queries) < 25
    row.refresh_from_db()
    assert row.next_serial == 20_001


def test_a_claimed_number_is_checked_and_taken_once(tenant: Tenant) -> None:
    number = claim_sscc("(00) 0 0614141 123456789 0", now=NOW)
    assert number == "006141411234567890"
    with pytest.raises(SsccTaken) as again, transaction.atomic():
        claim_ssccs([str(Sscc("1", PREFIX, 1)), "00006141411234567890"], now=NOW + REST - timedelta(seconds=1))
    assert again.value.taken == (number,)
    for wrong in ("006141411234567891", "", "1", "٠٠٦١٤١٤١١٢٣٤٥٦٧٨٩٠"):
        with pytest.raises(SsccInvalid), transaction.atomic():
            claim_ssccs([str(Sscc("1", PREFIX, 2)), wrong], now=NOW)
    with pytest.raises(SsccTaken), transaction.atomic():
        claim_ssccs([str(Sscc("1", PREFIX, 3)), str(Sscc("1", PREFIX, 3))], now=NOW)

    assert TakenSscc.objects.count() == 1
    assert claim_sscc(number, now=NOW + REST) == number
    assert (TakenSscc.objects.get().taken_at, TakenSscc.objects.get().is_imported) == (NOW + REST, True)


def test_the_database_refuses_a_number_twice(tenant: Tenant) -> None:
    TakenSscc.objects.create(value="006141411234567890", taken_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        TakenSscc.objects.create(value="006141411234567890", taken_at=NOW)


def test_companies_do_not_see_each_others_numbers(db: None) -> None:
    for slug in ("acme", "bell"):
        with tenant_scope(make_tenant(slug).pk):
            _choose()
            assert _serials(issue_ssccs(2, now=NOW)) == [("0", 0), ("0", 1)]


@pytest.mark.django_db(transaction=True)
def test_many_processes_never_get_the_same_number() -> None:
    company = make_tenant("acme")
    with tenant_scope(company.pk):
        _choose()
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(4), context.Queue()
    database = connections["default"].settings_dict["NAME"]
    # each claims what the others are about to reach
    claims = [[str(Sscc("0", PREFIX, serial)) for serial in range(place * 7, 3_000, 150)] for place in range(4)]
    jobs = [
        context.Process(target=number_many, args=(database, company.pk, 20, 37, theirs, ready, results))
        for theirs in claims
    ]
    for job in jobs:
        job.start()
    done = [results.get(timeout=100) for _ in jobs]
    for job in jobs:
        job.join(30)

    got = [number for numbers, _refused in done for number in numbers]
    refused = [number for _numbers, numbers in done for number in numbers]
    assert len(got) == len(set(got)) == 4 * 20 * 38 - len(refused)
    with tenant_scope(company.pk):
        assert set(TakenSscc.objects.values_list("value", flat=True)) == set(got)
        assert TakenSscc.objects.filter(is_imported=True).count() == 80 - len(refused)


def test_the_prefix_is_chosen_by_the_api(api: Api, tenant: Tenant) -> None:
    assert api.get("tenant/")["gs1_company_prefix"] == ""
    assert api.patch("tenant/", {"gs1_company_prefix": " 0614141 "})["gs1_company_prefix"] == "0614141"
    assert issue_ssccs(1, now=NOW) == [str(Sscc("0", PREFIX, 0))]

    for wrong in ("614141", "06141AB", "2012345", "06141410000"):
        refused = api.patch("tenant/", {"gs1_company_prefix": wrong}, expect=400)
        assert list(refused["fields"]) == ["gs1_company_prefix"]
    refused = api.patch("tenant/", {"sscc_extension_digits": "11"}, expect=400)
    assert list(refused["fields"]) == ["sscc_extension_digits"]
    assert api.get("tenant/")["gs1_company_prefix"] == "0614141"
    assert api.patch("tenant/", {"gs1_company_prefix": ""})["gs1_company_prefix"] == ""


def test_a_wrong_prefix_is_refused_by_the_service(tenant: Tenant) -> None:
    with pytest.raises(Invalid):
        _choose("123")
