-- The rights of the roles DATABASE_service and DATABASE_reader on the tables of this database, if deploy/roles.postgresql.sql made them.
-- Migrations runs this as the owner of the tables, every time: so a new table has its rights before a service uses it.
-- The service may only add to the tables whose names begin with audit, and to switch_versions. The reader sees no secrets, card tokens or messages.
DO $$
DECLARE
    service CONSTANT text := current_database() || '_service';
    reader CONSTANT text := current_database() || '_reader';
    owned record;
BEGIN
    FOR owned IN
        SELECT c.oid::regclass AS name,
            CASE WHEN relname LIKE 'audit%' OR relname = 'switch_versions' THEN 'SELECT, INSERT' WHEN relname LIKE '\_\_EF%' THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS rights,
            (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                AND attname NOT LIKE '%secret%' AND attname NOT IN ('body', 'token')) AS readable
        FROM pg_class c
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND pg_has_role(relowner, 'USAGE')
    LOOP
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
            EXECUTE format('REVOKE ALL ON %s FROM %I; GRANT %s ON %s TO %I', owned.name, service, owned.rights, owned.name, service);
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = reader) THEN
            EXECUTE format('REVOKE ALL ON %s FROM %I; GRANT SELECT (%s) ON %s TO %I', owned.name, reader, owned.readable, owned.name, reader);
        END IF;
    END LOOP;
END
$$
