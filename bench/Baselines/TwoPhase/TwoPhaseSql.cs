namespace OrderSaga.Bench;

/// <summary>
/// Rows of a whole order written at once in all three databases: no messages, so no inbox, no outbox and no intermediate states.
/// </summary>
static class TwoPhaseSql
{
    public const string Log = "CREATE TABLE coordinator_log (id text PRIMARY KEY, decided_at timestamptz NOT NULL)";

    /// <summary>
    /// Makes the decision to commit $1 durable before any participant learns it; deletes decisions that all have executed.
    /// </summary>
    public const string Decide = """
        WITH over AS (DELETE FROM coordinator_log WHERE id = ANY($2)) INSERT INTO coordinator_log (id, decided_at) VALUES ($1, now())
        """;

    public const string InsertOrder = """
        INSERT INTO orders (id, merchant, idempotency_key, state, currency, total, lines, payment_method, payment_token, pay_before, payment_tried,
            stock_released, payment_released, retry_count, created_at, updated_at, version)
        VALUES ($1, 'bench', $2, 'Completed', 'EUR', $3, $4, 'card', 'tok_ok', now() + interval '15 minutes', true, false, false, 0, now(), now(), 1)
        """;

    public const string Sell = "UPDATE stock SET available = available - 1, sold = sold + 1 WHERE sku = $1 AND available >= 1";

    public const string InsertStockBranch = """
        INSERT INTO stock_branches (order_id, state, lines, created_at, updated_at) VALUES ($1, 'Confirmed', $2, now(), now())
        """;

    public const string InsertPaymentBranch = """
        INSERT INTO payment_branches
            (order_id, state, amount, currency, method, authorization_id, capture_id, cancel_requested, version, created_at, updated_at)
        VALUES ($1, 'Confirmed', $2, 'EUR', 'card', $3, $3, false, 1, now(), now())
        """;

    public const string InsertAttempt = """
        INSERT INTO payment_attempts (idempotency_key, order_id, operation, state, gateway_id, lease, attempts, created_at, updated_at)
        VALUES ($1, $2, 'capture', 'Succeeded', $3, $2, 1, now(), now())
        """;

    public const string Prepared = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid";
}
