from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
        from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
        from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
        from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
        from acorn.work import kinds  # noqa: PLC0415 -- slow import
        from orders import selectors, types  # noqa: PLC0415 -- slow import
        from orders.messages import MESSAGES  # noqa: PLC0415 -- slow import
        from orders.types import ACKNOWLEDGE, CHANGE, FOLLOW_CLOCK, SUBJECT_KIND, OrderState  # noqa: PLC0415 -- slow import
        from vendors.services import register_clock_follower, register_kind, register_resource  # noqa: PLC0415 -- slow import
        from vendors.types import Resource, SubmissionKind, UnknownPolicy  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        _register_answers()
        _register_batches()
        subjects.register(subjects.SubjectKind(SUBJECT_KIND, _("Purchase order"), "orders:detail"))
        kinds.register(
            kinds.WorkKind(ACKNOWLEDGE, _("Orders to answer"), _("Answer"), "orders:answer"),
            kinds.WorkKind(CHANGE, _("Changes by Amazon"), _("See the change")),
            kinds.WorkKind(types.ANSWER_UNPROVED, _("Answers that Amazon does not show"), _("Open the order")),
            kinds.WorkKind(types.TWO_CHANNELS, _("Orders answered in two places"), _("Open the order")),
            kinds.WorkKind(types.STOCK_SHORT, _("Orders with too little stock"), _("Open the order")),
            kinds.WorkKind(types.STOCK_FREED, _("Orders ended by Amazon"), _("Open the order")),
            kinds.WorkKind(types.LAPSED, _("Orders whose time is over"), _("Open the order")),
            kinds.WorkKind(types.ADOPT, _("History that Amazon changed"), _("Open the order")),
        )
        register_resource(Resource("purchase-orders", "orders.pull_purchase_orders", _("Purchase orders")))
        register_resource(
            Resource(
                "purchase-order-status",
                "orders.pull_purchase_order_status",
                _("Purchase order status"),
                after="purchase-orders",
            )
        )
        register_clock_follower(FOLLOW_CLOCK)
        register_kind(
            SubmissionKind(
                types.ANSWER_KIND, _("Order acknowledgement"), "submitAcknowledgement", SUBJECT_KIND,
                # Amazon replaces an answer by the next one, line by line: the same body again does no harm
                UnknownPolicy.RESEND_SAME,
                on_change=types.FOLLOW_ANSWER, read_back=types.LOOK_UP_ANSWER,
            )
        )  # fmt: skip
        tones.register(
            "orders.state",
            OrderState,
            {
                OrderState.NEW: Tone.AMBER,
                OrderState.ACKNOWLEDGED: Tone.BLUE,
                OrderState.PACKING: Tone.BLUE,
                OrderState.SHIPPED: Tone.BLUE,
                OrderState.RECEIVED: Tone.GREEN,
                OrderState.INVOICED: Tone.GREEN,
                OrderState.PAID: Tone.GREEN,
                OrderState.CLOSED: Tone.NEUTRAL,
                OrderState.CLOSED_SHORT: Tone.NEUTRAL,
                OrderState.CANCELLED: Tone.NEUTRAL,
                OrderState.REJECTED: Tone.RED,
            },
        )
        navigation.register(
            navigation.NavItem(
                navigation.Group.WORK, 20, _("Orders"), "orders:list", icon="orders", right=Right.SEE_ORDERS,
                badge=selectors.list_unanswered, key="o",
            )
        )  # fmt: skip


