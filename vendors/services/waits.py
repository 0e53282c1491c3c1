"""How long the outbox waits for Amazon: settings, shorter for the simulator."""

from datetime import timedelta

from django.conf import settings

from vendors.types import Environment


def presumed_after(environment: str) -> timedelta:
    """How long a document is processed without a refusal before it counts as accepted."""
    return _shorter(environment, settings.SUBMISSION_PRESUMED_SECONDS, settings.SUBMISSION_SIMULATOR_PRESUMED_SECONDS)


def read_back_for(environment: str) -> timedelta:
    """How long Amazon's records are read before an unknown outcome has its next step."""
    return _shorter(environment, settings.SUBMISSION_READBACK_SECONDS, settings.SUBMISSION_SIMULATOR_READBACK_SECONDS)


def _shorter(environment: str, seconds: int, simulated: int) -> timedelta:
    return timedelta(seconds=min(seconds, simulated) if environment == Environment.SIMULATOR else seconds)
