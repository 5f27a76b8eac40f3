namespace OrderSaga.Bench;

/// <summary>Statements of one step of one order, one per kind of row.</summary>
static class OneByOneSql
{
    public const string InsertOrder = """
        INSERT INTO orders (id, merchant, idempotency_key, state, currency, total, lines, payment_method, payment_token, pay_before, payment_tried,
            stock_released, payment_released, next_retry_at, retry_count, created_at, updated_at, version)
        VALUES ($1, 'bench', $2, 'Reserving', 'EUR', $3, $4, 'card', 'tok_ok', now() + interval '15 minutes', false,
            false, false, now() + interval '30 seconds', 0, now(), now(), 1)
        """;

    public const string InsertKey = """
        INSERT INTO idempotency_keys (id, merchant, idempotency_key, request_hash, order_id, answer_status, answer, created_at)
        VALUES ($1, 'bench', $2, $3, $4, 202, $5, now())
        """;

    public const string MoveOrder = """
        UPDATE orders SET state = $3, payment_tried = true, next_retry_at = now() + interval '30 seconds', updated_at = now(), version = version + 1
        WHERE id = $1 AND state = $2
        """;

    public const string EndOrder = """
        UPDATE orders SET state = 'Completed', next_retry_at = NULL, updated_at = now(), version = version + 1
        WHERE id = $1 AND state = 'ConfirmingStock'
        """;

    public const string InsertAudit = """
        INSERT INTO audit (at, subject, subject_id, from_state, to_state, cause, detail) VALUES (now(), $1, $2, $3, $4, $5, $6)
        """;

    public const string InsertInbox = "INSERT INTO inbox (endpoint, message_id, received_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING";

    public const string InsertOutbox = """
        INSERT INTO outbox (id, destination, message_type, content_type, body, correlation_id, created_at, lease, next_attempt_at, attempts)
        VALUES ($1, $2, $3, 'application/vnd.masstransit+json', $4, $5, now(), $1, now() + interval '10 seconds', 0)
        """;

    public const string DeleteOutbox = "DELETE FROM outbox WHERE id = ANY($1)";

    public const string Hold = "UPDATE stock SET available = available - 1, held = held + 1 WHERE sku = $1 AND available >= 1";

    public const string Sell = "UPDATE stock SET held = held - 1, sold = sold + 1 WHERE sku = $1 AND held >= 1";

    public const string InsertStockBranch = """
        INSERT INTO stock_branches (order_id, state, answer, lines, created_at, updated_at)
        VALUES ($1, 'Tried', '{"message":"StockReserved","reason":null,"lines":null}', $2, now(), now())
        """;

    public const string ConfirmStockBranch = "UPDATE stock_branches SET state = 'Confirmed', updated_at = now() WHERE order_id = $1 AND state = 'Tried'";

    public const string InsertPaymentBranch = """
        INSERT INTO payment_branches (order_id, state, amount, currency, method, token, pay_before, cancel_requested, version, created_at, updated_at)
        VALUES ($1, 'Trying', $2, 'EUR', 'card', 'tok_ok', now() + interval '15 minutes', false, 1, now(), now())
        """;

    public const string Authorized = """
        UPDATE payment_branches SET state = 'Tried', token = NULL, authorization_id = $2, answer = $3, version = version + 1, updated_at = now()
        WHERE order_id = $1 AND state = 'Trying'
        """;

    public const string BeginCapture = """
        UPDATE payment_branches SET state = 'Confirming', version = version + 1, updated_at = now() WHERE order_id = $1 AND state = 'Tried'
        """;

    public const string Captured = """
        UPDATE payment_branches SET state = 'Confirmed', capture_id = $2, answer = $3, version = version + 1, updated_at = now()
        WHERE order_id = $1 AND state = 'Confirming'
        """;

    public const string InsertAttempt = """
        INSERT INTO payment_attempts (idempotency_key, order_id, operation, state, lease, next_attempt_at, attempts, created_at, updated_at)
        VALUES ($1, $2, $3, 'Sent', $2, now() + interval '30 seconds', 1, now(), now())
        """;

    public const string SettleAttempt = """
        UPDATE payment_attempts SET state = 'Succeeded', gateway_id = $2, next_attempt_at = NULL, updated_at = now()
        WHERE idempotency_key = $1 AND state = 'Sent'
        """;
}
