namespace OrderSaga.Platform.Database;

/// <summary>PostgreSQL 12+, READ COMMITTED: rows are locked in key order, claims skip what others hold.</summary>
sealed class PostgreSqlDialect : Dialect
{
    // By the clock, not by the transaction's start: a lease must not be used up before the commit.
    const string Later = "clock_timestamp() + make_interval(secs => @seconds)";
    const string Ids = "id = ANY(ARRAY(SELECT value::uuid FROM json_array_elements_text(@rows::json)))";

    public override string InsertInbox => """
        INSERT INTO inbox (endpoint, message_id, received_at)
        SELECT @endpoint, value::uuid, now() FROM json_array_elements_text(@rows::json) ORDER BY value
        ON CONFLICT DO NOTHING RETURNING message_id
        """;

    public override string InsertOutbox => $"""
        INSERT INTO outbox (id, destination, message_type, content_type, body, trace_parent, correlation_id, created_at, lease, next_attempt_at, attempts)
        SELECT id, destination, "messageType", "contentType", body, "traceParent", "correlationId", now(), @lease, {Later}, 0
        FROM json_to_recordset(@rows::json) AS r(id uuid, destination text, "messageType" text, "contentType" text,
            body text, "traceParent" text, "correlationId" uuid)
        """;

    public override string DeleteOutbox => "DELETE FROM outbox WHERE lease = @lease AND " + Ids;

    public override string ClaimOutbox => $"""
        UPDATE outbox SET lease = @lease, next_attempt_at = {Later}
        WHERE id IN (SELECT id FROM outbox WHERE parked_at IS NULL AND next_attempt_at <= now()
                     ORDER BY next_attempt_at LIMIT @limit FOR UPDATE SKIP LOCKED)
        RETURNING id
        """;

    public override string DelayOutbox => $"""
        UPDATE outbox SET next_attempt_at = {Later}, attempts = attempts + @counted, last_error = @error, parked_at = CASE WHEN @parked = 1 THEN now() END
        WHERE lease = @lease AND {Ids}
        """;

    public override string LockRows(string table, string key, bool keyIsGuid) =>
        $"SELECT * FROM {table} WHERE {key} = ANY(ARRAY(SELECT value{(keyIsGuid ? "::uuid" : "")} FROM json_array_elements_text(@rows::json))) "
        + $"ORDER BY {key} FOR UPDATE";
}
