"""What is wrong with a value, as code and parameters: shown beside a form's field, in the API, or in a file of errors.

A rule that checks values has one home, and is asked by pages, API and imports alike:

    raise Flawed([Flaw("cost", "flaws.missing")])
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from acorn.core import messages
from acorn.core.errors import Invalid
from acorn.core.messages import Message

# what every kind of value can be; apps add codes of their own
messages.register(
    {
        "flaws.missing": Message(_("This is needed."), fix=_("Fill it in.")),
        "flaws.too_long": Message(_("This has more than {limit} characters."), fix=_("Shorten it.")),
        "flaws.choice": Message(_("“{value}” is none of: {choices}."), fix=_("Write one of these.")),
        "flaws.country": Message(
            _("“{value}” is no country."), fix=_("Give the two letters of the country, such as US or DE.")
        ),
        "flaws.currency": Message(
            _("“{value}” is no currency."), fix=_("Give the three letters of the currency, such as USD.")
        ),
        "flaws.time_zone": Message(_("The time zone “{value}” is not known."), fix=_("Write it as America/New_York.")),
    }
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: the field, a registered message code and its parameters (plain values)."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"{messages.render(self.code, self.params)} {messages.render_fix(self.code, self.params)}".strip()


class Flawed(Invalid):
    """Values that can't be taken, with everything that is wrong with them."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(flaws)
        fields: dict[str, list[Any]] = {}
        for flaw in self.flaws:
            fields.setdefault(flaw.field, []).append(lazystr(flaw))
        super().__init__(fields=fields)
