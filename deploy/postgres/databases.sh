#!/bin/sh
# One database and one role per service, none of which may enter another's; that of people's keys is
# registration's too. In production it stands in a cluster of its own (see ARCHITECTURE.md).
# PostgreSQL's image runs this once, in an empty cluster; passwords come from the environment
# (deploy/secrets/postgres.env) and stand in no command line.
set -eu

for service in registration matching notification followup keys; do
    upper=$(echo "$service" | tr '[:lower:]' '[:upper:]')
    ROLE=binome_$service PASSWORD=$(printenv "BINOME_${upper}_PASSWORD") \
        psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
        --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv role ROLE
\getenv password PASSWORD
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE CONNECT ON DATABASE :"role" FROM PUBLIC;
SQL
done
