-- One batch of small tables, :first to :last, in the schema "many" of the admin.
SET SESSION AUTHORIZATION shop_admin;
CREATE SCHEMA IF NOT EXISTS many;
DO $many$
BEGIN
    FOR n IN :first .. :last LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS many.%I (id bigint PRIMARY KEY, value text)', 'table_' || to_char(n, 'FM000000'));
    END LOOP;
END
$many$;
RESET SESSION AUTHORIZATION;
