#!/bin/sh
# Creates the ClickPipe. Set CH_ID (the service) and CLICKPIPES_PASSWORD first.
set -eu
: "${CH_ID:?}" "${CLICKPIPES_PASSWORD:?}"

clickhousectl cloud clickpipe create postgres "$CH_ID" \
  --name 'shop' \
  --postgres-type 'azurepostgres' \
  --host 'shop.postgres.database.azure.com' \
  --port 5432 \
  --pg-database 'shop' \
  --username 'clickpipes_user' \
  --password "$CLICKPIPES_PASSWORD" \
  --publication-name 'clickpipes' \
  --replication-mode cdc \
  --table-mapping-json '{"sourceSchemaName":"public","sourceTable":"customers","targetTable":"customers","tableEngine":"ReplacingMergeTree"}' \
  --table-mapping-json '{"sourceSchemaName":"public","sourceTable":"orders","targetTable":"orders","tableEngine":"ReplacingMergeTree"}' \
  --json
