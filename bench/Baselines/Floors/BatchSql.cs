namespace OrderSaga.Bench;

/// <summary>Statements of one step of many orders: one per kind of row, whatever their number.</summary>
static class BatchSql
{
    public const string InsertOrders = """
        INSERT INTO orders (id, merchant, idempotency_key, state, currency, total, lines, payment_method, payment_token, pay_before, payment_tried,
            stock_released, payment_released, next_retry_at, retry_count, created_at, updated_at, version)
        SELECT id, 'bench', key, 'Reserving', 'EUR', total, lines, 'card', 'tok_ok', now() + interval '15 minutes', false,
            false, false, now() + interval '30 seconds', 0, now(), now(), 1
        FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) AS r(id, key, total, lines)
        """;

    public const string InsertKeys = """
        INSERT INTO idempotency_keys (id, merchant, idempotency_key, request_hash, order_id, answer_status, answer, created_at)
        SELECT hash, 'bench', key, hash, id, 202, answer, now() FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[]) AS r(hash, key, id, answer)
        """;

    public const string MoveOrders = """
        UPDATE orders SET state = $3, payment_tried = true, next_retry_at = now() + interval '30 seconds', updated_at = now(), version = version + 1
        WHERE id = ANY($1) AND state = $2
        """;

    public const string EndOrders = """
        UPDATE orders SET state = 'Completed', next_retry_at = NULL, updated_at = now(), version = version + 1
        WHERE id = ANY($1) AND state = 'ConfirmingStock'
        """;

    public const string InsertAudit = """
        INSERT INTO audit (at, subject, subject_id, from_state, to_state, cause, detail)
        SELECT now(), $1, id, $2, $3, $4, detail FROM unnest($5::text[], $6::text[]) AS r(id, detail)
        """;

    public const string InsertInbox = """
        INSERT INTO inbox (endpoint, message_id, received_at) SELECT $1, id, now() FROM unnest($2::uuid[]) AS r(id) ON CONFLICT DO NOTHING
        """;

    public const string InsertOutbox = """
        INSERT INTO outbox (id, destination, message_type, content_type, body, correlation_id, created_at, lease, next_attempt_at, attempts)
        SELECT id, $1, $2, 'application/vnd.masstransit+json', body, order_id, now(), $3, now() + interval '10 seconds', 0
        FROM unnest($4::uuid[], $5::text[], $6::uuid[]) AS r(id, body, order_id)
        """;

    public const string DeleteOutbox = "DELETE FROM outbox WHERE id = ANY($1)";

    /// <summary>Locks the skus in key order first: a joining UPDATE would lock them in any order.</summary>
    public const string Hold = Locked + " UPDATE stock SET available = available - pieces, held = held + pieces FROM taken WHERE stock.sku = taken.sku";

    public const string Sell = Locked + " UPDATE stock SET held = held - pieces, sold = sold + pieces FROM taken WHERE stock.sku = taken.sku";

    const string Locked = """
        WITH locked AS MATERIALIZED (SELECT sku FROM stock WHERE sku = ANY($1) ORDER BY sku FOR UPDATE),
             taken AS (SELECT sku, pieces FROM locked JOIN unnest($1::text[], $2::bigint[]) AS r(sku, pieces) USING (sku))
        """;

    public const string InsertStockBranches = """
        INSERT INTO stock_branches (order_id, state, answer, lines, created_at, updated_at)
        SELECT id, 'Tried', '{"message":"StockReserved","reason":null,"lines":null}', lines, now(), now() FROM unnest($1::uuid[], $2::text[]) AS r(id, lines)
        """;

    public const string ConfirmStockBranches = "UPDATE stock_branches SET state = 'Confirmed', updated_at = now() WHERE order_id = ANY($1) AND state = 'Tried'";

    public const string InsertPaymentBranches = """
        INSERT INTO payment_branches (order_id, state, amount, currency, method, token, pay_before, cancel_requested, version, created_at, updated_at)
        SELECT id, 'Trying', amount, 'EUR', 'card', 'tok_ok', now() + interval '15 minutes', false, 1, now(), now()
        FROM unnest($1::uuid[], $2::bigint[]) AS r(id, amount)
        """;

    public const string Authorized = """
        UPDATE payment_branches SET state = 'Tried', token = NULL, authorization_id = r.gateway_id, answer = r.answer, version = version + 1, updated_at = now()
        FROM unnest($1::uuid[], $2::text[], $3::text[]) AS r(id, gateway_id, answer) WHERE order_id = r.id AND state = 'Trying'
        """;

    public const string BeginCapture = """
        UPDATE payment_branches SET state = 'Confirming', version = version + 1, updated_at = now() WHERE order_id = ANY($1) AND state = 'Tried'
        """;

    public const string Captured = """
        UPDATE payment_branches SET state = 'Confirmed', capture_id = r.gateway_id, answer = r.answer, version = version + 1, updated_at = now()
        FROM unnest($1::uuid[], $2::text[], $3::text[]) AS r(id, gateway_id, answer) WHERE order_id = r.id AND state = 'Confirming'
        """;

    public const string InsertAttempts = """
        INSERT INTO payment_attempts (idempotency_key, order_id, operation, state, lease, next_attempt_at, attempts, created_at, updated_at)
        SELECT key, id, $1, 'Sent', id, now() + interval '30 seconds', 1, now(), now() FROM unnest($2::text[], $3::uuid[]) AS r(key, id)
        """;

    public const string SettleAttempts = """
        UPDATE payment_attempts SET state = 'Succeeded', gateway_id = r.gateway_id, next_attempt_at = NULL, updated_at = now()
        FROM unnest($1::text[], $2::text[]) AS r(key, gateway_id) WHERE idempotency_key = r.key AND state = 'Sent'
        """;
}