def _register_answers() -> None:
    """What proposals, policies and the mapping of lines add."""
    from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from acorn.tenancy import choices  # noqa: PLC0415 -- slow import
    from acorn.ui import navigation, tones  # noqa: PLC0415 -- slow import
    from acorn.ui.navigation import Group, NavItem  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from acorn.work import kinds  # noqa: PLC0415 -- slow import
    from catalog import impact  # noqa: PLC0415 -- slow import
    from catalog.types import PartyKind, Problem  # noqa: PLC0415 -- slow import
    from orders import selectors  # noqa: PLC0415 -- slow import
    from orders.types import (  # noqa: PLC0415 -- slow import
        MAP,
        POLICIES_SEND,
        POLICY,
        UNMAPPED,
        AnswerMode,
        CostChoice,
        RejectionReason,
        TrialState,
    )

    choices.register(
        choices.Choice(
            POLICIES_SEND, bool, True, _("Policies may answer orders by themselves"),
            _("Switched off, no policy sends anything, whatever it says; people and programs still can."),
            api_name="policies_send",
        )
    )  # fmt: skip
    navigation.register(
        NavItem(
            Group.WORK, 22, _("Mapping"), "orders:unmapped_list", icon="link", right=Right.SEE_ORDERS,
            badge=selectors.list_all_unmapped,
        ),
        NavItem(
            Group.WORK, 23, _("Costs"), "orders:differences", icon="finance", right=Right.SEE_COSTS,
            badge=selectors.list_undecided_differences,
        ),
        NavItem(
            Group.SETTINGS, 44, _("Answer policies"), "orders:policies", icon="filter", right=Right.SEE_POLICIES,
        ),
    )  # fmt: skip
    tones.register("orders.problem", Problem, {Problem.UNKNOWN: Tone.AMBER, Problem.AMBIGUOUS: Tone.RED})
    tones.register(
        "orders.mode",
        AnswerMode,
        {
            AnswerMode.PROPOSE: Tone.BLUE,
            AnswerMode.SEND_WHEN_CLEAN: Tone.GREEN,
            AnswerMode.ALWAYS_ASK: Tone.NEUTRAL,
        },
    )
    tones.register(
        "orders.trial",
        TrialState,
        {TrialState.RUNNING: Tone.BLUE, TrialState.DONE: Tone.GREEN, TrialState.FAILED: Tone.RED},
    )
    tones.register(
        "orders.cost_choice",
        CostChoice,
        {CostChoice.ACCEPT: Tone.GREEN, CostChoice.WRITE: Tone.BLUE, CostChoice.REJECT: Tone.RED},
    )
    subjects.register(subjects.SubjectKind(POLICY, _("Policy"), "orders:policy"))
    messages.register_words("orders.mode", AnswerMode)
    messages.register_words("orders.cost_choice", CostChoice)
    impact.register(selectors.measure_identifiers)
    subjects.register(subjects.SubjectKind(UNMAPPED, _("Product without an item"), "orders:unmapped"))
    kinds.register(kinds.WorkKind(MAP, _("Products without an item"), _("Choose the item")))
    messages.register_words("catalog.problem", Problem)
    messages.register_words("catalog.party", PartyKind)
    messages.register_words("orders.rejection", RejectionReason)


def _register_batches() -> None:
    from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
    from acorn.ui import tones  # noqa: PLC0415 -- slow import
    from acorn.ui.tones import Tone  # noqa: PLC0415 -- slow import
    from orders.types import BATCH_KIND, BatchState, Confirmation, Outcome  # noqa: PLC0415 -- slow import

    messages.register_words(
        "orders.paper", {"pick-list": _("pick list"), "production-request": _("production request")}
    )
    subjects.register(subjects.SubjectKind(BATCH_KIND, _("Batch of answers"), "orders:batch"))
    tones.register(
        "orders.batch",
        BatchState,
        {
            BatchState.PREPARING: Tone.BLUE,
            BatchState.DRAFT: Tone.AMBER,
            BatchState.SENDING: Tone.BLUE,
            BatchState.DONE: Tone.GREEN,
            BatchState.DISCARDED: Tone.NEUTRAL,
        },
    )
    tones.register(
        "orders.confirmation",
        Confirmation,
        {Confirmation.AGREES: Tone.GREEN, Confirmation.SILENT: Tone.NEUTRAL, Confirmation.DIFFERS: Tone.RED},
    )
    tones.register(
        "orders.outcome",
        Outcome,
        {
            Outcome.WAITING: Tone.NEUTRAL,
            Outcome.SENT: Tone.BLUE,
            Outcome.BLOCKED: Tone.RED,
            Outcome.CHANGED: Tone.AMBER,
        },
    )
