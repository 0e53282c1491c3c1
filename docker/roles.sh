#!/bin/sh
# The three database roles and the database, on a PostgreSQL that is not the embedded one. Run once, by a superuser:
# Docker's PostgreSQL image does it when its volume is new; on any other server set PGHOST, PGUSER, PGPASSWORD… and the
# three passwords, and run it by hand. Safe to repeat.
set -eu
: "${APP_OWN_PASSWORD:?}" "${APP_RW_PASSWORD:?}" "${APP_BACKUP_PASSWORD:?}"
export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}" PGDATABASE=postgres

psql -X -q -v ON_ERROR_STOP=1 -v own="$APP_OWN_PASSWORD" -v rw="$APP_RW_PASSWORD" -v backup="$APP_BACKUP_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', role)
  FROM unnest(ARRAY['app_own', 'app_rw', 'app_backup']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
-- owns and migrates
ALTER ROLE app_own NOSUPERUSER NOBYPASSRLS CREATEDB PASSWORD :'own';
-- web and workers: owns nothing, row-level security holds
ALTER ROLE app_rw NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD :'rw';
-- pg_dump: the owner may not read under forced row-level security
ALTER ROLE app_backup NOSUPERUSER BYPASSRLS NOCREATEDB PASSWORD :'backup';
GRANT pg_read_all_data TO app_backup;
SELECT 'CREATE DATABASE acorn OWNER app_own' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'acorn') \gexec
REVOKE ALL ON DATABASE acorn FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE acorn TO app_rw;
GRANT CONNECT ON DATABASE acorn TO app_backup;
\connect acorn
GRANT USAGE ON SCHEMA public TO app_rw, app_backup;
SQL
