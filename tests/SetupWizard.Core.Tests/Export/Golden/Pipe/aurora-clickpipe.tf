# The ClickPipe, made by SetupWizard. Set the variables; secrets never stand in this file.
# NULL arrives as 0, an empty text or 1970-01-01 unless nullable columns are allowed (allowNullableColumns), and that is fixed when the pipe is created.
terraform {
  required_version = ">= 1.11"

  required_providers {
    clickhouse = {
      source  = "ClickHouse/clickhouse"
      version = ">= 3.22.1"
    }
  }
}

variable "organization_id" {
  type = string
}

variable "token_key" {
  type = string
}

variable "token_secret" {
  type      = string
  sensitive = true
}

variable "service_id" {
  type = string
}

variable "clickpipes_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

provider "clickhouse" {
  organization_id = var.organization_id
  token_key       = var.token_key
  token_secret    = var.token_secret
}

# The size of the machines that run CDC pipes is a resource of its own, clickhouse_clickpipe_cdc_infrastructure, and is set before the first pipe.
# The password gets into no plan and no state. To send another one, raise password_wo_version.
resource "clickhouse_clickpipe" "postgres" {
  name       = "shop"
  service_id = var.service_id

  source = {
    postgres = {
      type     = "aurorapostgres"
      host     = "shop-prod.cluster-abc123.eu-central-1.rds.amazonaws.com"
      port     = 5432
      database = "shop"

      credentials = {
        username            = "clickpipes_user"
        password_wo         = var.clickpipes_password
        password_wo_version = 1
      }

      settings = {
        replication_mode = "cdc"
        publication_name = "clickpipes"
      }

      table_mappings = [
        {
          source_schema_name = "public"
          source_table       = "customers"
          target_table       = "customers"
          table_engine       = "ReplacingMergeTree"
        },
        {
          source_schema_name = "public"
          source_table       = "orders"
          target_table       = "orders"
          table_engine       = "ReplacingMergeTree"
        },
      ]
    }
  }

  destination = {
    database = "default"
  }
}
