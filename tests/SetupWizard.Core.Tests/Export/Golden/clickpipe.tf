# The ClickPipe, made by SetupWizard. Set the variables; secrets never stand in this file.
# Some tables have no primary key: ClickPipes sorts them by all columns, so that an UPDATE leaves the old row and equal rows become one. That fits tables that only grow; for others have their mappings name a sorting key that tells rows apart.
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
  name       = "shop \"x\" $${y}"
  service_id = var.service_id

  source = {
    postgres = {
      type     = "postgres"
      host     = "db-1.sample.example"
      port     = 5433
      database = "shop \"x\" $${y}"

      ca_certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

      credentials = {
        username            = "click'pipes \"u\" \\ $(id) `id` $${var.x} %%{if}"
        password_wo         = var.clickpipes_password
        password_wo_version = 1
      }

      settings = {
        replication_mode = "cdc"
        publication_name = "pub \"one\""
      }

      table_mappings = [
        {
          source_schema_name = "public"
          source_table       = "orders"
          target_table       = "public_orders"
          table_engine       = "ReplacingMergeTree"
        },
        {
          source_schema_name = "sales"
          source_table       = "orders"
          target_table       = "sales_orders"
          table_engine       = "ReplacingMergeTree"
        },
        {
          source_schema_name = "sales \"EU\""
          source_table       = "Weird $${name} %%{if} 'q' \\ | `b` 주문📦"
          target_table       = "Weird $${name} %%{if} 'q' \\ | `b` 주문📦"
          table_engine       = "ReplacingMergeTree"
        },
      ]
    }
  }

  destination = {
    database = "default"
  }
}
