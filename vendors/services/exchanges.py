from datetime import datetime

from django.conf import settings

from vendors import partitions, rules


def keep_exchanges(*, now: datetime) -> None:
    """Make the coming months' partitions and drop those beyond EXCHANGE_RETENTION_MONTHS. Safe to repeat."""
    partitions.make_partitions()
    partitions.drop_partitions(rules.first_kept_day(now, months=max(1, settings.EXCHANGE_RETENTION_MONTHS)))
