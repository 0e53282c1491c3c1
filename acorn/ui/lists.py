"""The list page: filters and sort in the URL, keyset pages, exact counts to 10,000, bulk selection, CSV.

An app describes its list once, and the view stays short:

    ORDERS = List(
        columns=[Column("number", _("PO")), Column("state", _("State")), Column("total", _("Total"), numeric=True)],
        sorts=Sorts(["number", "ordered_at"], default="-ordered_at"),
        filters=OrderFilters,
        views=[View(_("Open"), "state=NEW")],
    )

    @page(Right.SEE_ORDERS)
    def order_list(request):
        listing = ORDERS.load(request, selectors.list_orders())
        return render(request, "orders/list.html", "rows", {"list": listing})

The number of queries does not depend on the number of rows: one brings a page and the count of all (two across rows
without a value); another the person's own tabs, when they are shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django_filters.fields import DateRangeField

from acorn.core.counting import RowCount
from acorn.core.keyset import Order, Sorts, fetch_page
from acorn.ui import formats
from acorn.ui.filters import ListFilters, flat_choices
from acorn.ui.models import SavedView
from acorn.ui.selectors import list_saved_views

COUNT_LIMIT = 10_000
PAGE_SIZES = (50, 100, 200)
_TOTAL = "list_total"
_OWN = ("sort", "cursor", "at", "size", "format")  # parameters that are not filters


@dataclass(frozen=True, slots=True)
class Column:
    """One column. It is sortable where the list's Sorts know its name; `hint` explains it on hover."""

    name: str
    label: str | Promise
    numeric: bool = False
    hint: str | Promise = ""


@dataclass(frozen=True, slots=True)
class View:
    """A tab: filters that belong together, under a name. `query` is written as in the URL: `state=NEW&changed=true`."""

    label: str | Promise
    query: str


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done with the selected rows: a POST to `url` that reads a Selection. `confirm` asks once first."""

    label: str | Promise
    url: str
    icon: str = ""
    confirm: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column as the table's head shows it."""

    column: Column
    sort_url: str
    direction: str  # "ascending", "descending", or empty


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter value, and the address of the list without it."""

    label: str
    value: str
    url: str
    is_valid: bool = True


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of a list; `saved_id` is there for a person's own, which they may remove."""

    label: str
    url: str
    is_current: bool
    saved_id: str = ""


