"""Who may do what: one table. Every page and endpoint names the right it needs; a token's scopes are rights too."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from acorn.accounts.types import Role


class Right(TextChoices):
    SEE_TODAY = "today.view", _("See what needs attention")
    SEE_ORDERS = "orders.view", _("See purchase orders")
    SETTLE_ORDERS = "orders.settle", _("Mark changes by Amazon as seen")
    EXPORT_ORDERS = "orders.export", _("Export purchase orders")
    ANSWER_ORDERS = "orders.answer", _("Answer purchase orders, close them short")
    SEE_POLICIES = "policies.view", _("See how orders are answered")
    MANAGE_POLICIES = "policies.manage", _("Decide how orders are answered")
    SEE_SUBMISSIONS = "submissions.view", _("See what was sent to Amazon")
    MANAGE_SUBMISSIONS = "submissions.manage", _("Send again, hold and cancel documents to Amazon")
    SEE_ITEMS = "items.view", _("See items and warehouses")
    MANAGE_ITEMS = "items.manage", _("Change items and warehouses, propose identifiers, import")
    APPROVE_MAPPINGS = "mappings.approve", _("Approve identifiers as a second person")
    SEE_COSTS = "costs.view", _("See agreed costs")
    MANAGE_COSTS = "costs.manage", _("Change agreed costs")
    SEE_STOCK = "stock.view", _("See stock and who holds it")
    MANAGE_STOCK = "stock.manage", _("Count stock, promise and release it")
    SEE_SHIPMENTS = "shipments.view", _("See shipments, labels and shipping notices")
    PACK = "shipments.pack", _("Plan and pack shipments, print labels, scan")
    SHIP = "shipments.ship", _("Let shipments depart, send shipping notices and pickup requests")
    MANAGE_RULES = "rules.manage", _("Change rules and amounts that documents are checked by")
    SEE_CONNECTIONS = "connections.view", _("See connections and their health")
    MANAGE_CONNECTIONS = "connections.manage", _("Connect vendor accounts and change credentials")
    SYNC = "connections.sync", _("Start a sync and test a connection")
    SEE_EXCHANGES = "exchanges.view", _("See every call to Amazon and its answer")
    SEE_ALERTS = "alerts.view", _("See alerts")
    MANAGE_ALERTS = "alerts.manage", _("Acknowledge alerts")
    SEE_AUDIT = "audit.view", _("See the audit trail")
    SEE_JOBS = "jobs.view", _("See background jobs")
    MANAGE_JOBS = "jobs.manage", _("Retry and cancel background jobs")
    SEE_TEAM = "team.view", _("See the team")
    MANAGE_TEAM = "team.manage", _("Invite people and change their roles")
    MANAGE_TOKENS = "tokens.manage", _("Create and revoke API tokens")
    SEE_MAIL = "mail.view", _("See the mail that ACORN sent for the company")
    MANAGE_SETTINGS = "settings.manage", _("Change the company's settings")


_SEE = frozenset(
    {
        Right.SEE_TODAY,
        Right.SEE_ORDERS,
        Right.SEE_SUBMISSIONS,
        Right.SEE_ITEMS,
        Right.SEE_STOCK,
        Right.SEE_SHIPMENTS,
        Right.SEE_CONNECTIONS,
        Right.SEE_TEAM,
        Right.SEE_ALERTS,
    }
)
_WORK = _SEE | {
    Right.SETTLE_ORDERS,
    Right.ANSWER_ORDERS,
    Right.SEE_POLICIES,
    Right.MANAGE_SUBMISSIONS,
    Right.MANAGE_ITEMS,
    Right.APPROVE_MAPPINGS,
    Right.SEE_COSTS,
    Right.MANAGE_STOCK,
    Right.PACK,
    Right.SHIP,
    Right.EXPORT_ORDERS,
    Right.SEE_JOBS,
    Right.SEE_EXCHANGES,
    Right.SYNC,
    Right.MANAGE_ALERTS,
}

ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right),
    Role.OPERATIONS: _WORK | {Right.MANAGE_JOBS},
    Role.FINANCE: _SEE
    | {
        Right.EXPORT_ORDERS,
        Right.SEE_AUDIT,
        Right.SEE_JOBS,
        Right.MANAGE_ALERTS,
        Right.SEE_POLICIES,
        Right.SEE_COSTS,
        Right.MANAGE_COSTS,
        Right.MANAGE_RULES,
    },
    Role.VIEWER: _SEE,
}

FULL_SCOPE = "*"


def token_grants(scopes: list[str], right: Right) -> bool:
    """Whether a token with these scopes may do something that needs this right."""
    return FULL_SCOPE in scopes or right.value in scopes
