"""The fulfilment board: every open order from its answer to its receipt."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from acorn.accounts.http import PageRequest
from acorn.accounts.pages import page
from acorn.accounts.rights import Right
from acorn.core import clock
from acorn.ui import exports, formats, htmx
from acorn.ui.charts import Series, draw_bars
from acorn.ui.tones import describe
from dashboard import selectors
from dashboard.filters import FULFILMENT
from dashboard.types import Measured

# blue is the tone of three of them; in one chart each has its own
_TONES = {"ACKNOWLEDGED": "neutral", "PACKING": "blue", "SHIPPED": "green"}
_CSV = [
    exports.CsvColumn(_("PO"), lambda order: order.number),
    exports.CsvColumn(_("Stage"), lambda order: order.get_state_display()),
    exports.CsvColumn(_("Environment"), lambda order: order.get_environment_display()),
    exports.CsvColumn(_("Next deadline"), lambda order: order.next_at),
    exports.CsvColumn(_("Window ends"), lambda order: order.due_at),
    exports.CsvColumn(_("Shipments"), lambda order: " ".join(order.shipment_numbers)),
    exports.CsvColumn(_("FC"), lambda order: order.ship_to_party),
    exports.CsvColumn(_("Vendor code"), lambda order: order.vendor_code),
    exports.CsvColumn(_("Eaches"), lambda order: order.total_eaches),
]


@page(Right.SEE_SHIPMENTS)
def fulfilment(request: PageRequest) -> HttpResponseBase:
    """Open orders, the nearest deadline first, under charts of the same orders by stage and by day."""
    rows = selectors.list_open_orders()
    found, order = FULFILMENT.filtered(request, rows)
    may_export = request.membership.may(Right.EXPORT_ORDERS)
    if request.GET.get("format") == "csv" and may_export:
        exported = selectors.with_shipments(found)
        return exports.answer(
            request, exported, order, _CSV, filename="fulfilment.csv", right=Right.EXPORT_ORDERS
        )  # fmt: skip
    listing = FULFILMENT.load(request, rows, export=may_export)
    # the list's own rows, dressed: its cursors are read already
    listing.rows = selectors.load_fulfilment(listing.rows)
    context: dict[str, Any] = {"list": listing}
    if listing.rows:
        measured = selectors.measure(found, now=clock.now(), zone=timezone.get_current_timezone())
        context |= {"by_stage": _draw_stages(measured), "by_day": _draw_days(measured)}
    return htmx.render(request, "dashboard/fulfilment.html", "rows", context)


def _draw_stages(measured: Measured) -> SafeString | str:
    words = [describe("orders.state", state)[0] for state in selectors.OPEN]
    counts = [measured.stages[state] for state in selectors.OPEN]
    return draw_bars(words, [Series(_("Orders"), "blue", counts)], str(_("Open orders by stage")))


def _draw_days(measured: Measured) -> SafeString | str:
    columns = [measured.late, *(counts for _day, counts in measured.days), measured.later]
    heads = [str(_("Overdue")), *(formats.day(day)[5:] for day, _counts in measured.days), str(_("Later"))]
    lines = []
    for state in selectors.OPEN:
        word, tone = describe("orders.state", state)
        lines.append(Series(word, _TONES.get(state, tone.value), [counts[state] for counts in columns]))
    return draw_bars(heads, lines, str(_("Open orders by the day on which something is due")))
