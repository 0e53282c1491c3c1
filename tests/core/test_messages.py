"""Stored messages are told in the language of whoever reads them."""

from collections.abc import Iterator

import pytest
from django.utils.translation import gettext_lazy, override

from acorn.core import messages

CODE = "core.test_of_texts"


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    messages.register({CODE: messages.Message(gettext_lazy("Close"), fix=gettext_lazy("yes"))})
    yield
    del messages._REGISTRY[CODE]


def test_text_follows_the_language_each_time_it_is_told() -> None:
    def told(language: str) -> tuple[str, str]:
        with override(language):
            return messages.render(CODE), messages.render_fix(CODE)

    english, chinese = told("en"), told("zh-hans")

    assert english == ("Close", "yes")
    assert chinese not in (english, (CODE, ""))
    assert chinese[0] != english[0]
    assert (told("en"), told("zh-hans")) == (english, chinese)


def test_unknown_code_is_shown_as_it_is() -> None:
    assert messages.render("core.nobody_knows", {"a": 1}) == "core.nobody_knows"
    assert messages.render_fix("core.nobody_knows") == ""
