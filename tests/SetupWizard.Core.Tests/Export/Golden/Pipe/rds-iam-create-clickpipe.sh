#!/bin/sh
# Creates the ClickPipe, which logs in with an IAM role. Set CH_ID (the service) first.
# This goes through the API, not clickhousectl: with an IAM role clickhousectl 0.4 demands a password, and from 0.5 on it cannot be told the database user.
# NULL arrives as 0, an empty text or 1970-01-01 unless nullable columns are allowed (allowNullableColumns), and that is fixed when the pipe is created.
set -eu
: "${CH_ID:?}"

# The same pipe through the API that clickhousectl calls. Needs curl, CH_ORG_ID (the organization), CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET.
body() {
  cat <<'END_OF_BODY'
{
  "name": "shop",
  "source": {
    "postgres": {
      "type": "rdspostgres",
      "host": "shop-prod.abc123.eu-central-1.rds.amazonaws.com",
      "port": 5432,
      "database": "shop",
      "authentication": "IAM_ROLE",
      "iamRole": "arn:aws:iam::123456789012:role/clickpipes",
      "credentials": {
        "username": "clickpipes_user"
      },
      "settings": {
        "replicationMode": "cdc",
        "publicationName": "clickpipes"
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

through_api
