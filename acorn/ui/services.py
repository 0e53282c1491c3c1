"""What a person chooses about the pages themselves: safe to repeat, and nobody else's business, hence not audited."""

from django.utils.translation import gettext_lazy as _

from acorn.accounts.models import User
from acorn.core.errors import Invalid, NotFound
from acorn.ui.models import SavedView

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "acorn_theme"
_VIEWS_PER_LIST = 20


def choose_theme(*, user_id: int, theme: str) -> None:
    """Remember light, dark or auto. Raises Invalid for anything else."""
    if theme not in THEMES:
        raise Invalid
    User.objects.filter(pk=user_id).update(theme=theme)


def choose_language(*, user_id: int, language: str, known: list[str]) -> None:
    """Remember the language of pages and mail. Raises Invalid for one that ACORN does not speak."""
    if language not in known:
        raise Invalid
    User.objects.filter(pk=user_id).update(language=language)


def save_view(*, user_id: int, list_name: str, name: str, query: str) -> SavedView:
    """Keep filters as a tab of this person; the same name again replaces them. Raises Invalid for what cannot be kept."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 40 or "\x00" in name:
        raise Invalid(message=_("Give the view a name of 1 to 40 characters."))
    if not query or len(query) > 2_000 or not 1 <= len(list_name) <= 60 or "\x00" in query + list_name:
        raise Invalid(message=_("These filters cannot be kept as a view. Choose fewer, then save again."))
    own = SavedView.objects.filter(user_id=user_id, list_name=list_name)
    if own.exclude(name=name).count() >= _VIEWS_PER_LIST:
        raise Invalid(message=_("A list has room for 20 views of your own. Remove one first."))
    view, _created = SavedView.objects.update_or_create(
        user_id=user_id, list_name=list_name, name=name, defaults={"query": query}
    )
    return view


def remove_view(*, user_id: int, view_id: str) -> None:
    """Forget a view of this person. Raises NotFound for anybody else's."""
    deleted, _rows = SavedView.objects.filter(user_id=user_id, public_id=view_id).delete()
    if not deleted:
        raise NotFound
