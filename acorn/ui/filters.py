"""Filters of a list: declared once, used by the page, the API, the export and the stored filter of «all N»."""

from collections.abc import Callable, Iterator
from typing import Any

import django_filters
from django import forms
from django.forms.widgets import CheckboxSelectMultiple
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget


class ListFilters(django_filters.FilterSet):
    """Base of every list's filters. Malformed input filters nothing and is shown as a chip that says so."""


class Search(django_filters.CharFilter):
    """The search box: `Search(method="find", placeholder=_("PO, ASIN, SKU, FC"))`."""

    def __init__(self, *args: Any, placeholder: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Search"))
        kwargs["widget"] = forms.TextInput(
            attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off", "spellcheck": "false"}
        )
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)


class _LateChoices(BaseChoiceIterator):
    """Choices that are asked for when the form is shown; unlike Django's own they have a length, which templates ask."""

    def __init__(self, ask: Callable[[], list[tuple[str, Any]]]) -> None:
        self.ask = ask

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.ask())

    def __len__(self) -> int:
        return len(self.ask())

    def __deepcopy__(self, memo: Any) -> "_LateChoices":
        return self


class Choices(django_filters.MultipleChoiceFilter):
    """Any of several values. `choices` may be a callable that asks a selector."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # django-filter's default is DISTINCT, which reads and sorts every row there is before the first page
        kwargs.setdefault("distinct", False)
        kwargs["widget"] = CheckboxSelectMultiple
        if callable(choices := kwargs.get("choices")) and not isinstance(choices, type):
            kwargs["choices"] = _LateChoices(choices)
        super().__init__(*args, **kwargs)


class OneOf(django_filters.ChoiceFilter):
    """One of a few values, or any: `?history=false`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["widget"] = forms.RadioSelect
        super().__init__(*args, **kwargs)


class Between(django_filters.DateFromToRangeFilter):
    """Days from and to, both included, in the reader's time zone: `?ordered_after=2026-11-01&ordered_before=…`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["widget"] = DateRangeWidget(attrs={"type": "date"})
        super().__init__(*args, **kwargs)


class Toggle(django_filters.BooleanFilter):
    """Only what is so: `?changed=true`. Unchecked means both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["widget"] = forms.CheckboxInput(
            attrs={"value": "true"}, check_test=lambda value: value in ("true", True)
        )
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return super().filter(qs, value) if value else qs
