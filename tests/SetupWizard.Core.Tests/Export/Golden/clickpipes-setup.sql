-- SetupWizard: prepare database shop "x" ${y} on db-1.sample.example as a source for ClickHouse ClickPipes.
-- ClickPipes user click'pipes "u" \ $(id) `id` ${var.x} %{if}, publication pub "one", 3 tables.
-- Made for role shop_admin on Sample Cloud | `Postgres`, PostgreSQL 16.4.
-- Run it with psql -f, as often as you like: what it made before is skipped. Before anything is changed it makes sure that this is the right database, that nothing it names is missing, and that nobody else made what it makes.
--
-- SW992  To do by hand, outside this script: Change.sample
--   1. Guide.sample-guide.open
--   2. Guide.sample-guide.edit  rds.logical_replication = 1
--   3. Guide.sample-guide.unknown  {nobody-knows}clickpipes-postgres16

\set ON_ERROR_STOP on
\encoding UTF8

DO $check$
DECLARE found text;
BEGIN
    IF pg_catalog.current_database() <> 'shop "x" ${y}' THEN
        RAISE EXCEPTION USING MESSAGE = 'This script is for database shop "x" ${y}. Nothing was changed.';
    END IF;
    IF pg_catalog.pg_is_in_recovery() THEN
        RAISE EXCEPTION USING MESSAGE = 'This server is a standby. Nothing was changed.';
    END IF;
    IF NOT coalesce((SELECT pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER') FROM pg_catalog.pg_roles r WHERE r.rolname = 'shop_admin'), false) THEN
        RAISE EXCEPTION USING MESSAGE = 'This script is made for role shop_admin, and this login is no member of it. Nothing was changed.';
    END IF;
    SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', w.s, w.n), ', ') INTO found FROM (VALUES
        ('sales "EU"', E'Weird ${name} %{if} ''q'' \\ | `b` 주문📦')) w(s, n)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = w.s AND c.relname = w.n);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'Not in this database, and nothing was changed: ' || found;
    END IF;
    SELECT pg_catalog.string_agg(pg_catalog.format('%I', w.s), ', ') INTO found FROM (VALUES
        ('sales "EU"')) w(s)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = w.s);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'Not in this database, and nothing was changed: ' || found;
    END IF;
END
$check$;

-- The password comes after the user, outside of a transaction. To set it again later: psql -v set_password=1 -f …
SELECT E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}' AS clickpipes_user, coalesce((NOT EXISTS (SELECT FROM pg_roles WHERE rolname = E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}')), true) OR NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}' AND rolcanlogin) AS asks_for_password \gset
\if :{?set_password}
\else
\set set_password off
\endif
\if :set_password
\set asks_for_password true
\endif
\if :asks_for_password
\set answer no
\set ON_ERROR_STOP off
\prompt 'psql asks for a password of the new user next. Type yes to go on: ' answer
\set ON_ERROR_STOP on
SELECT lower(trim(:'answer')) = 'yes' AS answered \gset
\if :answered
\else
DO $stop$
BEGIN RAISE EXCEPTION USING MESSAGE = 'Nobody answered, so the user would have no password. Nothing was changed. Run the script where somebody can type, or make it with the password at hand, and it holds the verifier.'; END
$stop$;
\endif
\endif

-- SW993  Change.sample
ALTER SYSTEM SET max_slot_wal_keep_size = '200GB';

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW994  Change.sample
SELECT coalesce((NOT EXISTS (SELECT FROM pg_roles WHERE rolname = E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}')), true) AS needed \gset
\if :needed
CREATE USER "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}" NOLOGIN;
\endif
COMMIT;

\if :asks_for_password
-- It holds no password: psql asks for it twice and sends only its SCRAM verifier.
\echo 'If it stops here: psql -v set_password=1 -f …'
\password :"clickpipes_user"
\set answer no
\set ON_ERROR_STOP off
\prompt 'If psql took a password and did not speak of an empty one, type yes to go on: ' answer
\set ON_ERROR_STOP on
SELECT lower(trim(:'answer')) = 'yes' AS answered \gset
\if :answered
\else
DO $stop$
BEGIN RAISE EXCEPTION USING MESSAGE = 'Nobody confirmed the password, so the user may be without one. Run the script again, and it goes on from here: psql -v set_password=1 -f …'; END
$stop$;
\endif
ALTER USER :"clickpipes_user" LOGIN;
\endif

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

-- To be run by role tenant "owner"⟨U+000A⟩; DROP TABLE t:
-- SW995  Change.sample
--   GRANT SELECT ON "platform"."multi⟨U+000A⟩line" TO "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
