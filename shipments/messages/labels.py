"""The sentences of labels."""

from django.utils.translation import gettext_lazy as _

from acorn.core.messages import Message

LABELS = {
    "shipments.labels_printed": Message(_("{labels} labels printed ({format}), {new} of them new")),
}
