#!/bin/sh
# Creates the ClickPipe. Set CH_ID (the service) and CLICKPIPES_PASSWORD first.
# This goes through the API: clickhousectl always verifies the certificate.
# Columns that clickpipes does not send are left out of the pipe (1 table): the first copy would have them, and no change would ever fill them again.
# The roles must let ClickPipes create and fill tables in default: creating the pipe fails with one that does not (code 497).
set -eu
: "${CH_ID:?}" "${CLICKPIPES_PASSWORD:?}"

# The same pipe through the API that clickhousectl calls. Needs curl, CH_ORG_ID (the organization), CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET.
body() {
  cat <<'END_OF_BODY'
{
  "name": "shop",
  "source": {
    "postgres": {
      "type": "postgres",
      "host": "db.example.com",
      "port": 5432,
      "database": "shop",
      "authentication": "basic",
      "credentials": {
        "username": "clickpipes_user",
        "password":
END_OF_BODY
  printf '"%s"\n' "$(printf '%s' "$CLICKPIPES_PASSWORD" | LC_ALL=C sed 's/[\\"]/\\&/g')"
  cat <<'END_OF_BODY'
      },
      "tlsHost": "db.internal.example.com",
      "skipCertVerification": true,
      "settings": {
        "replicationMode": "cdc",
        "publicationName": "clickpipes",
        "syncIntervalSeconds": 3600,
        "allowNullableColumns": true,
        "enableFailoverSlots": true
      },
      "tableMappings": [
        {
          "sourceSchemaName": "public",
          "sourceTable": "customers",
          "targetTable": "customers",
          "tableEngine": "ReplacingMergeTree"
        },
        {
          "sourceSchemaName": "public",
          "sourceTable": "orders",
          "targetTable": "orders",
          "excludedColumns": [
            "card \"number\"",
            "note"
          ],
          "tableEngine": "ReplacingMergeTree"
        }
      ]
    }
  },
  "destination": {
    "database": "default",
    "roles": [
      "etl role",
      "it's"
    ]
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

through_api
