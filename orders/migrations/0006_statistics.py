"""Fresh statistics for the tables that a first sync fills.

PostgreSQL looks at a table anew when a tenth of it has changed. On a large installation that is long after a new
company's first sync, and a company that the statistics do not know is taken to have one row: whatever reads its orders
then walks through all of them, page after page of the sync.
"""

from django.db import migrations

_TABLES = ("orders_purchaseorder", "orders_purchaseorderline", "orders_purchaseorderversion")
_OPTIONS = {"autovacuum_analyze_scale_factor": "0.005", "autovacuum_analyze_threshold": "2000"}


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_answer_batches")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET ({', '.join(f'{name} = {value}' for name, value in _OPTIONS.items())})",
            f"ALTER TABLE {table} RESET ({', '.join(_OPTIONS)})",
        )
        for table in _TABLES
    ]
