"""A kind of document for the submit figure; the worker that is measured imports it."""

from vendors.services import SubmissionKind, register_kind
from vendors.types import UnknownPolicy

NAME = "bench.document"
register_kind(SubmissionKind(NAME, "Bench", "submitAcknowledgement", "bench.order", UnknownPolicy.PERSON))
