#!/bin/sh
# Makes Temporal's two PostgreSQL databases and brings their schemas up to date. Each step leaves alone
# what is there already, so this runs at every start. The tool reads the password from SQL_PASSWORD.
set -eu

migrate() {
  database=$1
  schema=$2
  sql() {
    temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" \
      -u "$POSTGRES_USER" --db "$database" "$@"
  }
  sql create
  sql setup-schema -v 0.0
  sql update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
}

migrate temporal temporal
migrate temporal_visibility visibility
