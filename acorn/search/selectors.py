from acorn.core.actor import Subject
from acorn.search.models import SearchKey
from acorn.search.rules import after_prefix, normalise_code


def find(text: str, *, limit: int = 20) -> list[Subject]:
    """Objects of the active tenant with a key that equals, else begins with, what was typed; exact matches first."""
    key = normalise_code(text)
    if not key:
        return []
    exact = SearchKey.objects.filter(key=key).order_by("kind", "label")[:limit]
    found = {(row.kind, row.subject_id): row.label for row in exact}
    if len(found) < limit:
        prefixed = SearchKey.objects.filter(key__gt=key, key__lt=after_prefix(key)).order_by("key")[:limit]
        for row in prefixed:
            found.setdefault((row.kind, row.subject_id), row.label)
    return [Subject(kind, subject_id, label) for (kind, subject_id), label in list(found.items())[:limit]]
