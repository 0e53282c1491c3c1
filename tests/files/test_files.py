import hashlib
import io

import pytest

from acorn.core import clock
from acorn.core.actor import Actor
from acorn.core.errors import NotFound
from acorn.files.selectors import get_file, read_raw
from acorn.files.services import store_file, store_raw
from acorn.tenancy.models import Tenant
from acorn.tenancy.scope import tenant_scope


def test_a_raw_document_comes_back_byte_by_byte(tenant: Tenant) -> None:
    body = b'{"a": "\xff\x00"}' * 1000

    document = store_raw(body, source="getPurchaseOrders", received_at=clock.now(), exchange_id="ex_1")

    assert read_raw(document.pk) == body
    assert document.size == len(body)
    assert len(document.body) < len(body) / 10


def test_a_stranger_reads_neither_documents_nor_files(tenant: Tenant, other_tenant: Tenant, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    document = store_raw(b"x", source="s", received_at=clock.now())
    file = store_file(
        io.BytesIO(b"a,b"), name="a.csv", content_type="text/csv", right="orders.export",
        actor=Actor.system("test"), now=clock.now(),
    )  # fmt: skip

    with tenant_scope(other_tenant.pk):
        with pytest.raises(NotFound):
            read_raw(document.pk)
        with pytest.raises(NotFound):
            get_file(file.public_id)

    assert get_file(file.public_id).sha256 == hashlib.sha256(b"a,b").hexdigest()
    assert (tmp_path / str(tenant.pk) / file.public_id).read_bytes() == b"a,b"
