import pytest

from acorn.core.actor import Subject
from acorn.search.models import SearchKey
from acorn.search.rules import normalise_code, title_keys
from acorn.search.selectors import find
from acorn.search.services import index
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope

ORDER = Subject("order", "po_1", "4Z32PABC")
ITEM = Subject("item", "it_1", "Steel pan 28 cm")


@pytest.mark.parametrize(
    ("typed", "key"),
    [("4z32-PABC", "4z32pabc"), (" ４Ｚ３２ ", "4z32"), ("B0_1.2/3", "b0123"), ("采购-1", "采购1"), ("--", "")],
)
def test_codes_are_compared_without_case_width_and_separators(typed: str, key: str) -> None:
    assert normalise_code(typed) == key


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Steel Pan, 28 cm", {"steel", "pan", "28", "cm"}),
        ("不锈钢锅", {"不锈", "锈钢", "钢锅"}),
        ("锅 X1", {"锅", "x1"}),
    ],
)
def test_titles_become_words_and_pairs(title: str, keys: set[str]) -> None:
    assert title_keys(title) == keys


def test_an_exact_match_comes_before_a_longer_one(tenant: Tenant) -> None:
    index(Subject("order", "po_2", "4Z32PABCD"), codes=["4Z32PABCD"])
    index(ORDER, codes=["4Z32PABC"])

    assert [hit.label for hit in find("4z32pabc")] == ["4Z32PABC", "4Z32PABCD"]
    assert [hit.label for hit in find("4z3")] == ["4Z32PABC", "4Z32PABCD"]
    assert find("z32") == []
    assert find(" - ") == []


def test_an_object_is_found_by_what_it_is_called_now(tenant: Tenant) -> None:
    index(ITEM, codes=["SKU-1"], titles=["Steel pan"])

    index(Subject("item", "it_1", "Iron pan"), codes=["SKU-1"], titles=["Iron pan"])

    assert find("steel") == []
    assert find("sku1") == [Subject("item", "it_1", "Iron pan")]
    assert SearchKey.objects.count() == 3


def test_keys_of_every_script_are_found_by_their_beginning(tenant: Tenant) -> None:
    index(Subject("item", "it_z", "🌰"), codes=["zz\U0001f330"])

    assert [hit.id for hit in find("zz")] == ["it_z"]
    assert [hit.id for hit in find("zz\U0001f330")] == ["it_z"]
    assert find("zz\U0010ffff") == []


def test_a_stranger_finds_nothing(tenant: Tenant, other_tenant: Tenant) -> None:
    index(ORDER, codes=["4Z32PABC"])

    with tenant_scope(other_tenant.pk):
        assert find("4Z32PABC") == []
