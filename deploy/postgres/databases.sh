#!/bin/sh
# One database per service, and three roles: the service's own, which enters no other database and
# owns nothing in its own; the one that owns and migrates it; the one by which retention takes old
# rows out of tables of record. Who may do what inside is granted by `binome migrate`. The database
# of people's keys is registration's too; in production it stands in a cluster of its own (see
# ARCHITECTURE.md). PostgreSQL's image runs this once, in an empty cluster; passwords come from the
# environment (deploy/secrets/postgres.env) and stand in no command line.
set -eu

for service in registration matching notification followup keys; do
    upper=$(echo "$service" | tr '[:lower:]' '[:upper:]')
    ROLE=binome_$service PASSWORD=$(printenv "BINOME_${upper}_PASSWORD") \
        MIGRATION=$(printenv "BINOME_${upper}_MIGRATION_PASSWORD") \
        RETENTION=$(printenv "BINOME_${upper}_RETENTION_PASSWORD") \
        psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
        --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv role ROLE
\getenv password PASSWORD
\getenv migration MIGRATION
\getenv retention RETENTION
\set owner :role _migration
\set remover :role _retention
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE ROLE :"owner" LOGIN PASSWORD :'migration';
CREATE ROLE :"remover" LOGIN PASSWORD :'retention';
CREATE DATABASE :"role" OWNER :"owner";
REVOKE CONNECT ON DATABASE :"role" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"role" TO :"role", :"remover";
SQL
done
