read -r configuration configuration_arn <<<"$(aws vpc-lattice create-resource-configuration --region "$region" --name clickpipes-postgres --type ARN --resource-gateway-identifier "$gateway" --resource-configuration-definition "arnResource={arn=$arn}" --query '[id,arn]' --output text)"

@steps share
share=$(aws ram create-resource-share --region "$region" --name clickpipes-postgres --principals 072088201116 --resource-arns "$configuration_arn" --allow-external-principals --query resourceShare.resourceShareArn --output text)

@steps paste
printf 'Resource configuration ID: %s\nResource share ARN: %s\n' "$configuration" "$share"
