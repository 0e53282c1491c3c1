"""What a person chooses about the pages themselves: safe to repeat, and nobody else's business, hence not audited."""

from acorn.accounts.models import User
from acorn.core.errors import Invalid

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "acorn_theme"


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
