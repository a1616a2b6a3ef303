-- Lets two system views say what they say on the imitated service. Runs in every database that clients see.
-- :settings becomes the rows (name, context, vartype) of the provider's own parameters, :replication_role a role name.
DO $dress$
DECLARE
    definition text;
    columns text;
BEGIN
    -- Parameters of the provider's own are placeholders here, and a stock server leaves placeholders out of pg_settings.
    definition := rtrim(pg_get_viewdef('pg_catalog.pg_settings'::regclass), ';');
    IF strpos(definition, 'Sandbox parameter') = 0 THEN
        SELECT string_agg(
            CASE attname
                WHEN 'name' THEN 'own.name'
                WHEN 'setting' THEN 'pg_catalog.current_setting(own.name)'
                WHEN 'category' THEN '''Customized Options'''
                WHEN 'short_desc' THEN '''Sandbox parameter'''
                WHEN 'context' THEN 'own.context'
                WHEN 'vartype' THEN 'own.vartype'
                WHEN 'source' THEN '''configuration file'''
                WHEN 'boot_val' THEN ''''''
                WHEN 'reset_val' THEN 'pg_catalog.current_setting(own.name)'
                WHEN 'pending_restart' THEN 'false'
                ELSE 'NULL::' || format_type(atttypid, atttypmod)
            END, ', ' ORDER BY attnum)
        INTO columns
        FROM pg_attribute
        WHERE attrelid = 'pg_catalog.pg_settings'::regclass AND attnum > 0 AND NOT attisdropped;

        EXECUTE 'CREATE OR REPLACE VIEW pg_catalog.pg_settings AS ' || definition || ' UNION ALL SELECT ' || columns
            || $own$ FROM (VALUES :settings) AS own (name, context, vartype) WHERE pg_catalog.current_setting(own.name, true) IS NOT NULL $own$;
    END IF;

    -- On the service membership is what counts; that the sandbox turns it into the attribute is not to be seen.
    IF :'replication_role' <> '' THEN
        definition := rtrim(pg_get_viewdef('pg_catalog.pg_roles'::regclass), ';');
        IF strpos(definition, :'replication_role') = 0 THEN
            EXECUTE 'CREATE OR REPLACE VIEW pg_catalog.pg_roles AS ' || regexp_replace(definition, '(\w+\.)?rolreplication,',
                format($role$(\1rolreplication AND (\1rolsuper OR NOT coalesce(pg_catalog.pg_has_role(\1oid, pg_catalog.to_regrole(%L)::oid, 'MEMBER'), false))) AS rolreplication,$role$, :'replication_role'));
        END IF;
    END IF;
END
$dress$;
