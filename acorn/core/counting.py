"""Counts that ride in another statement, so that they cost no round trip of their own."""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery


class RowCount(Subquery):
    """How many rows a query finds, as a value to select; with a limit, no more than it are counted."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any], limit: int | None = None) -> None:
        super().__init__(rows.order_by().values("pk")[:limit])
