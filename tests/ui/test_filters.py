"""Filters share what is the same for everybody, and nothing that is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope
from acorn.ui.filters import Choices, Existing, ListFilters, OneOf, Toggle
from acorn.ui.kit import ITEMS
from acorn.work.models import WorkItem, WorkState

asked: list[str] = []
answers: Iterator[str] = iter(())


def _ask() -> list[tuple[str, str]]:
    asked.append(next(answers))
    return [(asked[-1], f"Subject {asked[-1]}")]


class _Filters(ListFilters):
    subject = Existing(field_name="subject_label", choices=_ask, label="Subject")
    kind = Choices(choices=_ask, label="Kind")
    state = Choices(choices=WorkState.choices, label="State")
    mine = Toggle(method="only_mine", label="Mine")
    when = OneOf(choices=[("true", "Now")], method="by_when", label="When")

    def only_mine(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(role=self.request) if value else rows

    def by_when(self, rows: Any, name: str, value: str) -> Any:
        return rows


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    asked.clear()
    monkeypatch.setattr(f"{__name__}.answers", iter("abcdef"))


def _filters(query: str = "", request: Any = None) -> _Filters:
    return _Filters(QueryDict(query), queryset=WorkItem.objects.all(), request=request)


def _offered(filters: ListFilters, name: str) -> list[str]:
    return [str(key) for key, _label in filters.form[name].field.choices]


def test_choices_are_asked_once_a_request_and_by_nobody_for_another(tenant: Tenant) -> None:
    with tenant_scope(tenant.pk):
        first, second = _filters(), _filters()

        assert [_offered(first, "subject"), _offered(first, "subject")] == [["a"], ["a"]]
        assert _offered(second, "subject") == ["b"]
        assert _offered(first, "subject") == ["a"]
        assert asked == ["a", "b"]


def test_nobody_asks_for_choices_that_nobody_sees(tenant: Tenant) -> None:
    with tenant_scope(tenant.pk):
        assert list(_filters("subject=PO1&state=OPEN").qs) == []

        assert asked == []
        assert _filters("kind=z").form.errors  # a list of what may be chosen is asked
        assert asked == ["a"]


def test_a_filter_of_a_request_knows_whose_it_is(tenant: Tenant) -> None:
    with tenant_scope(tenant.pk):
        one, other = _filters("mine=true", "one"), _filters("mine=true", "other")

        assert "'one'" in str(one.qs.query) or " one" in str(one.qs.query)
        assert " other" in str(other.qs.query)
        assert " one" in str(_filters("mine=true", "one").qs.query)


def test_texts_follow_the_reader_though_the_form_is_built_once(tenant: Tenant) -> None:
    with tenant_scope(tenant.pk):
        words = []
        for language in ("en", "zh-hans", "en"):
            with translation.override(language):
                form = ITEMS.filters(QueryDict(), queryset=WorkItem.objects.all()).form
                words.append([str(form["state"].label), str(dict(form["state"].field.choices)["DONE"])])

    assert words[0] == words[2] == ["State", "Done"]
    assert words[1] == ["状态", "完成"]


def test_what_is_asked_of_one_request_is_not_in_the_next(tenant: Tenant) -> None:
    with tenant_scope(tenant.pk):
        assert _filters("state=NONE").form.errors
        assert not _filters("state=OPEN").form.errors
        assert _filters().form["when"].value() is None
        assert _filters("when=true").form["when"].value() == "true"
        assert _offered(_filters(), "when") == ["", "true"]
