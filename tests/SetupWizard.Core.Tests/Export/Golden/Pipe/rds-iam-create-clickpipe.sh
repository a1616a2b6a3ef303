#!/bin/sh
# Creates the ClickPipe, which logs in with an IAM role. Set CH_ID (the service) first.
set -eu
: "${CH_ID:?}"

clickhousectl cloud clickpipe create postgres "$CH_ID" \
  --name 'shop' \
  --postgres-type 'rdspostgres' \
  --host 'shop-prod.abc123.eu-central-1.rds.amazonaws.com' \
  --port 5432 \
  --pg-database 'shop' \
  --username 'clickpipes_user' \
  --auth IAM_ROLE \
  --iam-role 'arn:aws:iam::123456789012:role/clickpipes' \
  --publication-name 'clickpipes' \
  --replication-mode cdc \
  --table-mapping-json '{"sourceSchemaName":"public","sourceTable":"customers","targetTable":"customers","tableEngine":"ReplacingMergeTree"}' \
  --table-mapping-json '{"sourceSchemaName":"public","sourceTable":"orders","targetTable":"orders","tableEngine":"ReplacingMergeTree"}' \
  --json
