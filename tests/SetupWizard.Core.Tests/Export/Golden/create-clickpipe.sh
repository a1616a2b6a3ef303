#!/bin/sh
# Creates the ClickPipe. Set CH_ID (the service) and CLICKPIPES_PASSWORD first.
# Some tables have no primary key: ClickPipes sorts them by all columns, so that an UPDATE leaves the old row and equal rows become one. That fits tables that only grow; for others have their mappings name a sorting key that tells rows apart.
set -eu
: "${CH_ID:?}" "${CLICKPIPES_PASSWORD:?}"

cat > postgres-ca.pem <<'END_OF_CERTIFICATE'
-----BEGIN CERTIFICATE-----
MIIB
-----END CERTIFICATE-----
END_OF_CERTIFICATE

clickhousectl cloud clickpipe create postgres "$CH_ID" \
  --name 'shop "x" ${y}' \
  --postgres-type 'postgres' \
  --host 'db-1.sample.example' \
  --port 5433 \
  --pg-database 'shop "x" ${y}' \
  --username 'click'\''pipes "u" \ $(id) `id` ${var.x} %{if}' \
  --password "$CLICKPIPES_PASSWORD" \
  --publication-name 'pub "one"' \
  --replication-mode cdc \
  --ca-certificate postgres-ca.pem \
  --table-mapping-json '{"sourceSchemaName":"public","sourceTable":"orders","targetTable":"public_orders","tableEngine":"ReplacingMergeTree"}' \
  --table-mapping-json '{"sourceSchemaName":"sales","sourceTable":"orders","targetTable":"sales_orders","tableEngine":"ReplacingMergeTree"}' \
  --table-mapping-json '{"sourceSchemaName":"sales \"EU\"","sourceTable":"Weird ${name} %{if} '\''q'\'' \\ | `b` 주문\uD83D\uDCE6","targetTable":"Weird ${name} %{if} '\''q'\'' \\ | `b` 주문\uD83D\uDCE6","tableEngine":"ReplacingMergeTree"}' \
  --json
