@say TerraformRegion
@say Network.EventWhat
data "aws_lb_target_group" "clickpipes" {
  name = "clickpipes-postgres"
}

@steps function
data "archive_file" "clickpipes_target" {
  type        = "zip"
  output_path = "${path.module}/clickpipes-target.zip"

  source {
    filename = "index.py"
    content  = <<-PYTHON
      @include rds-target.py
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
      HOST         = {{host}}
      PORT         = {{port}}
      TARGET_GROUP = data.aws_lb_target_group.clickpipes.arn
    }
  }
}

@steps events
resource "aws_sns_topic" "clickpipes_target" {
  name = "clickpipes-target"
}

resource "aws_db_event_subscription" "clickpipes_target" {
  name             = "clickpipes-target"
  sns_topic        = aws_sns_topic.clickpipes_target.arn
  source_type      = "db-instance"
  source_ids       = [{{instance}}]
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

@steps schedule
@say Network.EventSchedule
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
