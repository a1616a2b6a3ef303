# The ClickPipe, made by SetupWizard. Set the variables; secrets never stand in this file.
terraform {
  required_providers {
    clickhouse = {
      source  = "ClickHouse/clickhouse"
      version = ">= 3.14.0"
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
}

provider "clickhouse" {
  organization_id = var.organization_id
  token_key       = var.token_key
  token_secret    = var.token_secret
}

# Some tables have no primary key: give their mappings a sorting key, which ClickHouse needs.
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
        username = "click'pipes \"u\" \\ $(id) `id` $${var.x} %%{if}"
        password = var.clickpipes_password
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
