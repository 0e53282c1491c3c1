"""The endpoints of pickups, slots and documents as an outside program uses them."""

import pytest

from acorn.tenancy.models import Tenant
from tests.factories.accounts import make_token
from tests.factories.shipments import make_answered_order, make_shipment
from tests.support.api import Api

pytestmark = pytest.mark.django_db


def test_a_slot_is_reported_by_api(tenant: Tenant) -> None:
    api = Api(make_token(tenant))
    path = f"shipments/{make_shipment(make_answered_order()).public_id}/appointment/"
    told = {"reference": "ISA-7", "starts_at": "2026-11-27T15:00:00Z", "status": "CONFIRMED"}

    said = api.post(path, told)
    api.post(path, told)

    assert (said["reference"], said["status"], said["starts_at"][:16]) == ("ISA-7", "CONFIRMED", "2026-11-27T15:00")
    assert len(api.get(path)) == 1
    api.post(path, {"status": "CONFIRMED"}, expect=400)
    api.post(path, {"status": "NONSENSE"}, expect=400)
    api.post(path, {"status": "ARRIVED", "starts_at": told["starts_at"]}, expect=409)
