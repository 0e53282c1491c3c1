"""A company's own running numbers."""

from __future__ import annotations

import pytest
from django.db import transaction

from acorn.tenancy.scope import tenant_scope
from acorn.tenancy.series import next_numbers
from tests.factories.tenancy import make_tenant

pytestmark = pytest.mark.django_db


def test_numbers_run_on_from_one_for_each_company_and_name() -> None:
    first, second = make_tenant("first"), make_tenant("second")

    with tenant_scope(first.pk):
        assert list(next_numbers("shipments")) == [1]
        assert list(next_numbers("shipments", 3)) == [2, 3, 4]
        assert list(next_numbers("invoices")) == [1]
    with tenant_scope(second.pk):
        assert list(next_numbers("shipments")) == [1]


def test_what_is_rolled_back_leaves_no_gap() -> None:
    with tenant_scope(make_tenant("acme").pk):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            next_numbers("shipments", 5)
            raise ZeroDivisionError
        assert list(next_numbers("shipments")) == [1]


def test_no_numbers_are_no_numbers() -> None:
    with tenant_scope(make_tenant("acme").pk), pytest.raises(ValueError, match="0 numbers of shipments"):
        next_numbers("shipments", 0)
