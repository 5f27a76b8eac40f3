using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Database;

/// <summary>SQLite 3.38+: json_each, upsert, RETURNING. One writer, so no row locks.</summary>
sealed class SqliteDialect : Dialect
{
    /// <summary>
    /// Maximum size of the write-ahead log after a long reader made it larger. SQLite truncates it with the next write after the reader has
    /// finished; <see cref="TrimLog"/> does it when nothing is written.
    /// </summary>
    public const long MaxLogBytes = 16 * 1024 * 1024;

    const string Now = "strftime('%Y-%m-%d %H:%M:%f', 'now')";
    const string LeaseEnd = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || @seconds || ' seconds')";
    const string TwiceLeaseEnd = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+' || (2 * @seconds) || ' seconds')";
    const string Ids = "id IN (SELECT value FROM json_each(@rows))";

    public override bool HasSingleWriter => true;

    public override string Probe => $"""
        INSERT INTO inbox (endpoint, message_id, received_at) VALUES ('health', '00000000-0000-0000-0000-000000000000', {Now})
        ON CONFLICT (message_id, endpoint) DO UPDATE SET received_at = excluded.received_at
        """;

    public override string InsertInbox => $"""
        INSERT INTO inbox (endpoint, message_id, received_at)
        SELECT @endpoint, value, {Now} FROM json_each(@rows)
        """;

    public override string InsertOutbox => $"""
        INSERT INTO outbox (id, destination, message_type, content_type, body, trace_parent, correlation_id, created_at, lease, next_attempt_at, attempts)
        SELECT value ->> 'id', value ->> 'destination', value ->> 'messageType', value ->> 'contentType', value ->> 'body',
               value ->> 'traceParent', value ->> 'correlationId', {Now}, @lease, {LeaseEnd}, 0
        FROM json_each(@rows)
        """;

    public override string DeleteOutbox => "DELETE FROM outbox WHERE " + Ids;

    public override string ClaimOutbox => $"""
        UPDATE outbox SET lease = @lease, next_attempt_at = {LeaseEnd}
        WHERE id IN (SELECT id FROM outbox WHERE parked_at IS NULL AND next_attempt_at <= {Now} ORDER BY next_attempt_at LIMIT @limit)
        RETURNING id
        """;

    public override string DelayOutbox => $"""
        UPDATE outbox SET next_attempt_at = {LeaseEnd}, attempts = attempts + @counted, last_error = @error, parked_at = CASE WHEN @parked = 1 THEN {Now} END
        WHERE lease = @lease AND {Ids}
        """;

    public override string DeleteOld(string table, string time, string only) => $"""
        DELETE FROM {table}
        WHERE rowid IN (SELECT rowid FROM {table} WHERE {time} >= @from AND {time} < @before AND ({only}) ORDER BY {time} LIMIT @limit)
        RETURNING {time}
        """;

    public override string ClaimLeases => $"""
        INSERT INTO leases (id, version, until)
        SELECT value ->> 'id', value ->> 'version', {LeaseEnd} FROM json_each(@rows) WHERE true
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, until = excluded.until
        WHERE leases.version < excluded.version OR leases.until <= {Now} OR leases.until > {TwiceLeaseEnd}
        RETURNING id
        """;

    /// <summary>Without the busy timeout: if another connection reads, the next call does the checkpoint.</summary>
    internal override async Task TrimLog(DbContext db)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        var log = new FileInfo(connection.DataSource + "-wal");
        if (log.Exists && log.Length > MaxLogBytes)
            await db.Execute($"PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout={connection.DefaultTimeout * 1000};");
    }
}
