"""What the catalogue may refuse."""

from django.utils.translation import gettext_lazy as _

from acorn.core.errors import Conflict, NotFound


class WarehouseNotFound(NotFound):
    """No warehouse of the company has this id."""


class WarehouseExists(Conflict):
    """Its code names another warehouse already."""

    code = "WAREHOUSE_EXISTS"
    message = _("There is a warehouse {warehouse} already. Give this one another code, or change that one.")


class WarehouseInUse(Conflict):
    """It still has stock, or stock in it is promised to somebody."""

    code = "WAREHOUSE_IN_USE"
    message = _(
        "Warehouse {warehouse} still has {on_hand} on hand and {committed} committed. Count or move the stock out, and release what is promised, then archive it."
    )
