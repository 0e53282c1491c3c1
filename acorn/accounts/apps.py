from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "acorn.accounts"

    def ready(self) -> None:
        from acorn.accounts import receivers  # noqa: PLC0415 -- slow import
        from acorn.accounts.messages import MESSAGES, TENANT_FIELDS  # noqa: PLC0415 -- slow import
        from acorn.accounts.rights import Right  # noqa: PLC0415 -- slow import
        from acorn.accounts.types import Role  # noqa: PLC0415 -- slow import
        from acorn.core import messages, subjects  # noqa: PLC0415 -- slow import
        from acorn.tenancy import choices  # noqa: PLC0415 -- slow import

        messages.register(MESSAGES)
        messages.register_words("accounts.role", Role)
        messages.register_words("accounts.scope", {"*": _("everything"), **dict(Right.choices)})
        messages.register_words("accounts.tenant_field", TENANT_FIELDS)
        receivers.connect()
        choices.register(
            choices.Choice(
                "accounts.require_mfa", bool, False, _("Require two-step sign-in"),
                _("Members without it are led to set it up before they see anything. API tokens are not affected."),
                api_name="require_mfa",
            )
        )  # fmt: skip
        messages.register_words("accounts.setting", choices.LABELS)
        subjects.register(
            subjects.SubjectKind("accounts.tenant", _("company")),
            subjects.SubjectKind("accounts.setting", _("setting")),
            subjects.SubjectKind("accounts.person", _("person")),
            subjects.SubjectKind("accounts.invitation", _("invitation")),
            subjects.SubjectKind("accounts.token", _("API token")),
        )
