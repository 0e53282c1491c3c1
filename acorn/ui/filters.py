"""Filters of a list: declared once, used by the page, the API, the export and the stored filter of «all N».

A request pays for what it asks, not for what a list offers: the form of a list is built once for the process, and only
choices that a selector knows are a request's own.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from copy import copy, deepcopy
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.forms.widgets import CheckboxSelectMultiple
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget


class _Asked(BaseChoiceIterator):
    """Choices that a selector knows, asked when somebody looks. A copy, which each form has of its own, asks once."""

    def __init__(self, ask: Callable[[], Iterable[Any]]) -> None:
        self.ask = ask
        self.found: list[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        if self.found is None:
            self.found = list(self.ask())
        return iter(self.found)

    def __copy__(self) -> "_Asked":
        return _Asked(self.ask)

    def __deepcopy__(self, memo: Any) -> "_Asked":
        return _Asked(self.ask)


class _Fields(dict[str, forms.Field]):
    """The fields of a filter form: nothing in them changes while a list is shown, so a form shares them, but for choices
    that are asked for."""

    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        return {
            name: deepcopy(field, memo) if isinstance(getattr(field, "choices", None), _Asked) else field
            for name, field in self.items()
        }


class _Filters(OrderedDict[str, Any]):
    """The filters of a list. A request has twins of them, which know whose they are; what they say is shared."""

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        return {name: _twin(each) for name, each in self.items()}


def _twin(original: django_filters.Filter) -> django_filters.Filter:
    twin = copy(original)
    if twin.method is not None:
        twin.method = twin.method  # binds it to the twin
    return twin


class ListFilters(django_filters.FilterSet):
    """Base of every list's filters. Malformed input filters nothing and is shown as a chip that says so."""

    _form_class: ClassVar[type[forms.Form] | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._form_class = None

    @classmethod
    def get_filters(cls) -> _Filters:
        return _Filters(super().get_filters())

    def get_form_class(self) -> type[forms.Form]:
        """One for all requests: its texts are lazy, and choices that differ are asked for."""
        cls = type(self)
        if cls._form_class is None:
            form_class = super().get_form_class()
            form_class.base_fields = _Fields(form_class.base_fields)
            cls._form_class = form_class
        return cls._form_class


class Search(django_filters.CharFilter):
    """The search box: `Search(method="find", placeholder=_("PO, ASIN, SKU, FC"))`."""

    def __init__(self, *args: Any, placeholder: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Search"))
        kwargs["widget"] = forms.TextInput(
            attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off", "spellcheck": "false"}
        )
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)


class Choices(django_filters.MultipleChoiceFilter):
    """Any of several values. `choices` may be a callable that asks a selector."""

    field_class = forms.MultipleChoiceField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # django-filter's default is DISTINCT, which reads and sorts every row there is before the first page
        kwargs.setdefault("distinct", False)
        kwargs["widget"] = CheckboxSelectMultiple
        if callable(choices := kwargs.get("choices")) and not isinstance(choices, type):
            kwargs["choices"] = _Asked(choices)
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        """`IN`, for which PostgreSQL has one scan of an index; several `OR` it may read the table for."""
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class _OpenField(forms.MultipleChoiceField):
    """Offers what there is, and takes any text: a value that no row has finds no row, and is no mistake."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 100 and "\x00" not in str(value)


class Existing(Choices):
    """Offers the values that are there, and asks for them only to show them."""

    field_class = _OpenField


class OneOf(django_filters.ChoiceFilter):
    """One of a few values, or any, which `empty_label` names: `?history=false`."""

    field_class = forms.ChoiceField

    def __init__(self, *args: Any, choices: Iterable[tuple[str, Any]], empty_label: Any = None, **kwargs: Any) -> None:
        choices = [("", empty_label or _("Any")), *choices]
        super().__init__(*args, choices=choices, widget=forms.RadioSelect, **kwargs)


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


def flat_choices(choices: Any) -> list[tuple[str, Any]]:
    """Choices without their groups, keys as text."""
    flat: list[tuple[str, Any]] = []
    for key, label in choices:
        flat += flat_choices(label) if isinstance(label, list | tuple) else [(str(key), label)]
    return flat
