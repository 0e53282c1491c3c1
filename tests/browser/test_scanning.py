"""The scan page under a scanner: it types from anywhere and does not wait; no code is lost or taken for checked."""

from typing import Any

import pytest
from django.conf import settings

from acorn.tenancy.scope import tenant_scope
from shipments.models import Carton, Scan
from tests.factories.accounts import make_member, signed_in
from tests.factories.shipments import make_shipment
from tests.factories.tenancy import make_tenant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_scanner_types_from_anywhere_and_never_waits(browser: Any, live_server: Any) -> None:
    tenant = make_tenant("acme")
    session = signed_in(make_member(tenant)).cookies[settings.SESSION_COOKIE_NAME].value
    with tenant_scope(tenant.pk):
        shipment = make_shipment()
        codes = list(Carton.objects.order_by("position").values_list("sscc", flat=True))
    # a context of its own: the browser logs the requests that are cut off below
    context = browser.new_context(locale="en-US")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/shipments/scan/?shipment={shipment.public_id}")
    page.get_by_label("A scan packs the carton").check()
    page.evaluate("document.activeElement.blur()")

    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")
    page.locator(".scan-progress", has_text=f"{len(codes)} / {len(codes)}").wait_for()

    assert page.evaluate("document.activeElement.id") == "scan-code"
    page.route("**/shipments/scan/", lambda route: route.abort())
    page.keyboard.type("LOST-1")
    page.keyboard.press("Enter")
    page.locator(".verdict[data-result=FAILED]", has_text="LOST-1").wait_for()
    page.unroute("**/shipments/scan/")
    page.keyboard.type("LOST-2")
    page.keyboard.press("Enter")
    page.locator(".verdict[data-result=UNKNOWN]").wait_for()
    context.close()
    with tenant_scope(tenant.pk):
        assert list(Scan.objects.order_by("id").values_list("code", flat=True)) == [*codes, "LOST-2"]
        assert not Carton.objects.filter(packed_at=None).exists()
