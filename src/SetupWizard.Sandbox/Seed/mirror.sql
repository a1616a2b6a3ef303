-- Membership in rds_replication becomes the attribute REPLICATION, which is what a stock server asks for. Roles with CREATEROLE
-- are left out: from PostgreSQL 16 they could hand the attribute on, which nobody can on the service.
DO $mirror$
DECLARE
    entry record;
BEGIN
    FOR entry IN
        SELECT a.rolname, a.rolreplication AS has
        FROM pg_catalog.pg_authid AS a
        WHERE a.rolcanlogin AND NOT a.rolsuper AND NOT a.rolcreaterole
          AND a.rolreplication <> pg_catalog.pg_has_role(a.oid, 'rds_replication', 'MEMBER')
    LOOP
        EXECUTE format('ALTER ROLE %I %s', entry.rolname, CASE WHEN entry.has THEN 'NOREPLICATION' ELSE 'REPLICATION' END);
    END LOOP;
END
$mirror$;
