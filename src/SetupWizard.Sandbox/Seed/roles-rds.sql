-- The roles of Amazon RDS for PostgreSQL. The superuser "rdsadmin" made the cluster; nobody can log in as it.
CREATE ROLE rds_replication NOLOGIN;
CREATE ROLE rds_password NOLOGIN;
CREATE ROLE rds_iam NOLOGIN;
CREATE ROLE rds_superuser NOLOGIN;
-- WITH ADMIN OPTION is what lets the admin hand these on from PostgreSQL 16, where CREATEROLE alone no longer does.
GRANT pg_monitor, pg_signal_backend, rds_replication, rds_password TO rds_superuser WITH ADMIN OPTION;
-- Members of rds_iam log in with a token only: administrators may hand it on and are not members themselves.
DO $iam$
BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        EXECUTE 'GRANT rds_iam TO rds_superuser WITH ADMIN TRUE, INHERIT FALSE, SET FALSE';
    END IF;
END
$iam$;
CREATE ROLE shop_admin LOGIN CREATEROLE CREATEDB PASSWORD :'admin_password';
GRANT rds_superuser TO shop_admin;
