-- The databases and roles of an installation, with least privilege: PostgreSQL and psql 15 or later.
--
--   OWNER_PASSWORD=... ORDERS_PASSWORD=... INVENTORY_PASSWORD=... PAYMENTS_PASSWORD=... SANDBOX_PASSWORD=... RECONCILER_PASSWORD=... \
--   psql -h HOST -U ADMINISTRATOR -d postgres -v ON_ERROR_STOP=1 -f deploy/roles.postgresql.sql
--
-- Then run Migrations as ordersaga_owner: it creates the tables and grants the rights on them (Migrations/PostgreSql/Grants.sql).
-- Safe to repeat; it sets the passwords again. -v prefix=shop_ begins all names with shop_ in place of ordersaga_.
--
--   ordersaga_owner                     owns the databases and tables: for Migrations alone
--   ordersaga_NAME_service              a service in its own database: no DDL, and the audit only grows
--   ordersaga_NAME_reader (no login)    reads the database, except secrets and messages; ordersaga_reconciler_service is a member

\if :{?prefix}
\else
\set prefix ordersaga_
\endif
\getenv owner OWNER_PASSWORD
\getenv orders ORDERS_PASSWORD
\getenv inventory INVENTORY_PASSWORD
\getenv payments PAYMENTS_PASSWORD
\getenv sandbox SANDBOX_PASSWORD
\getenv reconciler RECONCILER_PASSWORD

CREATE TEMP TABLE wanted AS SELECT :'prefix' || role AS role, :'prefix' || database AS database, password FROM (VALUES
    ('owner', NULL, :'owner'), ('orders_service', 'orders', :'orders'), ('inventory_service', 'inventory', :'inventory'),
    ('payments_service', 'payments', :'payments'), ('sandbox_service', 'sandbox', :'sandbox'), ('reconciler_service', 'reconciler', :'reconciler'),
    ('orders_reader', 'orders', NULL), ('inventory_reader', 'inventory', NULL), ('payments_reader', 'payments', NULL)
) AS given (role, database, password);

SELECT format('CREATE ROLE %I', role) FROM wanted WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', role, password) FROM wanted WHERE password IS NOT NULL \gexec
-- An administrator who is no superuser needs the membership to create databases of the owner.
SELECT format('GRANT %I TO CURRENT_USER', :'prefix' || 'owner') FROM pg_roles WHERE rolname = current_user AND NOT rolsuper \gexec
SELECT DISTINCT format('CREATE DATABASE %I OWNER %I', database, :'prefix' || 'owner') FROM wanted
    WHERE database IS NOT NULL AND NOT EXISTS (SELECT FROM pg_database WHERE datname = database) \gexec
SELECT DISTINCT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', database) FROM wanted WHERE database IS NOT NULL \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', database, role) FROM wanted WHERE database IS NOT NULL \gexec
SELECT format('GRANT %I TO %I', role, :'prefix' || 'reconciler_service') FROM wanted WHERE role LIKE '%reader' \gexec
