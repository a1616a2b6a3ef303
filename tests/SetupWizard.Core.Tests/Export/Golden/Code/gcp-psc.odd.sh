bash <<'COMMANDS'
set -euo pipefail
# Export these first: project, region, zone, network, subnet and virtual machine of the server.
: "${PROJECT:?}" "${REGION:?}" "${ZONE:?}" "${NETWORK:?}" "${SUBNET:?}" "${VM:?}"
# Put the AWS region of the instance, such as eu-central-1, in place of <region>.
port=$'it\'s "odd" $(id) `id` ${var.x} %{if} $${y} \\ \\\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \xe2\x80\xae\'@\r\n*/ --'
gcloud config set project "$PROJECT"

# Step 1
gcloud compute instance-groups unmanaged create clickpipes-postgres --zone "$ZONE"
gcloud compute instance-groups unmanaged add-instances clickpipes-postgres --zone "$ZONE" --instances "$VM"
gcloud compute health-checks create tcp clickpipes-postgres --region "$REGION" --port "$port"
gcloud compute backend-services create clickpipes-postgres --region "$REGION" --load-balancing-scheme internal --protocol TCP --health-checks clickpipes-postgres --health-checks-region "$REGION"
gcloud compute backend-services add-backend clickpipes-postgres --region "$REGION" --instance-group clickpipes-postgres --instance-group-zone "$ZONE"
gcloud compute forwarding-rules create clickpipes-postgres --region "$REGION" --load-balancing-scheme internal --network "$NETWORK" --subnet "$SUBNET" --ip-protocol TCP --ports "$port" --backend-service clickpipes-postgres

# Step 2
range=${PSC_RANGE:-10.200.0.0/28}
gcloud compute networks subnets create clickpipes-psc --region "$REGION" --network "$NETWORK" --range "$range" --purpose PRIVATE_SERVICE_CONNECT
# The two other ranges are those of Google's health checks.
gcloud compute firewall-rules create clickpipes-postgres --network "$NETWORK" --direction INGRESS --allow "tcp:$port" --source-ranges "$range,35.191.0.0/16,130.211.0.0/22"

# Steps 3-4
gcloud compute service-attachments create clickpipes-postgres --region "$REGION" --producer-forwarding-rule clickpipes-postgres --connection-preference ACCEPT_MANUAL --consumer-accept-list clickpipes-production=10 --nat-subnets clickpipes-psc

# Step 5
printf 'Service attachment URI: projects/%s/regions/%s/serviceAttachments/clickpipes-postgres\n' "$PROJECT" "$REGION"
COMMANDS
