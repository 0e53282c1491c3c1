from django.urls import path

from acorn.console import api
from acorn.console.views import alerts, audit, company, files, health, invitation, jobs, mail, profile, team, tokens

app_name = "console"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/acknowledge/", alerts.acknowledge_alerts, name="acknowledge_alerts"),
    path("audit/", audit.audit, name="audit"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<public_id:job_id>/retry/", jobs.retry_job, name="retry_job"),
    path("jobs/<public_id:job_id>/cancel/", jobs.cancel_job, name="cancel_job"),
    path("mail/", mail.mail, name="mail"),
    path("files/<public_id:public_id>/", files.download, name="file"),
    path("settings/", company.settings, name="settings"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/invite/", team.invite, name="invite"),
    path("settings/team/<public_id:person_id>/role/", team.change_role, name="change_role"),
    path("settings/team/<public_id:person_id>/remove/", team.remove_member, name="remove_member"),
    path("settings/invitations/<public_id:invitation_id>/revoke/", team.revoke_invitation, name="revoke_invitation"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<public_id:token_id>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("profile/", profile.profile, name="profile"),
    path("profile/sessions/end/", profile.end_other_sessions, name="end_other_sessions"),
    path("no-company/", profile.no_company, name="no_company"),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
]

api_urlpatterns = [
    path("me/", api.Me.as_view(), name="me"),
    path("tenant/", api.Company.as_view(), name="tenant"),
    path("audit-events/", api.AuditEvents.as_view(), name="audit-event-list"),
]
