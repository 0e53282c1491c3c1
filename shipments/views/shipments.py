"""The pages of shipments: what can be shipped, the list, one shipment with all that is done to it."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.core.errors import DomainError
from acorn.core.money import Money
from acorn.ui import exports, htmx, papers
from acorn.ui.lists import Action, Selection
from acorn.ui.uploads import upload_page
from orders.models import PurchaseOrder
from orders.selectors import tell_real_time
from shipments import selectors, services
from shipments.filters import SHIPMENTS, TO_SHIP
from shipments.forms import (
    AppointmentForm,
    CancelForm,
    DepartForm,
    EvidenceForm,
    PickupForm,
    PlanForm,
    ShipmentForm,
)
from shipments.models import Carton, Shipment
from shipments.papers import COMMERCIAL_INVOICE, FORMS, PAPERS, make_paper
from shipments.rules import PICKUP_RULES
from shipments.types import LabelFormat, Mode, PickupAction, ShipmentState
from vendors.errors import DocumentBlocked
from vendors.selectors import now_at, read_clocks
from vendors.types import RuleFinding, Severity

_MOST_ORDERS = 500
# cartons beyond these are on the packing list
_SHOWN = 300
_UPLOAD = 20_000_000
# what the form of the departure asks for is no fault before somebody has filled it in
_TYPED_AT_DEPARTURE = {"ARRIVAL_MISSING", "BOL_MISSING", "PRO_MISSING", "SCAC_MISSING", "ARN_MISSING"}
CSV = [
    exports.CsvColumn(gettext_lazy("Shipment"), lambda row: row.number),
    exports.CsvColumn(gettext_lazy("State"), lambda row: row.get_state_display()),
    exports.CsvColumn(gettext_lazy("Marketplace"), lambda row: row.marketplace),
    exports.CsvColumn(gettext_lazy("Vendor code"), lambda row: row.vendor_code),
    exports.CsvColumn(gettext_lazy("FC"), lambda row: row.ship_to_party),
    exports.CsvColumn(gettext_lazy("Warehouse"), lambda row: row.warehouse.code),
    exports.CsvColumn(gettext_lazy("Freight"), lambda row: row.get_freight_terms_display()),
    exports.CsvColumn(gettext_lazy("Carrier"), lambda row: row.carrier_scac),
    exports.CsvColumn(gettext_lazy("PRO number"), lambda row: row.pro_number),
    exports.CsvColumn(gettext_lazy("Bill of lading"), lambda row: row.bol_number),
    exports.CsvColumn("ARN", lambda row: row.amazon_reference_number),
    exports.CsvColumn(gettext_lazy("Cartons"), lambda row: row.carton_count),
    exports.CsvColumn(gettext_lazy("Pallets"), lambda row: row.pallet_count),
    exports.CsvColumn(gettext_lazy("Eaches"), lambda row: row.eaches),
    exports.CsvColumn(gettext_lazy("Weight (g)"), lambda row: row.weight_g),
    exports.CsvColumn(gettext_lazy("Next deadline"), lambda row: row.deadline_at),
    exports.CsvColumn(gettext_lazy("Departed"), lambda row: row.departed_at),
    exports.CsvColumn(gettext_lazy("At risk"), lambda row: row.exposure),
    exports.CsvColumn(gettext_lazy("Currency"), lambda row: row.currency),
    exports.CsvColumn(gettext_lazy("Planned"), lambda row: row.created_at),
]


@page(Right.SEE_SHIPMENTS)
def shipment_list(request: PageRequest) -> HttpResponseBase:
    rows = selectors.list_shipments()
    if request.GET.get("format") == "csv":
        rows, order = SHIPMENTS.filtered(request, rows)
        return exports.answer(request, rows, order, CSV, filename="shipments.csv", right=Right.SEE_SHIPMENTS)
    actions = [Action(_("Export selection"), reverse("shipments:export"), icon="download")]
    listing = SHIPMENTS.load(request, rows, actions=actions, export=True)
    shown: list[Any] = list(listing.rows)
    keys = [row.pk for row in shown]
    orders, asns = selectors.load_orders(keys), selectors.find_newest_asns(keys)
    clocks = read_clocks(shown)
    for row in shown:
        row.shown_orders, row.asn = orders[row.pk], asns.get(row.pk)
        row.real_deadline_at = clocks.real_at(row.connection_id, row.deadline_at)
        row.risk = Money(row.exposure, row.currency) if row.exposure and row.currency else None
    context = {"list": listing, "may_pack": request.membership.may(Right.PACK)}
    return htmx.render(request, "shipments/list.html", "rows", context)


@page(Right.SEE_SHIPMENTS)
@require_POST
def export_selected(request: PageRequest) -> HttpResponseBase:
    chosen = Selection.read(request.POST).apply(SHIPMENTS, selectors.list_shipments())
    return exports.answer(
        request, chosen, SHIPMENTS.sorts.default, CSV, filename="shipments.csv", right=Right.SEE_SHIPMENTS
    )


# --- planning ---------------------------------------------------------------------------------------------------------


@page(Right.SEE_SHIPMENTS)
def to_ship(request: PageRequest) -> HttpResponseBase:
    """Orders of which something may leave: the ones to choose from for new shipments."""
    may_pack = request.membership.may(Right.PACK)
    actions = [Action(_("Plan shipments"), reverse("shipments:choose"), icon="shipments")] if may_pack else []
    listing = TO_SHIP.load(request, selectors.list_shippable_orders(), actions=actions)
    shown: list[Any] = list(listing.rows)
    tell_real_time(shown)
    keys = [row.pk for row in shown]
    free, planned = selectors.shippable(keys, now=clock.now()), selectors.find_shipments_of(keys)
    for row in shown:
        row.shippable = sum(line.eaches for line in free[row.pk])
        row.shipments = planned.get(row.pk, [])
    return htmx.render(request, "shipments/to_ship.html", "rows", {"list": listing, "may_pack": may_pack})


@page(Right.PACK)
@require_POST
def choose_orders(request: PageRequest) -> HttpResponse:
    """From the selected orders to the page that plans them."""
    rows = Selection.read(request.POST).apply(TO_SHIP, selectors.list_shippable_orders())
    ids = list(rows.order_by("due_at", "id").values_list("public_id", flat=True)[: _MOST_ORDERS + 1])
    if not ids or len(ids) > _MOST_ORDERS:
        messages.warning(request, _("Select at least one order, and at most {count}.").format(count=_MOST_ORDERS))
        return htmx.redirect(request, "shipments:to_ship")
    return htmx.redirect(request, reverse("shipments:plan") + "?" + "&".join(f"order={each}" for each in ids))


@page(Right.PACK)
def plan(request: PageRequest) -> HttpResponse:
    """`?order=…&order=…`: where they leave from; what the planner makes of them is seen on the shipments."""
    ids = [each for each in request.GET.getlist("order")[:_MOST_ORDERS] if "\x00" not in each]
    orders = list(PurchaseOrder.objects.filter(public_id__in=ids).order_by("due_at", "id"))
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan_shipments(
                order_public_ids=[order.public_id for order in orders],
                warehouse_public_id=form.cleaned_data["warehouse"], freight_terms=form.cleaned_data["freight_terms"],
                actor=request.user.actor(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            text = ngettext("{count} shipment is planned.", "{count} shipments are planned.", len(made))
            messages.success(request, text.format(count=len(made)))
            if len(made) == 1:
                return htmx.redirect(request, "shipments:detail", made[0].public_id)
            return htmx.redirect(request, "shipments:list")
    free = selectors.shippable([order.pk for order in orders], now=clock.now())
    shown: list[Any] = orders
    for order in shown:
        order.shippable = sum(line.eaches for line in free[order.pk])
    context = {"form": form, "orders": shown, "asked": request.GET.urlencode()}
    return htmx.render(request, "shipments/plan.html", "form", context, status=422 if form.errors else 200)


# --- one shipment -----------------------------------------------------------------------------------------------------


@page(Right.SEE_SHIPMENTS)
def shipment_detail(request: PageRequest, public_id: str) -> HttpResponse:
    return _show(request, selectors.get_shipment(public_id))


@page(Right.SEE_SHIPMENTS)
def asn_detail(request: PageRequest, public_id: str) -> HttpResponse:
    """An ASN is shown on the page of its shipment."""
    return htmx.redirect(request, "shipments:detail", selectors.get_asn(public_id).shipment.public_id)


def _show(
    request: PageRequest, shipment: Shipment, *, name: str = "", form: ShipmentForm | None = None,
    refused: list[RuleFinding] | None = None,
) -> HttpResponse:  # fmt: skip
    now = clock.now()
    at = now_at(shipment.connection, now)
    freight = selectors.load_freight(shipment, at.date())
    is_open = shipment.state in selectors.OPEN
    if is_open and shipment.carton_count:
        services.check_shipment(shipment, now=now)
    found = [RuleFinding.from_stored(row) for row in shipment.findings]
    findings = refused if refused is not None else [each for each in found if each.rule not in _TYPED_AT_DEPARTURE]
    void = selectors.find_void_labels(shipment)
    packed = {
        row.position: row for row in Carton.objects.filter(shipment=shipment).only("position", "public_id", "packed_at")
    }
    facts = selectors.load_deadline_facts([shipment], now=now)[shipment.pk]
    pickup = selectors.find_pickups([shipment.pk]).get(shipment.pk)
    forms: dict[str, ShipmentForm] = {
        "pickup_form": PickupForm(), "appointment_form": AppointmentForm(), "evidence_form": EvidenceForm(),
        "cancel_form": CancelForm(),
        "depart_form": DepartForm(
            initial={
                "departed_at": at, "estimated_delivery_at": at + facts.transit, "mode": shipment.mode or Mode.LTL,
                "carrier_scac": shipment.carrier_scac, "pro_number": shipment.pro_number,
                "bol_number": shipment.bol_number, "amazon_reference_number": shipment.amazon_reference_number,
            }
        ),
    }  # fmt: skip
    if form is not None:
        forms[f"{name}_form"] = form
    units = freight.units[:_SHOWN]
    context = {
        "shipment": shipment, "freight": freight, "is_open": is_open, "zone": str(facts.zone),
        "environment": shipment.environment,
        "cartons": [
            {"unit": unit, "row": packed[unit.position], "label": void.get(unit.sscc)} for unit in units
        ],
        "unshown": len(freight.units) - len(units),
        "findings": [_told(finding) for finding in findings],
        "asns": list(selectors.list_asns(shipment)), "lines": list(selectors.list_shipped_lines(shipment)),
        "real_deadline_at": read_clocks([shipment]).real_at(shipment.connection_id, shipment.deadline_at),
        "pickup": pickup, "appointments": selectors.list_appointments(shipment.public_id),
        "evidence": selectors.list_evidence(shipment.public_id),
        "events": selectors.list_events(shipment)[:50],
        "undoable": selectors.find_undoable(shipment) if is_open else None,
        "papers": [
            (kind, label, form)
            for kind, label in PAPERS.items()
            if kind != COMMERCIAL_INVOICE or shipment.is_import
            for form in FORMS
        ],
        "label_formats": LabelFormat.choices, "open": name,
        "is_all_packed": shipment.state == ShipmentState.PACKED,
        "may_pack": request.membership.may(Right.PACK), "may_ship": request.membership.may(Right.SHIP),
        **forms,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "shipments/detail.html", context, status=status)


def _told(finding: RuleFinding) -> dict[str, Any]:
    tones = {Severity.BLOCK: "red", Severity.CONFIRM: "amber", Severity.WARN: "neutral"}
    return {"finding": finding, "tone": tones[finding.severity]}


def _ticked(request: PageRequest) -> list[str]:
    """The ids of the cartons that were chosen."""
    return [each for each in request.POST.getlist("carton") if "\x00" not in each]


@page(Right.PACK)
@require_POST
def mark_packed(request: PageRequest, public_id: str) -> HttpResponse:
    """The chosen cartons are closed, or (with `opened`) are not; without a choice it is all of them."""
    shipment = selectors.get_shipment(public_id)
    known = Carton.objects.filter(shipment=shipment)
    chosen = _ticked(request)
    ids = list((known.filter(public_id__in=chosen) if chosen else known).values_list("public_id", flat=True))
    return _do(
        request, shipment, _("Packed.") if "opened" not in request.POST else _("Opened again."),
        lambda now: services.mark_packed(
            ids, actor=request.user.actor(), now=now, is_packed="opened" not in request.POST
        ),
    )  # fmt: skip


@page(Right.PACK)
@require_POST
def undo(request: PageRequest, public_id: str) -> HttpResponse:
    shipment = selectors.get_shipment(public_id)
    return _do(
        request, shipment, _("It is packed as before."),
        lambda now: services.undo_last(public_id, actor=request.user.actor(), now=now),
    )  # fmt: skip


@page(Right.PACK)
@require_POST
def cancel(request: PageRequest, public_id: str) -> HttpResponse:
    shipment, form = selectors.get_shipment(public_id), CancelForm(request.POST)
    return _do(
        request, shipment, _("The shipment is cancelled; its goods are free again."),
        lambda now: services.cancel_shipment(
            public_id=public_id, reason=form.cleaned_data["reason"], actor=request.user.actor(), now=now
        ), name="cancel", form=form,
    )  # fmt: skip


@page(Right.SHIP)
@require_POST
def request_pickup(request: PageRequest, public_id: str) -> HttpResponse:
    shipment, form = selectors.get_shipment(public_id), PickupForm(request.POST)

    def ask(now: Any) -> None:
        if request.POST.get("action") == PickupAction.CANCEL:
            services.cancel_pickup(shipment_public_id=public_id, reason="", actor=request.user.actor(), now=now)
            return
        services.request_pickup(
            shipment_public_id=public_id, pickup_at=form.cleaned_data["pickup_at"],
            confirmed=PICKUP_RULES if form.cleaned_data["is_confirmed"] else (), actor=request.user.actor(), now=now,
        )  # fmt: skip

    return _do(request, shipment, _("Handed over to Amazon."), ask, name="pickup", form=form)


@page(Right.SHIP)
@require_POST
def record_appointment(request: PageRequest, public_id: str) -> HttpResponse:
    shipment, form = selectors.get_shipment(public_id), AppointmentForm(request.POST)
    return _do(
        request, shipment, _("Noted."),
        lambda now: services.record_appointment(
            shipment_public_id=public_id, source=request.user.actor().label, actor=request.user.actor(), now=now,
            **form.cleaned_data,
        ), name="appointment", form=form,
    )  # fmt: skip


@upload_page(Right.PACK, limit=_UPLOAD)
@require_POST
def add_evidence(request: PageRequest, public_id: str) -> HttpResponse:
    shipment, form = selectors.get_shipment(public_id), EvidenceForm(request.POST, request.FILES)

    def keep(now: Any) -> None:
        file: UploadedFile = form.cleaned_data["file"]
        services.add_evidence(
            file, shipment_public_id=public_id, kind=form.cleaned_data["kind"], name=str(file.name),
            content_type=file.content_type or "application/octet-stream", note=form.cleaned_data["note"],
            actor=request.user.actor(), now=now,
        )  # fmt: skip

    return _do(request, shipment, _("Kept with the shipment."), keep, name="evidence", form=form)


@page(Right.SHIP)
@require_POST
def depart(request: PageRequest, public_id: str) -> HttpResponse:
    shipment, form = selectors.get_shipment(public_id), DepartForm(request.POST)

    def leave(now: Any) -> None:
        given = dict(form.cleaned_data)
        released, reason = given.pop("is_released"), given.pop("reason")
        asking = {finding.rule for finding in services.check_shipment(shipment, now=now)} if released else set()
        services.depart(
            shipment_public_ids=[public_id], released=frozenset(asking), reason=reason, actor=request.user.actor(),
            now=now, **given,
        )  # fmt: skip

    return _do(request, shipment, _("It has departed; its ASN is on its way."), leave, name="depart", form=form)


def _do(
    request: PageRequest, shipment: Shipment, done: str, act: Any, *, name: str = "", form: ShipmentForm | None = None
) -> HttpResponse:
    """One act on a shipment: then its page says that it is done, or what speaks against it."""
    if form is not None and not form.is_valid():
        return _show(request, shipment, name=name, form=form)
    refused: list[RuleFinding] | None = None
    try:
        act(clock.now())
    except DocumentBlocked as blocked:
        refused = list(blocked.findings)
        form = form or ShipmentForm({})
        form.is_valid()
        form.add_error(None, _("Not yet: see what was found."))
    except DomainError as refusal:
        if form is None:
            messages.warning(request, str(refusal))
            return htmx.redirect(request, "shipments:detail", shipment.public_id)
        form.refuse(refusal)
    else:
        messages.success(request, done)
        return htmx.redirect(request, "shipments:detail", shipment.public_id)
    return _show(request, shipment, name=name, form=form, refused=refused)


# --- what is printed --------------------------------------------------------------------------------------------------


@page(Right.PACK)
@require_POST
def labels(request: PageRequest, public_id: str) -> HttpResponseBase:
    """`?format=pdf`, `zpl203` or `zpl300`; of the chosen cartons, or of all. Streamed, however many they are."""
    asked = request.GET.get("format", "")
    if asked not in LabelFormat.values:
        raise Http404
    shipment = selectors.get_shipment(public_id)
    try:
        made = services.print_labels(
            shipment_public_id=public_id, form=LabelFormat(asked),
            carton_public_ids=_ticked(request) or None, actor=request.user.actor(), now=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return htmx.redirect(request, "shipments:detail", shipment.public_id)
    response = StreamingHttpResponse(made.chunks, content_type=made.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@page(Right.SEE_SHIPMENTS)
@require_POST
def paper(request: PageRequest, public_id: str) -> HttpResponse:
    """`?paper=packing-list.pdf`"""
    kind, _separator, form = request.GET.get("paper", "").partition(".")
    if kind not in PAPERS or form not in FORMS:
        raise Http404
    shipment, now = selectors.get_shipment(public_id), clock.now()
    freight = selectors.load_freight(shipment, now_at(shipment.connection, now).date())
    made = make_paper(kind, freight, company=request.tenant.name, printed_by=request.user.actor().label, now=now)
    body, content_type = papers.draw(made, form)
    response = HttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}-{shipment.number}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response
