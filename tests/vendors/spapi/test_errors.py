import pickle

import pytest

from vendors.spapi.errors import (
    AuthFailed,
    AuthRevoked,
    BadAnswer,
    Issue,
    NetworkError,
    NotFound,
    PermissionDenied,
    Rejected,
    SpApiError,
    Throttled,
    Unavailable,
    WrongEnvironment,
)

ALL = (
    AuthFailed,
    AuthRevoked,
    BadAnswer,
    NetworkError,
    NotFound,
    PermissionDenied,
    Rejected,
    Throttled,
    Unavailable,
    WrongEnvironment,
)


def test_retryable_is_a_fact_of_the_class():
    assert {family for family in ALL if family.retryable} == {BadAnswer, NetworkError, Throttled, Unavailable}


def test_kinds_are_distinct():
    assert len({family.kind for family in (*ALL, SpApiError)}) == len(ALL) + 1


def test_only_these_may_have_been_processed():
    assert {family for family in ALL if family().maybe_processed} == {BadAnswer, NetworkError}
    assert Unavailable(maybe_processed=True).maybe_processed
    assert not NetworkError(maybe_processed=False).maybe_processed


@pytest.mark.parametrize("family", ALL)
def test_an_error_survives_pickling(family: type[SpApiError]):
    error = family("What happened.", code="Code", status=400, request_id="r-1", issues=(Issue("a", "b"),))

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is family
    assert vars(copy) == vars(error)
    assert str(copy) == "What happened. (status 400, Code, request r-1)"
    assert repr(copy) == f"{family.__name__}('What happened. (status 400, Code, request r-1)')"


def test_an_error_without_facts_is_just_its_message():
    assert str(NotFound("Nothing there.")) == "Nothing there."
    assert Throttled(source="local", retry_after=0.1).retry_after == 0.1
    assert PermissionDenied.causes == ("role_missing", "wrong_region", "grant_expired", "roles_changed")
