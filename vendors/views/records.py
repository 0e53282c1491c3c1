"""Pages about what happened: syncs and exchanges."""

import json

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core.keyset import Sorts
from acorn.ui import htmx
from acorn.ui.lists import Column, List, View
from vendors import selectors, services
from vendors.forms import ExchangeFilters
from vendors.types import UNFINISHED, Environment

EXCHANGES = List(
    name="exchanges",
    columns=[
        Column("started", gettext_lazy("Time")),
        Column("operation", gettext_lazy("Operation")),
        Column("outcome", gettext_lazy("Outcome")),
        Column("connection", gettext_lazy("Connection")),
        Column("duration", gettext_lazy("Duration"), numeric=True),
        Column("request", gettext_lazy("Request id")),
    ],
    sorts=Sorts({"started": "started_at"}, default="-started"),
    filters=ExchangeFilters,
    views=[View(gettext_lazy("Failed"), "failed=true")],
)


@page(Right.SEE_EXCHANGES)
def exchange_list(request: PageRequest) -> HttpResponseBase:
    listing = EXCHANGES.load(request, selectors.list_exchanges())
    return htmx.render(request, "vendors/exchanges.html", "rows", {"list": listing})


@page(Right.SEE_EXCHANGES)
def exchange_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    exchange = selectors.get_exchange(public_id)
    context = {
        "exchange": exchange,
        "request_body": selectors.body_text(exchange.request_body),
        "response_body": selectors.answer_text(exchange),
        "request_headers": json.dumps(exchange.request_headers),
        "response_headers": json.dumps(exchange.response_headers),
        "environment": "" if exchange.environment == Environment.PRODUCTION else exchange.environment,
    }
    return htmx.render(request, "vendors/exchange.html", "", context)


@page(Right.SEE_CONNECTIONS)
def run_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    run = selectors.get_run(public_id)
    labels = {resource.name: resource.label for resource in services.list_resources()}
    steps = list(run.steps.all())
    for step in steps:
        step.label = labels.get(step.resource, step.resource)  # type: ignore[attr-defined]  # for the template
    context = {
        "run": run,
        "steps": steps,
        "is_unfinished": run.state in UNFINISHED,
        "environment": "" if run.connection.environment == Environment.PRODUCTION else run.connection.environment,
    }
    return htmx.render(request, "vendors/run.html", "progress", context)
