from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CatalogConfig(AppConfig):
    name = "catalog"

    def ready(self) -> None:
        from acorn.core import messages  # noqa: PLC0415 -- slow import
        from catalog.messages import MESSAGES  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        _register_items()
        _register_terms()
        _register_stock()
        _register_imports()


def _register_imports() -> None:
    """Tables that can be imported and exported."""
    from acorn.imports import registry  # noqa: PLC0415 -- slow import
    from catalog.imports import TABLES  # noqa: PLC0415 -- slow import

    registry.register(*TABLES)


def _register_items() -> None:
    """Items, identifiers and proposals."""
    from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from acorn.tenancy import choices  # noqa: PLC0415 -- slow import
    from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from acorn.work import kinds  # noqa: PLC0415 -- slow import
    from catalog import reviews  # noqa: PLC0415 -- slow import
    from catalog.messages import ITEM_FIELDS  # noqa: PLC0415 -- slow import
    from catalog.selectors.items import list_waiting_proposals  # noqa: PLC0415 -- slow import
    from catalog.types import (  # noqa: PLC0415 -- slow import
        ITEM,
        PROPOSAL_QUEUE,
        PROPOSALS_WAITING,
        REVIEW_DUE,
        TABLE_REVIEW,
        TWO_PERSON_REVIEW,
        IdentifierKind,
        IdentifierState,
        ItemStatus,
        ProposalAction,
        ProposalState,
    )

    choices.register(
        choices.Choice(
            TWO_PERSON_REVIEW, bool, True, _("Identifiers need a second person"),
            _("A new or changed identifier of an item counts only once somebody other than its author has approved it. "
              "Without it every identifier counts at once, and the audit trail says so."),
            api_name="two_person_review",
        )
    )  # fmt: skip
    subjects.register(
        subjects.SubjectKind(ITEM, _("Item"), "catalog:item"),
        subjects.SubjectKind(PROPOSAL_QUEUE, _("Identifiers for a second person"), "catalog:proposals"),
        subjects.SubjectKind(TABLE_REVIEW, _("Review"), "catalog:reviews"),
    )
    kinds.register(
        kinds.WorkKind(PROPOSALS_WAITING, _("Identifiers for a second person"), _("Look at them")),
        kinds.WorkKind(REVIEW_DUE, _("Tables to look through"), _("Review")),
    )
    reviews.register(
        reviews.MasterTable(
            "identifiers", _("Items and identifiers"), _("A wrong ASIN ships the wrong goods."), "catalog:items"
        ),
        reviews.MasterTable(
            "costs",
            _("Agreed costs"),
            _("A cost above the order's is refused, a lower one is paid as it is."),
            "catalog:costs",
        ),
        reviews.MasterTable(
            "directory",
            _("Directory of addresses"),
            _("An invoice with another address is refused."),
            "catalog:addresses",
        ),
        reviews.MasterTable(
            "warehouses", _("Warehouses"), _("A wrong ship-from id makes Amazon refuse the ASN."), "catalog:warehouses"
        ),
        reviews.MasterTable(
            "rules",
            _("Rules and amounts"),
            _("Amazon changes clocks, fees and tolerances every year."),
            "vendors:rules",
        ),
    )
    messages.register_words("catalog.table", {table.name: table.label for table in reviews.list_tables()})
    navigation.register(
        navigation.NavItem(
            navigation.Group.SHOPS, 10, _("Items"), "catalog:items", icon="stock", right=Right.SEE_ITEMS,
            badge=list_waiting_proposals, key="i",
        ),
        navigation.NavItem(
            navigation.Group.SETTINGS, 15, _("Reviews"), "catalog:reviews", icon="audit",
            right=Right.SEE_ITEMS,
        ),
    )  # fmt: skip
    tones.register(
        "catalog.identifier_state",
        IdentifierState,
        {
            IdentifierState.ACTIVE: Tone.GREEN,
            IdentifierState.PROPOSED: Tone.AMBER,
            IdentifierState.ENDED: Tone.NEUTRAL,
        },
    )
    messages.register_words("catalog.action", ProposalAction)
    messages.register_words("catalog.identifier_kind", IdentifierKind)
    messages.register_words("catalog.item_status", ItemStatus)
    messages.register_words("catalog.marketplace", {"": _("every marketplace")})
    messages.register_words("catalog.item_field", ITEM_FIELDS)
    tones.register(
        "catalog.item_status",
        ItemStatus,
        {ItemStatus.ACTIVE: Tone.GREEN, ItemStatus.PAUSED: Tone.AMBER, ItemStatus.OBSOLETE: Tone.NEUTRAL},
    )
    tones.register(
        "catalog.proposal_state",
        ProposalState,
        {
            ProposalState.PROPOSED: Tone.AMBER,
            ProposalState.APPROVED: Tone.GREEN,
            ProposalState.REFUSED: Tone.RED,
            ProposalState.WITHDRAWN: Tone.NEUTRAL,
        },
    )


