# For a configuration whose aws provider is set to the region it's "odd" $(id) `id` ${var.x} %{if}
# $${y} \ \' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>⟨U+000A⟩COMMANDS⟨U+000A⟩⟨U+0009⟩rm -rf
# ⟨U+202E⟩'@⟨U+000D⟩⟨U+000A⟩*/ --.
# The function runs outside the VPC: the name of an instance that is not publicly accessible gives
# its address in the VPC everywhere.
data "aws_lb_target_group" "clickpipes" {
  name = "clickpipes-postgres"
}

# Step 2
data "archive_file" "clickpipes_target" {
  type        = "zip"
  output_path = "${path.module}/clickpipes-target.zip"

  source {
    filename = "index.py"
    content  = <<-PYTHON
      import ipaddress
      import os
      import socket
      import time

      import boto3

      ELB = boto3.client("elbv2")


      def addresses_of(host):
          return {info[4][0] for info in socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)}


      def targets(group):
          found = ELB.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
          return [(t["Target"]["Id"], t["Target"]["Port"], t["TargetHealth"]["State"]) for t in found]


      def handler(event, context):
          host, port, group = os.environ["HOST"], int(os.environ["PORT"]), os.environ["TARGET_GROUP"]
          wanted = addresses_of(host)
          outside = sorted(a for a in wanted if not ipaddress.ip_address(a).is_private)
          if outside:
              raise RuntimeError(f"{host} is {outside} from here: put the function into the VPC")
          present = [t for t in targets(group) if t[2] != "draining"]
          missing = sorted(wanted - {t[0] for t in present})
          stale = [t for t in present if t[0] not in wanted]
          if missing:
              print(f"{host} is now {missing}: registering")
              ELB.register_targets(TargetGroupArn=group, Targets=[{"Id": a, "Port": port} for a in missing])
          if stale:
              # First the new target, then, once it is healthy, the old one goes.
              until = time.monotonic() + float(os.environ.get("PATIENCE", "60"))
              while not wanted <= {t[0] for t in targets(group) if t[2] == "healthy"}:
                  if time.monotonic() > until:
                      raise RuntimeError(f"{sorted(wanted)} not healthy yet: the old targets stay until the next run")
                  time.sleep(5)
              print(f"deregistering {[t[0] for t in stale]}")
              ELB.deregister_targets(TargetGroupArn=group, Targets=[{"Id": t[0], "Port": t[1]} for t in stale])
          return {"registered": missing, "deregistered": [t[0] for t in stale]}
    PYTHON
  }
}

resource "aws_iam_role" "clickpipes_target" {
  name = "clickpipes-target"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "clickpipes_target_logs" {
  role       = aws_iam_role.clickpipes_target.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "clickpipes_target" {
  name = "targets"
  role = aws_iam_role.clickpipes_target.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
        Resource = data.aws_lb_target_group.clickpipes.arn
      },
      {
        Effect   = "Allow"
        Action   = "elasticloadbalancing:DescribeTargetHealth"
        Resource = "*"
      },
    ]
  })
}

resource "aws_lambda_function" "clickpipes_target" {
  function_name    = "clickpipes-target"
  role             = aws_iam_role.clickpipes_target.arn
  runtime          = "python3.13"
  handler          = "index.handler"
  filename         = data.archive_file.clickpipes_target.output_path
  source_code_hash = data.archive_file.clickpipes_target.output_base64sha256
  timeout          = 120

  environment {
    variables = {
      # Put the AWS region of the instance, such as eu-central-1, in place of <region>.
      HOST         = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
      PORT         = "it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"
      TARGET_GROUP = data.aws_lb_target_group.clickpipes.arn
    }
  }
}

# Step 3
resource "aws_sns_topic" "clickpipes_target" {
  name = "clickpipes-target"
}

resource "aws_db_event_subscription" "clickpipes_target" {
  name             = "clickpipes-target"
  sns_topic        = aws_sns_topic.clickpipes_target.arn
  source_type      = "db-instance"
  source_ids       = ["it's \"odd\" $(id) `id` $${var.x} %%{if} $$${y} \\ \\' 주문📦 ’; #{x} {{instance}} %PATH% & | <region>\nCOMMANDS\n\trm -rf \u202e'@\r\n*/ --"]
  event_categories = ["availability", "configuration change", "failover", "maintenance", "recovery"]
}

resource "aws_sns_topic_subscription" "clickpipes_target" {
  topic_arn = aws_sns_topic.clickpipes_target.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.clickpipes_target.arn
}

resource "aws_lambda_permission" "clickpipes_target_events" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.clickpipes_target.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.clickpipes_target.arn
}

# Step 4
# RDS sends events on a best-effort basis: every five minutes the function looks by itself.
resource "aws_cloudwatch_event_rule" "clickpipes_target" {
  name                = "clickpipes-target"
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_target" "clickpipes_target" {
  rule = aws_cloudwatch_event_rule.clickpipes_target.name
  arn  = aws_lambda_function.clickpipes_target.arn
}

resource "aws_lambda_permission" "clickpipes_target_schedule" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.clickpipes_target.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.clickpipes_target.arn
}
