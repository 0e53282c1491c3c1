from collections.abc import Iterable

from acorn.core.actor import Subject
from acorn.search.models import SearchKey
from acorn.search.rules import code_keys, title_keys


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
