"""What services of shipments refuse on purpose."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, DomainError, Invalid


class Gs1PrefixMissing(DomainError):
    """Cartons need numbers, and the company has not said what they begin with."""

    code = "GS1_PREFIX_MISSING"
    message = _(
        "Cartons and pallets get their numbers (SSCC) from your GS1 company prefix, and none is set. Enter it under "
        "Settings > Company; GS1 in your country gives one out, and it is the beginning of your products' barcodes."
    )


class SsccsUsedUp(DomainError):
    """No number of the prefix is free under the extension digits that may be used."""

    code = "SSCCS_USED_UP"
    message = _(
        "The GS1 prefix {prefix} has {free} free numbers left, and {count} are needed: a number rests for two years before "
        "it returns. Allow more extension digits under Settings > Company, or enter another prefix."
    )


class SsccInvalid(Invalid):
    """It is no SSCC."""

    code = "SSCC_INVALID"
    message = _(
        "“{value}” is no SSCC: 18 digits, the last of which fits the others. Scan it again, or ask who printed it."
    )


class SsccTaken(Conflict):
    """These numbers name other cartons or pallets, or did so in the last two years; `taken` lists all of them."""

    code = "SSCC_TAKEN"
    message = _(
        "{value} names another carton or pallet, now or in the last two years. Give this one a number of its own."
    )

    def __init__(self, taken: Collection[str]) -> None:
        self.taken = tuple(sorted(taken))
        super().__init__(value=", ".join(self.taken[:3]))
