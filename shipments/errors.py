"""What services of shipments refuse on purpose."""

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, DomainError, Invalid, NotFound
from vendors.errors import told
from vendors.types import RuleFinding


class ShipmentNotFound(NotFound):
    """No such shipment in this company."""

    code = "SHIPMENT_NOT_FOUND"
    message = _("This shipment does not exist here, or you may not see it.")


class AsnNotFound(NotFound):
    """No such ASN in this company."""

    code = "ASN_NOT_FOUND"
    message = _("This shipping notice does not exist here, or you may not see it.")


class ReplaceRefused(Conflict):
    """Amazon would not take this correction. `findings` say why, and what to do instead; nothing was changed."""

    code = "REPLACE_REFUSED"
    message = _("The shipping notice can't be replaced like this. Each finding says why, and what to do instead.")

    def __init__(self, findings: Sequence[RuleFinding]) -> None:
        super().__init__()
        self.findings = tuple(findings)

    def extra(self) -> dict[str, Any]:
        return {"findings": [told(finding) for finding in self.findings]}


class CartonNotFound(NotFound):
    """No such carton in this company."""

    code = "CARTON_NOT_FOUND"
    message = _("This carton does not exist here, or it was packed anew in the meantime. Look at the shipment again.")


class CartonTypeNotFound(NotFound):
    """No such carton type in this company."""

    code = "CARTON_TYPE_NOT_FOUND"
    message = _("This carton type does not exist here, or you may not see it.")


class CartonTypeExists(Conflict):
    """Codes are unique."""

    code = "CARTON_TYPE_EXISTS"
    message = _("There is a carton type {code} already. Change that one, or choose another code.")


class WarehouseUnknown(Invalid):
    """Goods leave from a warehouse in use."""

    code = "WAREHOUSE_UNKNOWN"
    message = _("There is no warehouse in use with this code or id.")


class NothingToShip(DomainError):
    """Nothing of the chosen orders may leave now."""

    code = "NOTHING_TO_SHIP"
    message = _(
        "Nothing of these orders is left to ship: nothing was accepted, its back-order date has not come, or all of it is "
        "in shipments already."
    )


class OrderNotAnswered(DomainError):
    """Planning begins once the answer has been sent."""

    code = "ORDER_NOT_ANSWERED"
    message = _(
        "Amazon has no answer to {numbers} yet. Answer the order first; it can be planned as soon as the answer is sent."
    )


class TooManyCartons(DomainError):
    """More cartons than any truck holds: most likely nobody has said how the items are packed."""

    code = "TOO_MANY_CARTONS"
    message = _(
        "This would make {count} cartons, and one planning makes at most {most}. Say how the items are packed (case pack or "
        "pack rule), or plan fewer orders."
    )


class ShipmentClosed(Conflict):
    """It has departed or was cancelled: what is in it is history."""

    code = "SHIPMENT_CLOSED"
    message = _("This shipment has departed or was cancelled: what is in it can't be changed any more.")


class PackingChanged(Conflict):
    """Somebody shows an older packing than there is."""

    code = "PACKING_CHANGED"
    message = _("Somebody has packed this shipment differently in the meantime. Look at it again, then repeat.")


class NothingToUndo(Conflict):
    """No step is left that could be taken back."""

    code = "NOTHING_TO_UNDO"
    message = _("There is no step of packing left to undo.")


class PackingRefused(DomainError):
    """It can't be packed like this: nothing was changed. `findings` say why."""

    code = "PACKING_REFUSED"
    message = _("It can't be packed like this. Each finding says which carton or line, what is wrong and what to do.")

    def __init__(self, findings: Sequence[RuleFinding]) -> None:
        super().__init__()
        self.findings = tuple(findings)

    def extra(self) -> dict[str, Any]:
        return {"findings": [told(finding) for finding in self.findings]}


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


class ShipmentNotDeparted(Conflict):
    """What has not left can't have arrived."""

    code = "SHIPMENT_NOT_DEPARTED"
    message = _("This shipment has not departed here, so it can't have arrived. Let it depart first.")


class AppointmentNeedsTime(Invalid):
    """A slot stands at an instant."""

    code = "APPOINTMENT_NEEDS_TIME"
    message = _("A confirmed or moved appointment needs its day and time.")


class NoPickup(Conflict):
    """Amazon was not asked, or the request was taken back."""

    code = "NO_PICKUP"
    message = _("No pickup stands for this shipment, so there is none to take back.")


class NoLabels(Conflict):
    """A label needs a carton with a number."""

    code = "NO_LABELS"
    message = _("There is nothing to print a label for: no carton has a number yet, or the shipment was cancelled.")