@dataclass(frozen=True)
class List:
    """What a list page is made of; holds no data and is safe to share between requests."""

    columns: Sequence[Column]
    sorts: Sorts
    filters: type[ListFilters] | None = None
    views: Sequence[View] = ()
    name: str = ""  # with a name, people can keep filters as tabs of their own
    page_size: int = PAGE_SIZES[0]
    id_field: str = "public_id"
    first_tab: str | Promise = ""  # what the list without filters is called; «All» if nothing else is said
    filters_shown: int = 8  # the others are behind «More filters», in the same form

    def load(
        self, request: Any, rows: QuerySet[Any], *, actions: Sequence[Action] = (), export: bool = False
    ) -> "Listing":
        """Read the page that the URL asks for. Malformed parameters are shown or ignored, never an error."""
        filterset = self._filterset(request.GET, rows, request)
        found = filterset.qs if filterset else rows
        order = self.sorts.choose(request.GET.get("sort", ""))
        size = _read_size(request.GET, self.page_size)
        # exact up to the limit, so that a million rows cost what ten thousand cost
        counted = found.annotate(**{_TOTAL: RowCount(found, COUNT_LIMIT + 1)})
        page = fetch_page(counted, order, request.GET.get("cursor", ""), size=size)
        if not page.previous and request.GET.get("cursor"):
            # Back at the beginning, or a cursor that means nothing any more: the first page, and a full one.
            page = fetch_page(counted, order, size=size)
        return Listing(
            definition=self, params=request.GET, path=request.path, filterset=filterset, order=order, size=size,
            rows=page.rows, next_cursor=page.next, previous_cursor=page.previous,
            total=_read_total(page.rows), user_id=request.user.pk, actions=actions, can_export=export,
        )  # fmt: skip

    def filtered(self, request: Any, rows: QuerySet[Any]) -> tuple[QuerySet[Any], Order]:
        """The rows and the order that the URL asks for, unpaged: for exports."""
        filterset = self._filterset(request.GET, rows, request)
        return (filterset.qs if filterset else rows), self.sorts.choose(request.GET.get("sort", ""))

    def filter_by(self, query: str, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that a stored filter means now."""
        filterset = self._filterset(QueryDict(query), rows, None)
        return filterset.qs if filterset else rows

    def _filterset(self, params: QueryDict, rows: QuerySet[Any], request: Any) -> ListFilters | None:
        return self.filters(params, queryset=rows, request=request) if self.filters else None


@dataclass
class Listing:
    """A list as its template sees it."""

    definition: List
    params: QueryDict
    path: str
    filterset: ListFilters | None
    order: Order
    size: int
    rows: list[Any]
    next_cursor: str
    previous_cursor: str
    total: int
    user_id: int
    actions: Sequence[Action] = ()
    can_export: bool = False
    sizes: Sequence[int] = field(default=PAGE_SIZES)

    # --- The figures ---
    @property
    def count_text(self) -> str:
        """`3,481`, or `10,000+`."""
        return f"{formats.number(COUNT_LIMIT)}+" if self.total > COUNT_LIMIT else formats.number(self.total)

    @cached_property
    def first(self) -> int:
        """Number of the first row; carried in the URL, since a position knows no number."""
        try:
            at = int(self.params.get("at", "1"))
        except ValueError:
            at = 1
        return max(at, 1) if self.previous_cursor and self.params.get("cursor") else 1

    @property
    def range_text(self) -> str:
        if not self.rows:
            return ""
        last = self.first + len(self.rows) - 1
        return _("{first}–{last} of {total}").format(
            first=formats.number(self.first), last=formats.number(last), total=self.count_text
        )

    # --- The addresses ---
    @cached_property
    def query(self) -> str:
        """The filters alone, as they are stored for «all N» and for a saved view."""
        return urlencode(self._filter_params())

    @cached_property
    def is_filtered(self) -> bool:
        return bool(self._filter_params())

    def _filter_params(self, without: tuple[str, str] | None = None) -> list[tuple[str, str]]:
        return [
            (key, value)
            for key, values in self.params.lists()
            for value in values
            if key not in _OWN and value and (key, value) != without
        ]

    def url(self, filters: list[tuple[str, str]] | None = None, **own: Any) -> str:
        """This list with other filters or another position; sort and page size stay unless given."""
        kept = {key: self.params[key] for key in ("sort", "size") if self.params.get(key)} | own
        pairs = (self._filter_params() if filters is None else filters) + [(k, str(v)) for k, v in kept.items() if v]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def next_url(self) -> str:
        return self.url(cursor=self.next_cursor, at=self.first + len(self.rows)) if self.next_cursor else ""

    @property
    def previous_url(self) -> str:
        before = max(self.first - self.size, 1)
        return self.url(cursor=self.previous_cursor, at=before) if self.previous_cursor else ""

    @property
    def clear_url(self) -> str:
        return self.url(filters=[])

    @property
    def export_url(self) -> str:
        return self.url(format="csv")

    @property
    def size_urls(self) -> list[tuple[int, str, bool]]:
        return [(size, self.url(size=size), size == self.size) for size in self.sizes]

    # --- The pieces ---
    @cached_property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.definition.columns]

    def _head(self, column: Column) -> Head:
        if column.name not in self.definition.sorts:
            return Head(column, "", "")
        is_current = self.order.name == column.name
        direction = ("descending" if self.order.descending else "ascending") if is_current else ""
        # Figures and dates are asked for largest first, words from A.
        flipped = not self.order.descending if is_current else column.numeric
        return Head(column, self.url(sort=f"-{column.name}" if flipped else column.name), direction)

    @cached_property
    def saved(self) -> Sequence[SavedView]:
        """The person's own tabs."""
        name = self.definition.name
        return list_saved_views(user_id=self.user_id, list_name=name) if name else []

    @cached_property
    def tabs(self) -> list[Tab]:
        """«All» or what the list calls it, the list's views, then the person's own."""
        views = [(str(view.label), view.query, "") for view in self.definition.views]
        views += [(view.name, view.query, view.public_id) for view in self.saved]
        first = str(self.definition.first_tab or _("All"))
        return [self._tab(first, "", ""), *(self._tab(*view) for view in views)] if views else []

    def _tab(self, label: str, query: str, saved_id: str) -> Tab:
        params = QueryDict(query)
        pairs = [(key, value) for key, values in params.lists() for value in values]
        return Tab(label, self.url(filters=pairs), sorted(pairs) == sorted(self._filter_params()), saved_id)

    @property
    def can_save(self) -> bool:
        """Whether these filters could become a tab of the person's own."""
        return bool(self.definition.name) and self.is_filtered and not any(tab.is_current for tab in self.tabs)

    @cached_property
    def fields(self) -> list[tuple[str, Any]]:
        """The filter form's fields but the search box, each with how it is shown: toggle, choices, days or input."""
        fields = [bound for bound in self.filterset.form if not _is_search(bound)] if self.filterset else []
        return [(_kind(bound), bound) for bound in fields]

    @property
    def first_fields(self) -> list[tuple[str, Any]]:
        """The filters that are always in sight: a list puts the ones that are used most first."""
        return self.fields[: self.definition.filters_shown]

    @property
    def more_fields(self) -> list[tuple[str, Any]]:
        return self.fields[self.definition.filters_shown :]

    @cached_property
    def is_more_open(self) -> bool:
        """Whether a filter out of sight is in use, and no tab says so already."""
        if any(tab.is_current for tab in self.tabs):
            return False
        names = tuple(bound.name for _kind, bound in self.more_fields)
        ranges = tuple(f"{name}_" for name in names)
        return any(key in names or key.startswith(ranges) for key, _value in self._filter_params())

    @property
    def is_untouched(self) -> bool:
        """Nothing there and nothing asked for: no use for filters yet."""
        return not self.rows and not self.is_filtered

    @cached_property
    def search_field(self) -> Any:
        """The search box, or None."""
        return next((bound for bound in self.filterset.form if _is_search(bound)), None) if self.filterset else None

    @cached_property
    def chips(self) -> list[Chip]:
        bad = set(self.filterset.form.errors) if self.filterset else set()
        return [
            Chip(label, shown, self.url(filters=self._filter_params(without=(key, value))), name not in bad)
            for key, value in self._filter_params()
            for name, label, shown in self._describe(key, value)
        ]

    def _describe(self, key: str, value: str) -> list[tuple[str, str, str]]:
        """Name, label and shown value of one parameter; nothing for a parameter that is not a filter."""
        fields = self.filterset.form.fields if self.filterset else {}
        if key in fields:
            choices = getattr(fields[key], "choices", None)
            if choices:
                return [(key, str(fields[key].label), str(dict(flat_choices(choices)).get(value, value)))]
            return [(key, str(fields[key].label), "" if value == "true" else value)]
        for suffix, sign in (("_after", "≥"), ("_before", "≤"), ("_min", "≥"), ("_max", "≤")):
            name = key.removesuffix(suffix)
            if name != key and name in fields:
                return [(name, str(fields[name].label), f"{sign} {value}")]
        return []


def _is_search(bound: Any) -> bool:
    return getattr(bound.field.widget, "input_type", "") == "search"


def _kind(bound: Any) -> str:
    if hasattr(bound.field, "choices"):
        return "choices"
    if isinstance(bound.field, DateRangeField):
        return "days"
    return "toggle" if getattr(bound.field.widget, "input_type", "") == "checkbox" else "input"


def _read_size(params: QueryDict, default: int) -> int:
    text = params.get("size", "")
    return int(text) if text in map(str, PAGE_SIZES) else default


def _read_total(rows: Sequence[Any]) -> int:
    """A page without rows is the first one of a list without rows."""
    if not rows:
        return 0
    return int(rows[0][_TOTAL] if isinstance(rows[0], dict) else getattr(rows[0], _TOTAL))


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows a person selected: by their ids, or every row of a filter («all 3,481»).

    JSON-ready by `stored()`, so that a Job can apply it later; the rows of a stored filter are those it means then.
    """

    ids: tuple[str, ...] = ()
    query: str | None = None

    @classmethod
    def read(cls, data: QueryDict) -> "Selection":
        """From the POST of a bulk form."""
        if data.get("all"):
            return cls(query=data.get("query", "").replace("\x00", ""))
        return cls(ids=tuple(dict.fromkeys(value for value in data.getlist("selected") if "\x00" not in value)))

    @classmethod
    def restore(cls, stored: dict[str, Any]) -> "Selection":
        return cls(ids=tuple(stored.get("ids", ())), query=stored.get("query"))

    def stored(self) -> dict[str, Any]:
        return {"ids": list(self.ids), "query": self.query}

    def __bool__(self) -> bool:
        return bool(self.ids) or self.query is not None

    def apply(self, definition: List, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The selected ones among `rows`; ids of other companies or of nothing select nothing."""
        if self.query is not None:
            return definition.filter_by(self.query, rows)
        return rows.filter(**{f"{definition.id_field}__in": self.ids})
