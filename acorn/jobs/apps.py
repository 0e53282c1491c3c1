from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from acorn.core import messages, subjects


class JobsConfig(AppConfig):
    name = "acorn.jobs"

    def ready(self) -> None:
        # web processes enqueue by name too: every app's tasks must be known everywhere
        autodiscover_modules("tasks")
        subjects.register(subjects.SubjectKind("jobs.job", _("background job")))
        messages.register(
            {
                "jobs.crashed": messages.Message(
                    _("Something unexpected went wrong inside ACORN (reference {reference})."),
                    _("It is tried again by itself. If it fails for good, send the reference to your administrator."),
                ),
                "jobs.worker_lost": messages.Message(
                    _("The worker that had this job stopped; the job was taken over."), ""
                ),
                "jobs.superseded": messages.Message(_("A newer job does the same work."), ""),
                "jobs.cancelled": messages.Message(_("Cancelled by {who}."), ""),
                "jobs.retried": messages.Message(_("The job {name} was started again.")),
                "jobs.stopped": messages.Message(_("The job {name} was cancelled.")),
                # what people call a task: `task.<name>`
                "task.jobs.prune": messages.Message(_("Forget finished jobs")),
            }
        )
