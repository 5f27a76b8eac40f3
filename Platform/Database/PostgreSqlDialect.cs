using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace OrderSaga.Platform.Database;

/// <summary>PostgreSQL 12+, READ COMMITTED: locks rows in key order; claims skip locked rows.</summary>
sealed class PostgreSqlDialect(DatabaseSettings? settings) : Dialect
{
    // By the clock, not the transaction's start: a lease must not run out before the commit.
    const string LeaseEnd = "clock_timestamp() + make_interval(secs => @seconds)";
    const string TwiceLeaseEnd = "clock_timestamp() + make_interval(secs => 2 * @seconds)";
    const string Ids = "id = ANY(@rows)";

    public override string? ReadClock => "SELECT clock_timestamp()";

    public override string ShortenLockTimeout => "SET LOCAL lock_timeout = 50";

    public override string Probe => """
        INSERT INTO inbox (endpoint, message_id, received_at) VALUES ('health', '00000000-0000-0000-0000-000000000000', now())
        ON CONFLICT (message_id, endpoint) DO UPDATE SET received_at = excluded.received_at
        """;

    public override string InsertInbox => """
        INSERT INTO inbox (endpoint, message_id, received_at)
        SELECT @endpoint, id, now() FROM unnest(@rows) AS r(id)
        """;

    public override string InsertOutbox => $"""
        INSERT INTO outbox (id, destination, message_type, content_type, body, trace_parent, correlation_id, created_at, lease, next_attempt_at, attempts)
        SELECT r.*, now(), @lease, {LeaseEnd}, 0
        FROM unnest(@id, @destination, @messageType, @contentType, @body, @traceParent, @correlationId) AS r
        """;

    public override string DeleteOutbox => "DELETE FROM outbox WHERE " + Ids;

    // ARRAY, not IN: the plan is made for any limit, and a join would read the whole table for a page of rows. Ordered by both columns of
    // the index, although the first is NULL in every row: only then does the index deliver the order without a sort.
    public override string ClaimOutbox => $"""
        UPDATE outbox SET lease = @lease, next_attempt_at = {LeaseEnd}
        WHERE id = ANY(ARRAY(SELECT id FROM outbox WHERE parked_at IS NULL AND next_attempt_at <= now()
                             ORDER BY parked_at, next_attempt_at LIMIT @limit FOR UPDATE SKIP LOCKED))
        RETURNING id
        """;

    public override string DelayOutbox => $"""
        UPDATE outbox SET next_attempt_at = {LeaseEnd}, attempts = attempts + @counted, last_error = @error, parked_at = CASE WHEN @parked = 1 THEN now() END
        WHERE lease = @lease AND {Ids}
        """;

    public override string ClaimLeases => $"""
        INSERT INTO leases (id, version, until)
        SELECT r.id, r.version, {LeaseEnd} FROM unnest(@id, @version) AS r(id, version) ORDER BY r.id
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, until = excluded.until
        WHERE leases.version < excluded.version OR leases.until <= clock_timestamp() OR leases.until > {TwiceLeaseEnd}
        RETURNING id
        """;

    // By row address: one index finds a page of any table, and deleting needs no second look-up.
    public override string DeleteOld(string table, string time, string only) => $"""
        DELETE FROM {table}
        WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {time} >= @from AND {time} < @before AND ({only})
                               ORDER BY {time} LIMIT @limit FOR UPDATE SKIP LOCKED))
        RETURNING {time}
        """;

    public override object Keys<TKey>(IEnumerable<TKey> keys) => keys.ToArray();

    internal override IEnumerable<(string Name, object? Value)> Rows(params (string Name, Array Values)[] columns) =>
        columns.Select(column => (column.Name, (object?)column.Values));

    internal override void ResetConnections(string connection) => PostgreSqlSession.ForService(connection, settings).Clear();

    internal override Task Save(
        DbContext db, IReadOnlyList<object> added, IReadOnlyList<SqlStatement> before, IReadOnlyList<SqlStatement> after) =>
        PostgreSqlBulkWriter.Run(db, added, before.Select(Command), after.Select(Command));

    /// <summary>One round trip: if a statement fails, those after it, including the commit, do not run.</summary>
    internal override Task Commit(
        DbContext db, IReadOnlyList<object> added, IReadOnlyList<SqlStatement> before, IReadOnlyList<SqlStatement> after) =>
        PostgreSqlBulkWriter.Run(db, added, before.Select(Command), after.Append(new SqlStatement("COMMIT")).Select(Command));

    static NpgsqlBatchCommand Command(SqlStatement statement)
    {
        var command = new NpgsqlBatchCommand(statement.Text);
        foreach (var (name, value) in statement.Parameters)
            command.Parameters.Add(new NpgsqlParameter(name, value));
        return command;
    }
}
