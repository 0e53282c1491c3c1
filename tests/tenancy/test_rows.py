"""A row from the database is what Django would have made of it, though it is made without the constructor."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_init, pre_init
from django.test.utils import CaptureQueriesContext

from acorn.tenancy.models import Tenant, TenantModel, TenantSetting

MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_constructor_is_left_out_and_nobody_listens(model: type[TenantModel]) -> None:
    assert model.__init__ is Model.__init__
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("is_partial", [False, True])
def test_a_row_is_as_django_makes_it(model: type[TenantModel], is_partial: bool) -> None:
    names = [field.attname for field in model._meta.concrete_fields]
    names = names[:2] if is_partial else names
    values = tuple(range(len(names)))

    ours = model.from_db("default", names, values)
    djangos = Model.from_db.__func__(model, "default", names, values)

    expected = {name: value for name, value in vars(djangos).items() if name != "_state"}
    assert {name: value for name, value in vars(ours).items() if name != "_state"} == expected
    states = [(row._state.adding, row._state.db, row._state.fields_cache) for row in (ours, djangos)]
    assert states[0] == states[1]
    assert ours.get_deferred_fields() == djangos.get_deferred_fields()


def test_a_row_can_be_completed_and_saved(tenant: Tenant) -> None:
    TenantSetting.objects.create(key="mine", value=1)

    row = TenantSetting.objects.only("key").get()
    with CaptureQueriesContext(connection) as queries:
        assert row.value == 1
    row.value = 2
    row.save()

    assert len(queries) == 1
    assert list(TenantSetting.objects.values_list("key", "value")) == [("mine", 2)]
