#!/bin/sh
# Creates the ClickPipe. Set CH_ID (the service) and CLICKPIPES_PASSWORD first.
# Some tables have no primary key: ClickPipes sorts them by all columns, so that an UPDATE leaves the old row and equal rows become one. That fits tables that only grow; for others have their mappings name a sorting key that tells rows apart.
# NULL arrives as 0, an empty text or 1970-01-01 unless nullable columns are allowed (allowNullableColumns), and that is fixed when the pipe is created.
set -eu
: "${CH_ID:?}" "${CLICKPIPES_PASSWORD:?}"

# The same pipe through the API that clickhousectl calls. Needs curl, CH_ORG_ID (the organization), CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET.
body() {
  cat <<'END_OF_BODY'
{
  "name": "shop \"x\" ${y}",
  "source": {
    "postgres": {
      "type": "postgres",
      "host": "db-1.sample.example",
      "port": 5433,
      "database": "shop \"x\" ${y}",
      "authentication": "basic",
      "credentials": {
        "username": "click'pipes \"u\" \\ $(id) `id` ${var.x} %{if}",
        "password":
END_OF_BODY
  printf '"%s"\n' "$(printf '%s' "$CLICKPIPES_PASSWORD" | LC_ALL=C sed 's/[\\"]/\\&/g')"
  cat <<'END_OF_BODY'
      },
      "caCertificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      "settings": {
        "replicationMode": "cdc",
        "publicationName": "pub \"one\""
      },
      "tableMappings": [
        {
          "sourceSchemaName": "public",
          "sourceTable": "orders",
          "targetTable": "public_orders",
          "tableEngine": "ReplacingMergeTree"
        },
        {
          "sourceSchemaName": "sales",
          "sourceTable": "orders",
          "targetTable": "sales_orders",
          "tableEngine": "ReplacingMergeTree"
        },
        {
          "sourceSchemaName": "sales \"EU\"",
          "sourceTable": "Weird ${name} %{if} 'q' \\ | `b` 주문\uD83D\uDCE6",
          "targetTable": "Weird ${name} %{if} 'q' \\ | `b` 주문\uD83D\uDCE6",
          "tableEngine": "ReplacingMergeTree"
        }
      ]
    }
  },
  "destination": {
    "database": "default"
  }
}
END_OF_BODY
}

through_api() {
  : "${CH_ORG_ID:?}" "${CLICKHOUSE_CLOUD_API_KEY:?}" "${CLICKHOUSE_CLOUD_API_SECRET:?}"
  key=$(mktemp)
  trap 'rm -f "$key"' EXIT
  printf 'user = "%s:%s"\n' "$CLICKHOUSE_CLOUD_API_KEY" "$CLICKHOUSE_CLOUD_API_SECRET" > "$key"
  answer=$(body | curl --silent --show-error --config "$key" --header 'Content-Type: application/json' --data-binary @- \
    --write-out '\n%{http_code}' "https://api.clickhouse.cloud/v1/organizations/$CH_ORG_ID/services/$CH_ID/clickpipes")
  printf '%s\n' "$answer"
  case $answer in
    *2[0-9][0-9]) ;;
    *) exit 1 ;;
  esac
}

# Older clickhousectl cannot name the table engine, and makes tables that keep every version of a row: it is asked what it knows first.
help=$(clickhousectl cloud clickpipe create postgres --help 2>/dev/null) || help=
missing=
for option in --name --postgres-type --host --port --pg-database --username --password --publication-name --replication-mode --ca-certificate --table-mapping-json --json; do
  case $help in
    *"$option"*) ;;
    *) missing="$missing $option" ;;
  esac
done
if [ -n "$missing" ]; then
  printf '%s\n' 'clickhousectl is not there, or does not know:'"$missing" 'Creating the ClickPipe through the API instead.' >&2
  through_api
  exit
fi

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
