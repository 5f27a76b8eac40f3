-- The databases and logins of an installation, with least privilege: SQL Server 2017 or later.
--
--   OWNER_PASSWORD=... ORDERS_PASSWORD=... INVENTORY_PASSWORD=... PAYMENTS_PASSWORD=... SANDBOX_PASSWORD=... RECONCILER_PASSWORD=... \
--   sqlcmd -S HOST -U sa -b -i deploy/roles.sqlserver.sql
--
-- Then run Migrations as ordersaga_owner: it creates the tables and grants the rights on them (Migrations/SqlServer/Grants.sql).
-- Safe to repeat; it sets the passwords again.
--
--   ordersaga_owner            db_owner of the databases: for Migrations alone
--   ordersaga_NAME_service     a service in its own database, by the database role ordersaga_service: no DDL, and the audit only grows
--   database role ordersaga_reader    reads the database, except secrets and messages; ordersaga_reconciler_service is a member

SET NOCOUNT ON;
DECLARE @logins TABLE (name sysname, [database] sysname NULL, password nvarchar(128));
INSERT INTO @logins VALUES
    (N'ordersaga_owner', NULL, N'$(OWNER_PASSWORD)'),
    (N'ordersaga_orders_service', N'ordersaga_orders', N'$(ORDERS_PASSWORD)'),
    (N'ordersaga_inventory_service', N'ordersaga_inventory', N'$(INVENTORY_PASSWORD)'),
    (N'ordersaga_payments_service', N'ordersaga_payments', N'$(PAYMENTS_PASSWORD)'),
    (N'ordersaga_sandbox_service', N'ordersaga_sandbox', N'$(SANDBOX_PASSWORD)'),
    (N'ordersaga_reconciler_service', N'ordersaga_reconciler', N'$(RECONCILER_PASSWORD)');

DECLARE @run nvarchar(max);
SELECT @run = STRING_AGG(CAST(CASE WHEN SUSER_ID(name) IS NULL THEN N'CREATE' ELSE N'ALTER' END
    + N' LOGIN ' + QUOTENAME(name) + N' WITH PASSWORD = ' + QUOTENAME(password, N'''') + N';' AS nvarchar(max)), N' ') FROM @logins;
EXEC sys.sp_executesql @run;

SET @run = NULL;
SELECT @run = STRING_AGG(N'CREATE DATABASE ' + QUOTENAME([database]) + N';', N' ') FROM @logins WHERE DB_ID([database]) IS NULL AND [database] IS NOT NULL;
IF @run IS NOT NULL EXEC sys.sp_executesql @run;

DECLARE @users nvarchar(max) = N'
    USE <database>;
    IF DATABASE_PRINCIPAL_ID(N''ordersaga_service'') IS NULL CREATE ROLE ordersaga_service;
    IF DATABASE_PRINCIPAL_ID(N''ordersaga_reader'') IS NULL CREATE ROLE ordersaga_reader;
    IF USER_ID(N''ordersaga_owner'') IS NULL CREATE USER ordersaga_owner FOR LOGIN ordersaga_owner;
    IF USER_ID(N''<login>'') IS NULL CREATE USER <login> FOR LOGIN <login>;
    ALTER ROLE db_owner ADD MEMBER ordersaga_owner;
    ALTER ROLE ordersaga_service ADD MEMBER <login>;';
DECLARE @reading nvarchar(max) = N'
    IF USER_ID(N''ordersaga_reconciler_service'') IS NULL CREATE USER ordersaga_reconciler_service FOR LOGIN ordersaga_reconciler_service;
    ALTER ROLE ordersaga_reader ADD MEMBER ordersaga_reconciler_service;';
SELECT @run = STRING_AGG(
    REPLACE(REPLACE(@users, N'<database>', [database]), N'<login>', name)
        + CASE WHEN [database] IN (N'ordersaga_orders', N'ordersaga_inventory', N'ordersaga_payments') THEN @reading ELSE N'' END, N' ')
FROM @logins WHERE [database] IS NOT NULL;
EXEC sys.sp_executesql @run;
