using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Database;

/// <summary>SQL Server 2016+ (OPENJSON), READ COMMITTED: takes update locks in key order; claims skip locked rows.</summary>
public sealed class SqlServerDialect : Dialect
{
    const string Now = "SYSUTCDATETIME()";
    const string LeaseEnd = "DATEADD(second, @seconds, SYSUTCDATETIME())";
    const string TwiceLeaseEnd = "DATEADD(second, 2 * @seconds, SYSUTCDATETIME())";
    const string Ids = "id IN (SELECT CAST(value AS uniqueidentifier) FROM OPENJSON(@rows))";

    public override string? ReadClock => $"SELECT {Now}";

    public int LockTimeoutMilliseconds { get; init; } = 500;

    public override string ShortenLockTimeout => "SET LOCK_TIMEOUT 50";

    public override string Probe => $"""
        MERGE inbox WITH (HOLDLOCK) AS i
        USING (SELECT 'health' AS endpoint, CAST('00000000-0000-0000-0000-000000000000' AS uniqueidentifier) AS message_id) AS p
        ON i.message_id = p.message_id AND i.endpoint = p.endpoint
        WHEN MATCHED THEN UPDATE SET received_at = {Now}
        WHEN NOT MATCHED THEN INSERT (endpoint, message_id, received_at) VALUES (p.endpoint, p.message_id, {Now});
        """;

    public override string InsertInbox => $"""
        INSERT INTO inbox (endpoint, message_id, received_at)
        SELECT @endpoint, CAST(value AS uniqueidentifier), {Now} FROM OPENJSON(@rows)
        """;

    public override string InsertOutbox => $"""
        INSERT INTO outbox (id, destination, message_type, content_type, body, trace_parent, correlation_id, created_at, lease, next_attempt_at, attempts)
        SELECT id, destination, messageType, contentType, body, traceParent, correlationId, {Now}, @lease, {LeaseEnd}, 0
        FROM OPENJSON(@rows) WITH (id uniqueidentifier, destination nvarchar(500), messageType nvarchar(200), contentType nvarchar(100),
            body nvarchar(max), traceParent nvarchar(60), correlationId uniqueidentifier)
        """;

    public override string DeleteOutbox => "DELETE FROM outbox WHERE " + Ids;

    public override string ClaimOutbox => $"""
        WITH due AS (SELECT TOP (@limit) * FROM outbox WITH (UPDLOCK, READPAST, READCOMMITTEDLOCK, ROWLOCK)
                     WHERE parked_at IS NULL AND next_attempt_at <= {Now} ORDER BY next_attempt_at)
        UPDATE due SET lease = @lease, next_attempt_at = {LeaseEnd}
        OUTPUT inserted.id
        """;

    public override string DelayOutbox => $"""
        UPDATE outbox SET next_attempt_at = {LeaseEnd}, attempts = attempts + @counted, last_error = @error, parked_at = CASE WHEN @parked = 1 THEN {Now} END
        WHERE lease = @lease AND {Ids}
        """;

    public override string ClaimLeases => $"""
        MERGE leases WITH (HOLDLOCK) AS l
        USING (SELECT TOP (2147483647) id, version FROM OPENJSON(@rows) WITH (id uniqueidentifier, version bigint) ORDER BY id) AS r ON l.id = r.id
        WHEN MATCHED AND (l.version < r.version OR l.until <= {Now} OR l.until > {TwiceLeaseEnd}) THEN UPDATE SET version = r.version, until = {LeaseEnd}
        WHEN NOT MATCHED THEN INSERT (id, version, until) VALUES (r.id, r.version, {LeaseEnd})
        OUTPUT inserted.id;
        """;

    public override string DeleteOld(string table, string time, string only) => $"""
        WITH old AS (SELECT TOP (@limit) * FROM {table} WITH (UPDLOCK, READPAST, READCOMMITTEDLOCK, ROWLOCK)
                     WHERE {time} >= @from AND {time} < @before AND ({only}) ORDER BY {time})
        DELETE FROM old
        OUTPUT deleted.{time}
        """;

    internal override void ResetConnections(string connection)
    {
        using var any = new SqlConnection(connection);
        SqlConnection.ClearPool(any);
    }

    /// <summary>The lock hints belong inside the statement, where EF cannot put them.</summary>
    public override Task<List<TEntity>> Lock<TEntity, TKey>(DbContext db, IReadOnlyList<TKey> keys, bool skipLocked, CancellationToken cancel)
    {
        var type = db.Model.FindEntityType(typeof(TEntity))!;
        var key = type.FindPrimaryKey()!.Properties[0].GetColumnName();
        // A connection from the pool may have no lock timeout yet.
        var sql = $"IF @@LOCK_TIMEOUT = -1 SET LOCK_TIMEOUT {LockTimeoutMilliseconds};\n"
            + LockRows(type.GetTableName()!, key, typeof(TKey) == typeof(Guid), skipLocked);
        return db.Set<TEntity>().FromSqlRaw(sql, db.Parameter("rows", Keys(keys))).ToListAsync(cancel);
    }

    /// <summary>
    /// @rows [key]. Sorts the keys first and looks the rows up in that order; the hints force the server to keep it. Two transactions that
    /// lock the same rows then wait for each other and never deadlock.
    /// </summary>
    public static string LockRows(string table, string key, bool keyIsGuid, bool skipLocked = false) => $"""
        SELECT t.*
        FROM (SELECT DISTINCT TOP (2147483647) {(keyIsGuid ? "CAST(value AS uniqueidentifier)" : "value COLLATE Latin1_General_100_BIN2")} AS wanted
              FROM OPENJSON(@rows) ORDER BY wanted) k
        INNER LOOP JOIN {table} t WITH (UPDLOCK, {(skipLocked ? "READPAST, READCOMMITTEDLOCK, " : "")}ROWLOCK) ON t.{key} = k.wanted
        ORDER BY t.{key}
        """;
}
