bash <<'COMMANDS'
set -euo pipefail
# Export these first; the key and its secret are made under API keys in ClickHouse Cloud.
: "${CLICKHOUSE_KEY_ID:?}" "${CLICKHOUSE_KEY_SECRET:?}" "${CLICKHOUSE_ORGANIZATION_ID:?}" "${CLICKHOUSE_SERVICE_ID:?}"
# Steps 2-3
# From the other side: what its last step noted.
service_attachment=${SERVICE_ATTACHMENT:?}
private_name='db.example.com'

curl --fail-with-body --silent --show-error --config <(printf 'user = "%s:%s"\n' "$CLICKHOUSE_KEY_ID" "$CLICKHOUSE_KEY_SECRET") --header 'Content-Type: application/json' \
  "https://api.clickhouse.cloud/v1/organizations/$CLICKHOUSE_ORGANIZATION_ID/services/$CLICKHOUSE_SERVICE_ID/clickpipesReversePrivateEndpoints" \
  --data @- <<BODY
{
  "type": "GCP_PSC_SERVICE_ATTACHMENT",
  "description": "Postgres source",
  "gcpServiceAttachment": "$service_attachment",
  "customPrivateDnsMappings": [{ "privateDnsName": "$private_name" }]
}
BODY
COMMANDS
