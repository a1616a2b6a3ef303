gateway_group=$(aws ec2 create-security-group --region "$region" --group-name clickpipes-gateway --description 'Resource gateway for ClickPipes' --vpc-id "$vpc" --query GroupId --output text)
gateway=$(aws vpc-lattice create-resource-gateway --region "$region" --name clickpipes-postgres --vpc-identifier "$vpc" --subnet-ids "${subnets[@]}" --security-group-ids "$gateway_group" --query id --output text)
until [ "$(aws vpc-lattice get-resource-gateway --region "$region" --resource-gateway-identifier "$gateway" --query status --output text)" = ACTIVE ]; do
  sleep 5
done

@steps database-group
aws ec2 authorize-security-group-ingress --region "$region" --group-id "$group" --ip-permissions "IpProtocol=tcp,FromPort=$port,ToPort=$port,UserIdGroupPairs=[{GroupId=$gateway_group,Description=ClickPipes}]" --output text >/dev/null
