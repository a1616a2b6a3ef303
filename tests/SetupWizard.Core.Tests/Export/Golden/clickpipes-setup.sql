-- SetupWizard: prepare database shop "x" ${y} on db-1.sample.example as a source for ClickHouse ClickPipes.
-- ClickPipes user click'pipes "u" \ $(id) `id` ${var.x} %{if}, publication pub "one", 3 tables.
-- Made for role shop_admin on Sample Cloud | `Postgres`, PostgreSQL 16.4.
-- Run it with psql -f, as often as you like: what is already there is skipped. It holds no password; psql asks for it.
--
-- SW992  To do by hand, outside this script: Change.sample
--   1. Guide.sample-guide.open
--   2. Guide.sample-guide.edit  rds.logical_replication = 1
--   3. Guide.sample-guide.unknown  {nobody-knows}clickpipes-postgres16

\set ON_ERROR_STOP on
\encoding UTF8

-- SW993  Change.sample
ALTER SYSTEM SET max_slot_wal_keep_size = '200GB';

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW994  Change.sample
SELECT coalesce((NOT EXISTS (SELECT FROM pg_roles WHERE rolname = E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}')), true) AS needed \gset
\if :needed
CREATE USER "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
-- psql asks for the password twice and sends only its SCRAM verifier.
\password "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}"
\endif
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW995  Change.sample
GRANT USAGE ON SCHEMA "sales ""EU""" TO "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW996  Change.sample
ALTER TABLE "sales ""EU"""."Weird ${name} %{if} 'q' \ | `b` 주문📦" REPLICA IDENTITY FULL;
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW997  Change.sample
SELECT coalesce((NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'pub "one"')), true) AS needed \gset
\if :needed
CREATE PUBLICATION "pub ""one""" FOR TABLE "sales ""EU"""."Weird ${name} %{if} 'q' \ | `b` 주문📦";
\endif
COMMIT;

-- To be run by role tenant "owner" ; DROP TABLE t:
-- SW995  Change.sample
--   GRANT SELECT ON "platform"."multi
--   line" TO "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
