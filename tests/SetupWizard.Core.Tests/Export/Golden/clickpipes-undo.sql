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

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW994  Change.sample
DROP USER "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW997  Change.sample
DROP PUBLICATION "pub ""one""";
COMMIT;
