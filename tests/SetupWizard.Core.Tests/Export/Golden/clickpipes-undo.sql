-- SetupWizard: take back what was applied to database shop "x" ${y} on db-1.sample.example, newest first.
-- Delete the ClickPipe first: its replication slot would keep WAL on this server.

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
    SELECT pg_catalog.string_agg(s.slot_name::pg_catalog.text, ', ') INTO found FROM pg_catalog.pg_replication_slots s LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
    WHERE s.slot_type = 'logical' AND s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database() AND ((s.active AND (a.usename IN (E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}') OR pg_catalog.left(s.slot_name::pg_catalog.text, 14) = 'peerflow_slot_' OR (pg_catalog.strpos(a.query, 'publication_names') > 0 AND pg_catalog.strpos(a.query, 'pub "one"') > 0))) OR (NOT s.active AND pg_catalog.left(s.slot_name::pg_catalog.text, 14) = 'peerflow_slot_'));
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'A pipe reads this database or may come back to its slot. Delete the ClickPipe first. Nothing was changed: ' || found;
    END IF;
    SELECT pg_catalog.string_agg(w.process::pg_catalog.text, ', ') INTO found FROM (
SELECT coalesce(nullif(a.application_name, ''), '?'), a.pid, coalesce(a.datname::pg_catalog.text, '')
FROM pg_catalog.pg_stat_activity a WHERE a.usename IN (E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}') AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY a.backend_start) w(application, process, database);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = E'click''pipes "u" \\ $(id) `id` ${var.x} %{if} has sessions, and nothing was changed; pid: ' || found;
    END IF;
    SELECT pg_catalog.string_agg(w.thing, ', ') INTO found FROM (
SELECT CASE
         WHEN d.dbid IN (0, here.oid) THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
         ELSE 'database ' || coalesce(o.datname::pg_catalog.text, '?')
       END
FROM pg_catalog.pg_shdepend d
JOIN pg_catalog.pg_roles r ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid
JOIN pg_catalog.pg_database here ON here.datname = pg_catalog.current_database()
LEFT JOIN pg_catalog.pg_database o ON o.oid = d.dbid
WHERE r.rolname IN (E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}') AND (d.deptype = 'o' OR (d.deptype = 'a' AND d.dbid NOT IN (0, here.oid)))
GROUP BY 1 ORDER BY 1) w(thing);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = E'click''pipes "u" \\ $(id) `id` ${var.x} %{if} owns or was granted something, and nothing was changed: ' || found;
    END IF;
END
$check$;
\if :{?others_apart}
\else
\set others_apart off
\endif
\if :others_apart
\else
DO $others$
DECLARE found text;
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p.pubname), ', ') INTO found FROM pg_catalog.pg_publication p
    WHERE p.pubname NOT IN ('pub "one"')
      AND EXISTS (SELECT FROM pg_catalog.pg_publication_tables t JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename, pg_catalog.pg_roles r
        WHERE t.pubname = p.pubname AND r.rolname IN (E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}') AND pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT'));
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = E'These publications were made since and hold tables that click''pipes "u" \\ $(id) `id` ${var.x} %{if} reads: a pipe of theirs may log in as click''pipes "u" \\ $(id) `id` ${var.x} %{if}, which this script drops. Nothing was changed. If none does: psql -v others_apart=1 -f … – ' || found;
    END IF;
END
$others$;
\endif
DO $rights$
DECLARE found text;
BEGIN
    IF true AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = current_user AND (r.rolsuper OR (r.rolcreaterole AND (pg_catalog.current_setting('server_version_num')::pg_catalog.int4 < 160000 OR NOT EXISTS (SELECT FROM pg_catalog.pg_roles u WHERE u.rolname IN (E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}') AND NOT pg_catalog.pg_has_role(current_user, u.oid, 'USAGE WITH ADMIN OPTION')))))) THEN
        RAISE EXCEPTION USING MESSAGE = E'Dropping click''pipes "u" \\ $(id) `id` ${var.x} %{if} takes a role with CREATEROLE that may administer it (ADMIN OPTION, from PostgreSQL 16 on), and this login is none. Nothing was changed. Run it as such a role.';
    END IF;
    SELECT pg_catalog.string_agg(pg_catalog.format('%I (%I)', p.pubname, pg_catalog.pg_get_userbyid(p.pubowner)), ', ') INTO found FROM pg_catalog.pg_publication p
    WHERE p.pubname = 'pub "one"' AND NOT pg_catalog.pg_has_role(current_user, p.pubowner, 'USAGE') AND true;
    IF found IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = 'This login does not have the rights of whoever owns these publications (in brackets). Nothing was changed. Run it as their owner, or as a member of that role: ' || found;
    END IF;
END
$rights$;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW994  Change.sample
DO $drop$
DECLARE found text;
BEGIN
    DROP USER "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
EXCEPTION WHEN dependent_objects_still_exist THEN
    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;
    RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = 'The user cannot be dropped, because it is needed elsewhere; nothing was changed. Take that away, then run this script again. ' || found;
END
$drop$;
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW997  Change.sample
DROP PUBLICATION "pub ""one""";
COMMIT;

DO $rest$
DECLARE found text;
BEGIN
    SELECT pg_catalog.string_agg(w.thing, ', ') INTO found FROM (
    SELECT pg_catalog.format('user %I', r.rolname) FROM pg_catalog.pg_roles r WHERE r.rolname IN (E'click''pipes "u" \\ $(id) `id` ${var.x} %{if}')
    UNION ALL SELECT pg_catalog.format('publication %I', p.pubname) FROM pg_catalog.pg_publication p WHERE p.pubname IN ('pub "one"')
    UNION ALL SELECT pg_catalog.format('replication slot %I', s.slot_name) FROM pg_catalog.pg_replication_slots s WHERE s.slot_type = 'logical' AND s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database() AND NOT s.active) w(thing);
    IF found IS NOT NULL THEN
        RAISE NOTICE USING MESSAGE = 'Left as it is, because it is no longer as it was made, or because it was not part of it: ' || found;
    END IF;
END
$rest$;
