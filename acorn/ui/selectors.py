from acorn.ui.models import SavedView


def list_saved_views(*, user_id: int, list_name: str) -> list[SavedView]:
    """A person's own tabs of a list in the active company, oldest first."""
    return list(SavedView.objects.filter(user_id=user_id, list_name=list_name).order_by("id"))
