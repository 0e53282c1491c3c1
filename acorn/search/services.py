from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from acorn.core.actor import Subject
from acorn.search.models import SearchKey
from acorn.search.rules import code_keys, normalise_code, title_keys
from acorn.tenancy.scope import current_tenant_id


def index(subject: Subject, *, codes: Iterable[str] = (), titles: Iterable[str] = ()) -> None:
    """Make an object findable by these codes and titles and by nothing else. Safe to repeat."""
    wanted = code_keys(codes).union(*map(title_keys, titles))
    stored = SearchKey.objects.filter(kind=subject.kind, subject_id=subject.id)
    stored.exclude(key__in=wanted).delete()
    stored.exclude(label=subject.label).update(label=subject.label)
    SearchKey.objects.bulk_create(
        [SearchKey(key=key, kind=subject.kind, subject_id=subject.id, label=subject.label) for key in sorted(wanted)],
        ignore_conflicts=True,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One of many objects that shall be found, by codes and by the words of titles."""

    subject: Subject
    codes: Collection[str]
    titles: Collection[str] = ()


_FORGET = "DELETE FROM search_searchkey WHERE tenant_id = %s AND kind = ANY(%s) AND subject_id = ANY(%s)"
_INDEX = """
INSERT INTO search_searchkey (tenant_id, key, kind, subject_id, label)
SELECT %s, key, kind, subject_id, label
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS x(key, kind, subject_id, label)
ON CONFLICT DO NOTHING
"""


def index_many(entries: Sequence[Entry], *, are_new: bool = False) -> None:
    """`index` for many objects, in two statements; one where `are_new` says that nobody could find them yet.

    Safe to repeat.
    """
    if not entries:
        return
    keys = [
        (key, entry.subject.kind, entry.subject.id, entry.subject.label[:200])
        for entry in entries
        for key in code_keys(entry.codes).union(*map(title_keys, entry.titles))
    ]
    tenant = current_tenant_id()
    with connection.cursor() as cursor:
        kinds = sorted({entry.subject.kind for entry in entries})
        if not are_new:
            cursor.execute(_FORGET, [tenant, kinds, [entry.subject.id for entry in entries]])
        if keys:
            cursor.execute(_INDEX, [tenant, *map(list, zip(*keys, strict=True))])


_ADD = """
INSERT INTO search_searchkey (tenant_id, key, kind, subject_id, label)
SELECT %s, key, %s, subject_id, label FROM unnest(%s::text[], %s::text[], %s::text[]) AS x(key, subject_id, label)
ON CONFLICT DO NOTHING
"""


def add_labels(kind: str, subjects: Sequence[Subject]) -> None:
    """Make many new objects of a kind findable by their labels, in one statement. Safe to repeat.

    It adds and never takes away: for objects whose label never changes.
    """
    keyed = [(key, subject) for subject in subjects if (key := normalise_code(subject.label))]
    if keyed:
        with connection.cursor() as cursor:
            cursor.execute(
                _ADD,
                [
                    current_tenant_id(),
                    kind,
                    [key for key, _ in keyed],
                    [subject.id for _, subject in keyed],
                    [subject.label[:200] for _, subject in keyed],
                ],
            )
