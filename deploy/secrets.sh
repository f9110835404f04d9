#!/bin/sh
# Makes the secrets of the composed house, once: one environment file per container, so that each
# knows its own secrets only, and RabbitMQ's accounts, which hold hashes only. What the accounts
# may do is no secret: deploy/rabbitmq/rights.json, rendered from the code.
# Usage: sh deploy/secrets.sh [FOLDER]        (default: deploy/secrets; needs openssl)
# What is already there stays. To begin anew: docker compose down --volumes, remove the files, repeat.
set -eu
umask 077

folder=${1:-$(dirname "$0")/secrets}
services="registration matching notification followup"

if [ -e "$folder/migrate.env" ]; then
    echo "Secrets already made: $folder"
    exit 0
fi
mkdir -p "$folder"

random() { openssl rand -hex 32; }

# RabbitMQ's own way: base64 of a salt of 4 bytes and the SHA-256 of salt and password.
hashed() {
    salt=$(openssl rand -hex 2)
    { printf %s "$salt"; printf %s%s "$salt" "$1" | openssl dgst -sha256 -binary; } | openssl base64 -A
}

user() { # name password tags
    printf '    {"name": "%s", "password_hash": "%s", "hashing_algorithm": "%s", "tags": "%s"}' \
        "$1" "$(hashed "$2")" rabbit_password_hashing_sha256 "$3"
}

right() { # name configure write read
    printf '    {"user": "%s", "vhost": "binome", "configure": "%s", "write": "%s", "read": "%s"}' "$@"
}

admin=$(random)
users=$(user binome-admin "$admin" administrator)
rights=$(right binome-admin '.*' '.*' '.*')
postgres="POSTGRES_PASSWORD=$(random)"
secret_key=$(random)
migrate="BINOME_SECRET_KEY=$secret_key
BINOME_AMQP_URL=amqp://binome-admin:$admin@rabbitmq:5672/binome"

# Three roles of one database. Afterwards `url` is its address for the service's own role; those of
# the owner and of retention are for `binome migrate` and for the operator's commands.
make_database() { # name upper-case-name
    own=$(random)
    owner=$(random)
    remover=$(random)
    place=postgres:5432/binome_$1
    url="postgresql://binome_$1:$own@$place"
    postgres="$postgres
BINOME_$2_PASSWORD=$own
BINOME_$2_MIGRATION_PASSWORD=$owner
BINOME_$2_RETENTION_PASSWORD=$remover"
    migrate="$migrate
BINOME_$2_DATABASE_URL=$url
BINOME_$2_MIGRATION_DATABASE_URL=postgresql://binome_$1_migration:$owner@$place
BINOME_$2_RETENTION_DATABASE_URL=postgresql://binome_$1_retention:$remover@$place"
}

for service in $services; do
    broker=$(random)
    name=$(echo "$service" | tr '[:lower:]' '[:upper:]')
    make_database "$service" "$name"
    if [ "$service" = registration ]; then
        # The job that takes old rows out of the ledger knows this role and nothing else.
        echo "BINOME_REGISTRATION_RETENTION_DATABASE_URL=postgresql://binome_${service}_retention:$remover@$place" >"$folder/retention.env"
    fi
    users="$users,
$(user "binome-$service" "$broker" '')"
    cat >"$folder/$service.env" <<END
BINOME_AMQP_URL=amqp://binome-$service:$broker@rabbitmq:5672/binome
BINOME_DATABASE_URL=$url
BINOME_SECRET_KEY=$secret_key
END
done

# The keys of people stand in a database of their own, which registration alone may enter.
make_database keys KEYS
echo "BINOME_KEYS_DATABASE_URL=$url" >>"$folder/registration.env"

# Contact data is encrypted with this key; without it nobody can read it again, so keep a copy.
echo "BINOME_MASTER_KEY=$(openssl rand -base64 32)" >>"$folder/registration.env"

cat >>"$folder/notification.env" <<'END'
# Mails go to the mail catcher, SMS into a folder that /boite shows. For real ones: the SMTP server
# of your provider, BINOME_SMS_PROVIDER=brevo with BINOME_SMS_KEY, and no BINOME_MAILBOX_DIR.
BINOME_SMTP_URL=smtp://mail:1025
BINOME_SMS_PROVIDER=local
BINOME_MAILBOX_DIR=/var/lib/binome/mailbox
END

echo "GF_SECURITY_ADMIN_PASSWORD=$(random)" >"$folder/grafana.env"
echo "$postgres" >"$folder/postgres.env"
cat >"$folder/rabbitmq-accounts.json" <<END
{
  "vhosts": [{"name": "binome"}],
  "users": [
$users
  ],
  "permissions": [
$rights
  ]
}
END
# The broker runs as a user of its own and must be able to read its hashes.
chmod 644 "$folder/rabbitmq-accounts.json"

# Last, so that a run that was cut short begins anew.
echo "$migrate" >"$folder/migrate.env"
echo "Secrets made: $folder"
