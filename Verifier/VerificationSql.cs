using OrderSaga.Platform.Database;

namespace OrderSaga.Verifier;

/// <summary>SQL of the verification for tables outside the ledgers.</summary>
static class VerificationSql
{
    public const string Expected = "SELECT CAST(COUNT(*) AS bigint) FROM orders";

    /// <summary>Stored answers whose order is missing: both are written in one transaction.</summary>
    public const string KeysWithoutOrder =
        "SELECT k.order_id FROM idempotency_keys k LEFT JOIN orders o ON o.id = k.order_id WHERE o.id IS NULL ORDER BY k.order_id";

    public const string References = "SELECT DISTINCT reference FROM gateway_operations";

    public const string FailedMessages =
        "SELECT endpoint, message_type, cause, correlation_id FROM failed_messages WHERE replayed_at IS NULL ORDER BY failed_at";

    public const string Outbox =
        "SELECT message_type, created_at, parked_at FROM outbox WHERE parked_at IS NOT NULL OR created_at <= @before ORDER BY created_at";

    /// <summary>Polls of waiting payments share a rate limit, so that many of them may be due for a while.</summary>
    public const string OverdueAttempts = """
        SELECT order_id, operation, state, next_attempt_at FROM payment_attempts
        WHERE next_attempt_at <= CASE WHEN state IN ('Pending', 'Declined') THEN @pollsBefore ELSE @before END
        ORDER BY next_attempt_at
        """;

    public const string OverdueRuns = "SELECT id, state, lease_until FROM reconciliation_runs WHERE active IS NOT NULL AND lease_until <= @before";

    /// <summary>Long overdue at an endpoint without any attempt in progress: a slow endpoint is not stuck.</summary>
    public const string OverdueDeliveries = """
        SELECT d.id, d.type, d.next_attempt_at FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        WHERE d.next_attempt_at <= @before AND e.state IN ('Active', 'Failing') AND NOT EXISTS (
            SELECT 1 FROM webhook_deliveries o WHERE o.endpoint_id = d.endpoint_id AND (o.next_attempt_at > @before OR o.last_attempt_at > @before))
        ORDER BY d.next_attempt_at
        """;

    public const string Seals = "SELECT number, first_id, last_id, marks, sealed_at, previous, hash FROM audit_seals ORDER BY number";

    public const string SwitchVersions = "SELECT number, name, killed, rules FROM switch_versions WHERE number > @last ORDER BY number";

    public const string AuditRows = "SELECT id, at, subject, subject_id, from_state, to_state, cause, detail, actor FROM audit ORDER BY id";

    public static string Placements(DatabaseMode mode) => $"""
        SELECT o.id, o.idempotency_key, o.next_retry_at, o.pay_before, k.id, k.merchant, k.idempotency_key,
            o.switch_version, o.customer, o.order_class
        FROM orders o LEFT JOIN idempotency_keys k ON k.order_id = o.id WHERE o.id{mode.InIds()}
        """;

    public static string Audit(DatabaseMode mode) =>
        "SELECT subject_id, subject, from_state, to_state, cause, at, "
        + "CASE WHEN subject = 'order' AND (from_state = '' OR detail LIKE 'taken over%') THEN detail END "
        + $"FROM audit WHERE subject_id{mode.InTexts()} ORDER BY subject_id, id";

    /// <summary>Orders with a placement in the audit.</summary>
    public static string Audited(DateTime? since) =>
        "SELECT subject_id FROM audit WHERE subject = 'order' AND from_state = ''" + (since is null ? "" : " AND at >= @since");

    public static string Known(DatabaseMode mode) => $"SELECT id FROM orders WHERE id{mode.InIds()}";

    public static string Answers(DatabaseMode mode) =>
        $"SELECT id, order_id, answer_status, answer FROM idempotency_keys WHERE id{mode.InTexts()}";

    public static string Repaired(DatabaseMode mode) => $"SELECT order_id FROM repairs WHERE order_id{mode.InIds()}";

    public static string OpenCases(DatabaseMode mode) => $"SELECT order_id FROM cases WHERE status <> 'Resolved' AND order_id{mode.InIds()}";

    public static string Gateway(DatabaseMode mode) =>
        $"SELECT operation, status, authorization_id, amount, currency, reference, at FROM gateway_operations WHERE reference{mode.InTexts()}";

    /// <summary>Level and audit change together, so one statement sees them agree.</summary>
    public static string Receipts(DatabaseMode mode) => $"""
        SELECT s.sku, s.received, a.from_state, a.to_state FROM stock s LEFT JOIN audit a ON a.subject = 'stock'
        AND a.subject_id = s.sku{(mode == DatabaseMode.SqlServer ? " COLLATE DATABASE_DEFAULT" : "")} ORDER BY s.sku, a.id
        """;
}
