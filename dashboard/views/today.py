"""Today, and the search over everything."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.accounts.types import Role
from acorn.core import clock, subjects
from acorn.search.rules import normalise_code
from acorn.search.selectors import find
from acorn.ui.htmx import render
from acorn.work import kinds
from acorn.work.models import WorkItem
from acorn.work.selectors import count_by_kind, list_open
from dashboard import selectors

PAGE_SIZE = 50


@page(Right.SEE_TODAY)
def today(request: PageRequest) -> HttpResponse:
    """What needs a person, most urgent first."""
    now = clock.now()
    counts = count_by_kind()
    kind = request.GET.get("kind", "") if request.GET.get("kind") in counts else ""
    items = Paginator(list_open(now=now, kind=kind), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "item": item,
            "kind": kinds.get_kind(item.kind),
            "url": subjects.find_url(item.subject_kind, item.subject_id),
            "work_url": _work_url(item),
            "role": Role(item.role).label if item.role else "",
        }
        for item in items
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "items": items,
        "kind": kind,
        "tabs": [(kinds.get_kind(name), count) for name, count in counts.items()],
        "total": sum(counts.values()),
        "is_connected": selectors.is_connected(),
    }
    if not request.htmx:
        context["figures"] = selectors.today_figures(now=now, zone=timezone.get_current_timezone())
    return render(request, "dashboard/today.html", "rows", context)


def _work_url(item: WorkItem) -> str:
    """Where the work is done: the kind's own page, or the subject's."""
    kind = kinds.get_kind(item.kind)
    if not kind.url_name:
        return subjects.find_url(item.subject_kind, item.subject_id)
    return f"{reverse(kind.url_name)}?{urlencode({'order': item.subject_id})}"


@page(None)
def search(request: PageRequest) -> HttpResponse:
    """Straight to the object if there is exactly one; else what was found, and the lists that search further."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    hits = find(text) if text else []
    # an item's label goes on with its title after its SKU
    exact = [hit for hit in hits if normalise_code(hit.label.partition(" · ")[0]) == normalise_code(text)]
    only = exact if len(exact) == 1 else hits
    if len(only) == 1 and (url := subjects.find_url(only[0].kind, only[0].id)):
        return redirect(url)
    further = selectors.search_lists(text, membership=request.membership) if text and not hits else []
    if len(further) == 1:
        return redirect(further[0].url)
    return render(
        request,
        "dashboard/search.html",
        "hits",
        {"text": text, "hits": hits, "further": further, "query": text},
    )
