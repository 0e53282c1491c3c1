"""Pages about connections: the list, one connection and what can be done with it."""

from dataclasses import replace

from django.contrib import messages as notes
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock, messages
from acorn.core.errors import Conflict, DomainError
from acorn.core.keyset import Sorts
from acorn.panels import registry as panels
from acorn.ui import htmx
from acorn.ui.lists import Column, List
from vendors import gateway, selectors, services
from vendors.forms import ConnectForm, ConnectionFilters, EditForm
from vendors.models import Connection
from vendors.types import Environment

CONNECTIONS = List(
    columns=[
        Column("name", gettext_lazy("Connection")),
        Column("health", gettext_lazy("Health")),
        Column("environment", gettext_lazy("Environment")),
        Column("marketplace", gettext_lazy("Marketplace")),
        Column("group", gettext_lazy("Vendor group")),
        Column("codes", gettext_lazy("Vendor codes")),
        Column("last", gettext_lazy("Last sync"), hint=gettext_lazy("When a sync last ended without an error.")),
        Column("next", gettext_lazy("Next sync")),
    ],
    sorts=Sorts({"name": "name", "marketplace": "marketplace", "created": "created_at"}, default="created"),
    filters=ConnectionFilters,
)


@page(Right.SEE_CONNECTIONS)
def connection_list(request: PageRequest) -> HttpResponseBase:
    listing = CONNECTIONS.load(request, selectors.list_connections())
    timing = selectors.timings(listing.rows, sync_task=services.SYNC_TASK)
    for row in listing.rows:
        row.timing = timing[row.pk]
    context = {"list": listing, "may_manage": request.membership.may(Right.MANAGE_CONNECTIONS)}
    return htmx.render(request, "vendors/list.html", "rows", context)


@page(Right.SEE_CONNECTIONS)
def connection_detail(request: PageRequest, public_id: str) -> HttpResponseBase:
    connection = selectors.get_connection(public_id)
    labels = {resource.name: resource.label for resource in services.list_resources()}
    coverage = selectors.list_coverage(connection)
    context = {
        "connection": connection,
        "there": selectors.now_at(connection, clock.now()) if connection.clock else "",
        "codes": sorted(connection.group.codes.all(), key=lambda code: code.code),
        "host": gateway.sends_to(connection.environment, connection.region),
        "timing": selectors.timings([connection], sync_task=services.SYNC_TASK)[connection.pk],
        "coverage": [replace(row, resource=str(labels.get(row.resource, row.resource))) for row in coverage],
        "usage": gateway.list_usage(connection) if connection.archived_at is None else [],
        "runs": selectors.list_runs(connection=public_id)[:8],
        "events": selectors.list_events(connection),
        "panels": panels.collect("vendors.connection", connection),
        "environment": _ribbon(connection),
        "may_manage": request.membership.may(Right.MANAGE_CONNECTIONS),
        "may_sync": request.membership.may(Right.SYNC) and connection.archived_at is None,
        "may_see_exchanges": request.membership.may(Right.SEE_EXCHANGES),
    }
    return htmx.render(request, "vendors/detail.html", "runs", context)


@page(Right.MANAGE_CONNECTIONS)
def connect(request: PageRequest) -> HttpResponseBase:
    form = ConnectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        place = gateway.find_marketplace(given["marketplace"])
        try:
            connection = services.connect(
                name=given["name"],
                environment=given["environment"],
                region=place.region if place else "",
                marketplace=given["marketplace"],
                vendor_group_code=given["vendor_group_code"],
                vendor_codes=given["vendor_codes"],
                credentials=services.Secrets(given["client_id"], given["client_secret"], given["refresh_token"]),
                actor=request.user.actor(),
                now=clock.now(),
            )
        except DomainError as refusal:
            _put_on(form, refusal)
        else:
            _say_result(request, _test(request, connection.public_id))
            return htmx.redirect(request, "vendors:detail", connection.public_id)
    context = {
        "form": form,
        "has_simulator": bool(gateway.sends_to(Environment.SIMULATOR, "NA")),
        "markets": gateway.list_marketplaces(),
    }
    return htmx.render(request, "vendors/connect.html", "form", context, status=422 if form.errors else 200)


