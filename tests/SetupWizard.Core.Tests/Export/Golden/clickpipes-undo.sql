-- SetupWizard: take back what was applied to database shop "x" ${y} on db-1.sample.example, newest first.
-- Delete the ClickPipe first: its replication slot would keep WAL on this server.

\set ON_ERROR_STOP on
\encoding UTF8

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW997  Change.sample
DROP PUBLICATION "pub ""one""";
COMMIT;

BEGIN;
SET LOCAL lock_timeout = '3s';
-- SW994  Change.sample
DROP USER "click'pipes ""u"" \ $(id) `id` ${var.x} %{if}";
COMMIT;
