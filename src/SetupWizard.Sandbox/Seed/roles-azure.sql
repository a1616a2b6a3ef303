-- The roles of Azure Database for PostgreSQL flexible server. The superuser "azuresu" made the cluster; nobody can log in as it.
CREATE ROLE azure_pg_admin NOLOGIN;
GRANT pg_monitor, pg_signal_backend TO azure_pg_admin WITH ADMIN OPTION;
-- The service lets its admin create users with REPLICATION. A stock server (16 and later) lets only those do so who have
-- CREATEROLE and REPLICATION themselves: hence the attribute here.
CREATE ROLE shop_admin LOGIN CREATEROLE CREATEDB REPLICATION PASSWORD :'admin_password';
GRANT azure_pg_admin TO shop_admin;
