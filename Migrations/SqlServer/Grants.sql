-- The rights of the database roles ordersaga_service and ordersaga_reader on the tables, if deploy/roles.sqlserver.sql made them.
-- Migrations runs this as the owner of the tables, every time: so a new table has its rights before a service uses it.
-- The service may only add to the tables whose names begin with audit, and to switch_versions. The reader sees no secrets, card tokens or messages.
DECLARE @grants nvarchar(max);
IF IS_MEMBER(N'db_owner') = 1 AND DATABASE_PRINCIPAL_ID(N'ordersaga_service') IS NOT NULL
BEGIN
    SELECT @grants = STRING_AGG(CAST(
        CASE WHEN name LIKE N'audit%' OR name = N'switch_versions' THEN N'DENY UPDATE, DELETE ON ' + QUOTENAME(name) + N' TO ordersaga_service; GRANT SELECT, INSERT'
            WHEN name LIKE N'[_][_]EF%' THEN N'GRANT SELECT' ELSE N'GRANT SELECT, INSERT, UPDATE, DELETE' END
        + N' ON ' + QUOTENAME(name) + N' TO ordersaga_service;' AS nvarchar(max)), N' ')
    FROM sys.tables;
    EXEC sys.sp_executesql @grants;
END;
IF IS_MEMBER(N'db_owner') = 1 AND DATABASE_PRINCIPAL_ID(N'ordersaga_reader') IS NOT NULL
BEGIN
    SELECT @grants = STRING_AGG(readable.granted, N' ')
    FROM (
        SELECT N'GRANT SELECT ON ' + QUOTENAME(t.name) + N' (' + STRING_AGG(CAST(QUOTENAME(c.name) AS nvarchar(max)), N', ') + N') TO ordersaga_reader;' AS granted
        FROM sys.tables t JOIN sys.columns c ON c.object_id = t.object_id
        WHERE c.name NOT LIKE N'%secret%' AND c.name NOT IN (N'body', N'token')
        GROUP BY t.name
    ) readable;
    EXEC sys.sp_executesql @grants;
END;