def _register_terms() -> None:
    """Warehouses, the directory, customer numbers and agreed costs."""
    from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from acorn.panels import registry as panels  # noqa: PLC0415 -- slow import
    from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
    from acorn.ui.navigation import Group, NavItem  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from catalog.messages import TERM_FIELDS  # noqa: PLC0415 -- slow import
    from catalog.panels import load_costs  # noqa: PLC0415 -- slow import
    from catalog.types import AGREED_COST, CUSTOMER_NUMBER, PARTY_ADDRESS, WAREHOUSE, CostStatus  # noqa: PLC0415 -- slow import

    messages.register_words("catalog.term", TERM_FIELDS)
    messages.register_words("catalog.cost", CostStatus)
    subjects.register(
        subjects.SubjectKind(WAREHOUSE, _("Warehouse"), "catalog:warehouse"),
        subjects.SubjectKind(AGREED_COST, _("Agreed cost"), "catalog:cost"),
        subjects.SubjectKind(PARTY_ADDRESS, _("Amazon address"), "catalog:address"),
        subjects.SubjectKind(CUSTOMER_NUMBER, _("Customer number"), "catalog:customer_number"),
    )
    tones.register(
        "catalog.cost",
        CostStatus,
        {CostStatus.REQUESTED: Tone.AMBER, CostStatus.ACTIVE: Tone.GREEN, CostStatus.REFUSED: Tone.NEUTRAL},
    )
    panels.register(
        "catalog.item",
        panels.Panel("costs", _("Agreed costs"), "catalog/panels/costs.html", load_costs, right=Right.SEE_COSTS),
    )
    navigation.register(
        NavItem(Group.SHOPS, 30, _("Agreed costs"), "catalog:costs", icon="finance", right=Right.SEE_COSTS),
        NavItem(Group.SHOPS, 40, _("Warehouses"), "catalog:warehouses", icon="company", right=Right.SEE_ITEMS),
        NavItem(Group.AMAZON, 40, _("Amazon addresses"), "catalog:addresses", icon="globe", right=Right.SEE_ITEMS),
        NavItem(
            Group.AMAZON, 50, _("Customer numbers"), "catalog:customer_numbers", icon="tokens", right=Right.SEE_ITEMS
        ),
    )


def _register_stock() -> None:
    """Stock, commitments and what is inbound."""
    from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from acorn.panels import registry as panels  # noqa: PLC0415 -- slow import
    from acorn.tenancy import choices  # noqa: PLC0415 -- slow import
    from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from acorn.work import kinds  # noqa: PLC0415 -- slow import
    from catalog.panels import load_stock  # noqa: PLC0415 -- slow import
    from catalog.selectors.stock import list_oversold  # noqa: PLC0415 -- slow import
    from catalog.types import (  # noqa: PLC0415 -- slow import
        DEFAULT_BUFFER,
        INBOUND,
        INBOUND_GRACE,
        INBOUND_OVERDUE,
        ITEM_STOCK,
        OVERSOLD,
        RESERVATION,
        SHOP_RESERVATION,
        AdjustmentCause,
        CommitmentState,
        InboundState,
        Purpose,
    )

    choices.register(
        choices.Choice(
            DEFAULT_BUFFER, int, 0, _("Safety buffer of a new place"),
            _("So many eaches of an item are never promised in a warehouse where it has had no stock before."),
            api_name="default_buffer", find_fault=partial(choices.find_out_of_range, 0, 1_000_000_000),
        ),
        choices.Choice(
            INBOUND_GRACE, int, 3, _("Days of grace for inbound"),
            _("What did not come so many days after it was expected can no longer be promised, and appears on Today."),
            api_name="inbound_grace_days", find_fault=partial(choices.find_out_of_range, 0, 365),
        ),
    )  # fmt: skip
    subjects.register(
        subjects.SubjectKind(ITEM_STOCK, _("Stock of an item"), "catalog:item_stock"),
        subjects.SubjectKind(INBOUND, pgettext_lazy("goods on their way", "Inbound"), "catalog:inbound_detail"),
        subjects.SubjectKind(RESERVATION, _("Reservation")),
        subjects.SubjectKind(SHOP_RESERVATION, _("Shop order")),
    )
    messages.register_words("catalog.adjustment_cause", AdjustmentCause)
    kinds.register(
        kinds.WorkKind(OVERSOLD, _("Promised more than there is"), _("See who holds it")),
        kinds.WorkKind(INBOUND_OVERDUE, _("Inbound that did not come"), _("Settle it")),
    )
    navigation.register(
        navigation.NavItem(
            navigation.Group.SHOPS, 20, _("Stock"), "catalog:stock", icon="shipments", right=Right.SEE_STOCK,
            badge=list_oversold, key="k",
            pages=(
                "catalog:item_stock", "catalog:item_ledger", "catalog:count_item", "catalog:adjust_item",
                "catalog:move_item", "catalog:hold_item", "catalog:buffer_item",
            ),
        ),
        navigation.NavItem(
            navigation.Group.SHOPS, 21, _("Held stock"), "catalog:commitments", icon="lock", right=Right.SEE_STOCK
        ),
        navigation.NavItem(
            navigation.Group.SHOPS, 22, _("Inbound"), "catalog:inbound", icon="down", right=Right.SEE_STOCK
        ),
    )  # fmt: skip
    panels.register(
        "catalog.item",
        panels.Panel("catalog.stock", _("Stock"), "catalog/panels/stock.html", load_stock, right=Right.SEE_STOCK),
    )
    tones.register(
        "catalog.commitment",
        CommitmentState,
        {
            CommitmentState.HELD: Tone.BLUE,
            CommitmentState.RELEASED: Tone.NEUTRAL,
            CommitmentState.CONSUMED: Tone.GREEN,
        },
    )
    tones.register(
        "catalog.inbound",
        InboundState,
        {
            InboundState.EXPECTED: Tone.BLUE,
            InboundState.OVERDUE: Tone.RED,
            InboundState.ARRIVED: Tone.GREEN,
            InboundState.CANCELLED: Tone.NEUTRAL,
        },
    )
    tones.register("catalog.purpose", Purpose, dict.fromkeys(Purpose, Tone.NEUTRAL))
