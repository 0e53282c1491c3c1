"""The last known clock of a simulated world, by which everything on its connection reckons."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("vendors", "0003_submissions")]

    operations = [
        migrations.AddField("connection", "clock_real_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("connection", "clock_world_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("connection", "clock_rate", models.FloatField(default=1.0, editable=False)),
        migrations.AddField("connection", "clock_epoch", models.BigIntegerField(default=0, editable=False)),
        migrations.AddField(
            "connection", "clock_connected_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
