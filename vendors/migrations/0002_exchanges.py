"""Exchanges, partitioned by month: a month goes by dropping one table, and old months cost current ones nothing.

Row-level security and grants of the parent are `acorn.tenancy.schema`'s, as for every model. A partition inherits
neither, and read directly it would be outside the wall: it gets a forced policy of its own and no grant at all, so
that the runtime role reaches rows through the parent only. There is no default partition: rows in it would stand in the
way of the month they belong to. The recorder makes a missing month and repeats the insert instead.
"""

import acorn.core.ids
import acorn.tenancy.fields
import acorn.tenancy.scope
import django.db.models.deletion
import functools
from django.db import migrations, models

TABLE = """
CREATE TABLE vendors_exchange (
    id bigserial NOT NULL,
    public_id varchar(40) NOT NULL,
    environment varchar(10) NOT NULL,
    operation varchar(60) NOT NULL,
    method varchar(6) NOT NULL,
    url text NOT NULL,
    status smallint CHECK (status >= 0),
    request_id varchar(200) NOT NULL,
    error_class varchar(40) NOT NULL,
    error_code varchar(80) NOT NULL,
    error_message text NOT NULL,
    retry_after double precision,
    started_at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL CHECK (duration_ms >= 0),
    request_headers jsonb NOT NULL,
    response_headers jsonb NOT NULL,
    request_body bytea NOT NULL,
    response_body bytea NOT NULL,
    connection_id bigint NOT NULL,
    tenant_id bigint NOT NULL,
    PRIMARY KEY (id, started_at)
) PARTITION BY RANGE (started_at);
CREATE INDEX exchange_list ON vendors_exchange (tenant_id, started_at DESC, id DESC);
CREATE INDEX exchange_connection ON vendors_exchange (tenant_id, connection_id, started_at DESC, id DESC);
CREATE INDEX exchange_operation ON vendors_exchange (tenant_id, operation, started_at DESC, id DESC);
CREATE INDEX exchange_public_id ON vendors_exchange (tenant_id, public_id);
CREATE INDEX exchange_request_id ON vendors_exchange (tenant_id, request_id) WHERE NOT (request_id = '');
CREATE INDEX exchange_errors ON vendors_exchange (tenant_id, error_class, started_at DESC, id DESC)
    WHERE NOT (error_class = '');
"""

# Both run as their owner, whatever role calls them, hence the fixed search_path and the narrow arguments. The lock
# timeout keeps a long reader of the table from making every writer queue behind the new month.
FUNCTIONS = """
CREATE FUNCTION make_exchange_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    first_day timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    day timestamp;
    name text;
    made integer := 0;
BEGIN
    IF months_ahead NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months_ahead must be between 0 and 24';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('exchange partitions'));
    FOR month IN -1 .. months_ahead LOOP
        day := first_day + make_interval(months => month);
        name := 'vendors_exchange_' || to_char(day, 'YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.vendors_exchange FOR VALUES FROM (%L) TO (%L)',
            name, day AT TIME ZONE 'UTC', (day + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_wall ON public.%I '
            'USING (tenant_id = (NULLIF(current_setting(''app.tenant'', true), '''')::bigint)) '
            'WITH CHECK (tenant_id = (NULLIF(current_setting(''app.tenant'', true), '''')::bigint))', name);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

CREATE FUNCTION drop_exchange_partitions(before date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    name text;
    dropped integer := 0;
BEGIN
    IF before > (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month')::date THEN
        RAISE EXCEPTION 'this month and the last one are kept';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('exchange partitions'));
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.vendors_exchange'::regclass AND c.relname ~ '^vendors_exchange_[0-9]{4}_[0-9]{2}$'
    LOOP
        IF to_date(right(name, 7), 'YYYY_MM') + interval '1 month' <= before THEN
            EXECUTE format('DROP TABLE public.%I', name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION make_exchange_partitions(integer), drop_exchange_partitions(date) FROM PUBLIC;
"""

DROP_FUNCTIONS = "DROP FUNCTION make_exchange_partitions(integer); DROP FUNCTION drop_exchange_partitions(date)"


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0001_initial'),
        ('vendors', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, "DROP TABLE vendors_exchange")],
            state_operations=[
                migrations.CreateModel(
                    name='Exchange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.CharField(default=functools.partial(acorn.core.ids.new_public_id, *('ex',), **{}), editable=False, max_length=40)),
                        ('environment', models.CharField(choices=[('SIMULATOR', 'simulator'), ('SANDBOX', 'sandbox'), ('PRODUCTION', 'production')], max_length=10)),
                        ('operation', models.CharField(max_length=60)),
                        ('method', models.CharField(max_length=6)),
                        ('url', models.TextField()),
                        ('status', models.PositiveSmallIntegerField(null=True)),
                        ('request_id', models.CharField(blank=True, default='', max_length=200)),
                        ('error_class', models.CharField(blank=True, default='', max_length=40)),
                        ('error_code', models.CharField(blank=True, default='', max_length=80)),
                        ('error_message', models.TextField(blank=True, default='')),
                        ('retry_after', models.FloatField(null=True)),
                        ('started_at', models.DateTimeField()),
                        ('duration_ms', models.PositiveIntegerField()),
                        ('request_headers', models.JSONField(default=dict)),
                        ('response_headers', models.JSONField(default=dict)),
                        ('request_body', models.BinaryField(default=bytes)),
                        ('response_body', models.BinaryField(default=bytes)),
                        ('connection', acorn.tenancy.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vendors.connection')),
                        ('tenant', models.ForeignKey(db_constraint=False, db_index=False, default=acorn.tenancy.scope.current_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.tenant')),
                    ],
                    options={
                        'abstract': False,
                        'base_manager_name': 'objects',
                        'indexes': [models.Index(fields=['tenant', '-started_at', '-id'], name='exchange_list'), models.Index(fields=['tenant', 'connection', '-started_at', '-id'], name='exchange_connection'), models.Index(fields=['tenant', 'operation', '-started_at', '-id'], name='exchange_operation'), models.Index(fields=['tenant', 'public_id'], name='exchange_public_id'), models.Index(condition=models.Q(('request_id', ''), _negated=True), fields=['tenant', 'request_id'], name='exchange_request_id'), models.Index(condition=models.Q(('error_class', ''), _negated=True), fields=['tenant', 'error_class', '-started_at', '-id'], name='exchange_errors')],
                    },
                ),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