@page(Right.MANAGE_CONNECTIONS)
@require_POST
def connect_simulator(request: PageRequest) -> HttpResponseBase:
    """One click: a simulated vendor group, and its first sync."""
    try:
        connection = services.connect_simulator(
            marketplace=request.POST.get("marketplace", "US"), actor=request.user.actor(), now=clock.now()
        )
    except DomainError as refusal:
        notes.error(request, " ".join(str(text) for texts in refusal.fields.values() for text in texts))
        return htmx.redirect(request, "vendors:connect")
    return _start(request, connection)


@page(Right.MANAGE_CONNECTIONS)
def edit(request: PageRequest, public_id: str) -> HttpResponseBase:
    connection = selectors.get_connection(public_id)
    form = EditForm(request.POST or None, initial={"name": connection.name})
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value}
        try:
            services.change(public_id=public_id, actor=request.user.actor(), now=clock.now(), **given)
        except DomainError as refusal:
            _put_on(form, refusal)
        else:
            if given.keys() - {"name"}:
                _say_result(request, _test(request, public_id))
            else:
                notes.success(request, _("Saved."))
            return htmx.redirect(request, "vendors:detail", public_id)
    context = {"form": form, "connection": connection, "environment": _ribbon(connection)}
    return htmx.render(request, "vendors/edit.html", "form", context, status=422 if form.errors else 200)


@page(Right.SYNC)
@require_POST
def test(request: PageRequest, public_id: str) -> HttpResponseBase:
    try:
        _say_result(request, _test(request, public_id))
    except Conflict as refusal:
        notes.error(request, str(refusal))
    return htmx.redirect(request, "vendors:detail", public_id)


@page(Right.SYNC)
@require_POST
def sync(request: PageRequest, public_id: str) -> HttpResponseBase:
    return _start(request, selectors.get_connection(public_id))


@page(Right.MANAGE_CONNECTIONS)
@require_POST
def archive(request: PageRequest, public_id: str) -> HttpResponseBase:
    services.archive(public_id=public_id, actor=request.user.actor(), now=clock.now())
    notes.success(request, _("Archived. Nothing is pulled through it any more; everything that came stays."))
    return htmx.redirect(request, "vendors:detail", public_id)


@page(Right.MANAGE_CONNECTIONS)
@require_POST
def restore(request: PageRequest, public_id: str) -> HttpResponseBase:
    try:
        services.restore(public_id=public_id, actor=request.user.actor(), now=clock.now())
    except Conflict as refusal:
        notes.error(request, str(refusal))
    else:
        notes.success(request, _("Restored. The next sync goes on from where the last one had got to."))
    return htmx.redirect(request, "vendors:detail", public_id)


def _start(request: PageRequest, connection: Connection) -> HttpResponseBase:
    try:
        run = services.start_sync(connection_id=connection.pk, actor=request.user.actor(), now=clock.now())
    except DomainError as refusal:
        notes.error(request, str(refusal))
        return htmx.redirect(request, "vendors:detail", connection.public_id)
    return htmx.redirect(request, "vendors:run", run.public_id)


def _test(request: PageRequest, public_id: str) -> services.TestResult:
    return services.test_connection(public_id=public_id, actor=request.user.actor(), now=clock.now())


def _say_result(request: PageRequest, result: services.TestResult) -> None:
    text = messages.render(result.code, result.params)
    if result.is_ok:
        notes.success(request, text)
    else:
        notes.error(request, f"{text} {messages.render_fix(result.code, result.params)}")


def _put_on(form: ConnectForm | EditForm, refusal: DomainError) -> None:
    for name, texts in refusal.fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else "marketplace" if name == "region" else None, str(text))
    if not refusal.fields:
        form.add_error(None, str(refusal))


def _ribbon(connection: Connection) -> str:
    return "" if connection.environment == Environment.PRODUCTION else connection.environment
