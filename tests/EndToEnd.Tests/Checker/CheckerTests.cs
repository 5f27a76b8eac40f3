using OrderSaga.Ledgers;
using OrderSaga.Verifier;

namespace EndToEnd.Tests;

/// <summary>Tests the checker itself: consistent ledgers pass, and each planted violation is reported under its name.</summary>
public sealed class CheckerTests(SmallShop shop) : IClassFixture<SmallShop>
{
    const string Operation = "INSERT INTO gateway_operations (id, operation, status, authorization_id, amount, currency, reference, idempotency_key,"
        + " request_hash, at, answer_status, answer) SELECT id || 'x', ";

    const string OfOperation = ", idempotency_key || 'x', request_hash, at, answer_status, answer FROM gateway_operations WHERE operation = ";
    const string OfDone = " AND reference = $done";

    const string Message = "INSERT INTO outbox (id, destination, message_type, content_type, body, created_at, lease, next_attempt_at, attempts, parked_at)"
        + " VALUES ('01', 'queue:orders', 'OrderCompleted', 'json', '', ";

    const string Failed = "INSERT INTO failed_messages (id, endpoint, input_address, message_type, content_type, body, headers, cause, detail, failed_at)"
        + " VALUES ('01', 'payments', '', 'ConfirmPayment', 'json', x'00', '', ";

    const string Delivery = "INSERT INTO webhook_endpoints (id, merchant, url, secret, state, from_event, created_at, updated_at, version)"
        + " VALUES ('0199F0A0-7C1E-7000-8000-000000000001', 'demo', 'https://shop.example', '', 'Active', 0, '2026-01-01', '2026-01-01', 1);"
        + " INSERT INTO webhook_deliveries (id, endpoint_id, order_id, event_id, type, body, state, attempts, next_attempt_at, lease, created_at)"
        + " VALUES ('0199F0A0-7C1E-7000-8000-000000000002', '0199F0A0-7C1E-7000-8000-000000000001', @done, 1, 'order.completed', '', 'Pending', 1,"
        + " '2026-01-01', '0199F0A0-7C1E-7000-8000-000000000003', '2026-01-01')";

    const string Run = "INSERT INTO reconciliation_runs (id, kind, requested_by, dry_run, day, until, state, active, created_at, lease_until, orders,"
        + " orders_expected, found, known, repaired, cases, resumed) VALUES ('0199F0A0-7C1E-7000-8000-000000000001', 'Full', 'me', 1, '2026-01-01',"
        + " '2026-01-01', 'Merging', 1, '2026-01-01', '2026-01-01', 0, 0, 0, 0, 0, 0, 0)";

    const string Version = "INSERT INTO switch_versions (number, name, killed, rules, by_key, reason, at) VALUES (1, 'lane', 0, ";

    const string Case = "INSERT INTO cases (id, open_key, class, severity, order_id, rule_text, evidence, remedy, amount, reason, opened_by_run, status,"
        + " alert_attempts, opened_at, updated_at) VALUES ('0199F0A0-7C1E-7000-8000-000000000001', 'k', 'needs-review', 'Warning', @off, '', '', 'Case', 0, '',"
        + " '0199F0A0-7C1E-7000-8000-000000000001', 'Open', 0, '2026-01-01', '2026-01-01')";

    /// <summary>An order that entered review through the state machine and never left it.</summary>
    static readonly string[] Review =
    [
        "orders: DELETE FROM audit_seals",
        "orders: UPDATE orders SET state = 'NeedsReview', review_from = 'Cancelling' WHERE id = @off",
        "orders: UPDATE audit SET to_state = 'NeedsReview', cause = 'CheckRequested' WHERE subject_id = $off AND to_state = 'Cancelled'",
    ];

    /// <summary>In review since before its deadline, which has passed; its stock is still held.</summary>
    static readonly string[] Unpaid =
    [
        .. Review,
        "orders: UPDATE orders SET pay_before = '2026-01-01' WHERE id = @off",
        "inventory: UPDATE stock_branches SET state = 'Tried' WHERE order_id = @off",
        "inventory: DELETE FROM audit_seals",
        "inventory: UPDATE audit SET to_state = 'Tried' WHERE subject_id = $off AND to_state = 'Cancelled'",
        "inventory: UPDATE stock SET available = available - 1, held = held + 1 WHERE sku = @sku",
    ];

    public static TheoryData<string, string[]> Planted() => new()
    {
        { "I1", ["inventory: UPDATE stock SET available = available - 1, held = held + 1 WHERE sku = @sku"] },
        { "I1", ["inventory: UPDATE stock SET available = -1, sold = received + 1 WHERE sku = @sku"] },
        { "I2", ["inventory: UPDATE stock SET received = received + 1 WHERE sku = @sku"] },
        { "I2", ["inventory: DELETE FROM receipts WHERE sku = @sku"] },
        { "I3", ["orders: DELETE FROM orders WHERE id = @off"] },
        { "I3", ["orders: DELETE FROM orders WHERE id = @off", "orders: DELETE FROM idempotency_keys WHERE order_id = @off"] },
        { "I4", ["orders: UPDATE orders SET idempotency_key = (SELECT idempotency_key FROM orders WHERE id = @done) WHERE id = @off"] },
        { "I4", ["orders: DELETE FROM idempotency_keys WHERE order_id = @off"] },
        { "I5", ["sandbox: " + Operation + "operation, status, 'auth_x', amount, currency, reference" + OfOperation + "'capture'" + OfDone] },
        { "I5", ["sandbox: " + Operation + "operation, status, authorization_id || 'x', amount, currency, $off" + OfOperation + "'capture'" + OfDone] },
        { "I5", ["sandbox: " + Operation + "'refund', status, authorization_id, amount, currency, reference" + OfOperation + "'capture'" + OfDone] },
        { "I5", ["sandbox: " + Operation + "operation, status, authorization_id || 'x', amount, currency, 'unknown'" + OfOperation + "'capture'" + OfDone] },
        { "I6", ["inventory: UPDATE stock_branches SET state = 'Cancelled' WHERE order_id = @done"] },
        { "I6", ["payments: UPDATE payment_branches SET state = 'Tried' WHERE order_id = @off"] },
        { "I7", ["sandbox: " + Operation + "operation, 'pending', 'auth_x', amount, currency, reference" + OfOperation + "'authorize'" + OfDone] },
        { "I7", ["payments: UPDATE payment_attempts SET state = 'Unknown', next_attempt_at = '2099-01-01' WHERE order_id = @done"] },
        { "I7", ["inventory: UPDATE stock_branches SET state = 'Tried' WHERE order_id = @off"] },
        { "I8", Review }, { "I8", ["orders: UPDATE orders SET state = 'ConfirmingStock' WHERE id = @done"] },
        { "I8", [.. Review, "reconciler: " + Case, "reconciler: UPDATE cases SET status = 'Resolved', open_key = NULL"] },
        { "I9", ["orders: DELETE FROM audit WHERE subject_id = $done AND from_state = ''"] },
        { "I9", ["inventory: DELETE FROM audit WHERE subject = 'stock branch' AND subject_id = $done"] },
        { "I9", ["orders: DELETE FROM audit WHERE subject_id = $done AND to_state = 'ConfirmingStock'"] },
        { "I9", ["payments: DELETE FROM audit WHERE subject = 'payment capture' AND to_state = 'Succeeded'"] },
        { "I9", ["inventory: DELETE FROM audit WHERE subject = 'stock' AND subject_id = @sku"] },
        { "I10", ["orders: UPDATE audit SET to_state = 'Completed' WHERE subject_id = $done AND to_state = 'ConfirmingPayment'"] },
        { "I10", ["orders: UPDATE audit SET cause = 'StockConfirmed' WHERE subject_id = $done AND cause = 'PaymentConfirmed'"] },
        { "I11", ["orders: " + Message + "'2026-01-01', '02', '2099-01-01', 0, NULL)"] },
        { "I11", ["reconciler: " + Message + "'2026-01-01', '02', '2099-01-01', 9, '2026-01-01')"] },
        { "I11", ["payments: " + Failed + "'BranchViolationException', '', '2026-01-01')"] },
        { "I11", ["payments: UPDATE payment_attempts SET state = 'Sent', next_attempt_at = '2026-01-01' WHERE order_id = @done"] },
        { "I11", ["orders: " + Delivery] }, { "I11", ["reconciler: " + Run] },
        { "I17", ["sandbox: UPDATE gateway_operations SET at = '2099-01-01' WHERE operation = 'capture' AND reference = $done"] },
        { "I17", ["sandbox: UPDATE gateway_operations SET at = '2099-01-01' WHERE operation = 'authorize' AND reference = $done"] },
        { "I17", ["payments: UPDATE payment_attempts SET created_at = '2099-01-01' WHERE operation = 'capture' AND order_id = @done"] },
        { "I18", ["payments: " + Failed + "'PostgresException: 25006: cannot execute INSERT in a read-only transaction', '', '2026-01-01')"] },
        { "I18", ["orders: " + Failed + "'Problem: The request is not valid.', '', '2026-01-01')"] },
        { "I19", ["payments: DELETE FROM audit WHERE id = 2"] }, { "I19", ["inventory: DELETE FROM audit_seals WHERE number = 1"] },
    };

    public static TheoryData<string, string[]> PlantedDecisions => new()
    {
        { "I13", ["orders: UPDATE orders SET flow = 'both-at-once' WHERE id = @done"] }, { "I13", ["orders: UPDATE orders SET lane = 'vip' WHERE id = @off"] },
        { "I13", ["orders: UPDATE orders SET switch_version = 99 WHERE id = @done"] },
        { "I13", ["orders: UPDATE audit SET to_state = 'Trying' WHERE subject_id = $off AND from_state = ''"] },
        { "I13", ["orders: " + Version + "'[{\"value\":\"vip\"}]', 'kim', 'x', '2026-01-01')",
            "orders: UPDATE orders SET switch_version = 1 WHERE id = @off"] },
        { "I14", ["inventory: UPDATE stock_branches SET lane = 'vip' WHERE order_id = @done"] },
        { "I14", ["payments: UPDATE payment_branches SET lane = 'grey' WHERE order_id = @off"] },
    };

    [Fact]
    public async Task Consistent_ledgers_pass_every_invariant() => (await Find(await shop.Corrupt())).ShouldBeEmpty();

    [Fact]
    public async Task An_erased_order_passes_every_invariant() => (await Find(await shop.Corrupt(
        "orders: UPDATE orders SET idempotency_key = ' erased ' || $off, reason = NULL, payment_url = NULL WHERE id = @off",
        "orders: UPDATE idempotency_keys SET idempotency_key = ' erased ' || $off WHERE order_id = @off"))).ShouldBeEmpty();

    [Theory, MemberData(nameof(Planted)), MemberData(nameof(PlantedDecisions))]
    public async Task A_planted_violation_is_detected(string invariant, string[] plant) =>
        (await Find(await shop.Corrupt(plant))).ShouldContain(finding => finding.StartsWith(invariant + " ", StringComparison.Ordinal));

    [Fact]
    public async Task An_unpaid_order_in_review_that_holds_stock_is_detected() =>
        (await Find(await shop.Corrupt([.. Unpaid, "reconciler: " + Case]))).ShouldContain(finding => finding.StartsWith("I17 ", StringComparison.Ordinal));

    /// <summary>A case is open: operators know.</summary>
    [Fact]
    public async Task An_order_in_review_with_an_open_case_is_no_violation() =>
        (await Find(await shop.Corrupt([.. Review, "reconciler: " + Case]))).ShouldBeEmpty();

    /// <summary>Recent changes are in flight: only the invariants that hold at every moment apply to them.</summary>
    [Theory]
    [InlineData(3600, false)]
    [InlineData(0, true)]
    public async Task An_order_is_checked_against_its_outcome_once_settled(int settle, bool found)
    {
        var books = await shop.Corrupt("orders: UPDATE orders SET state = 'ConfirmingStock', next_retry_at = NULL WHERE id = @done",
            "orders: UPDATE audit SET to_state = 'ConfirmingStock' WHERE subject_id = $done AND to_state = 'Completed'");
        var findings = await SmallShop.Verify(books, options: new VerifyOptions(SettleSeconds: settle));
        findings.Any(finding => finding.StartsWith("I8 ", StringComparison.Ordinal)).ShouldBe(found, string.Join('\n', findings));
        Directory.Delete(books, true);
    }

    [Fact]
    public async Task A_stored_response_that_differs_from_the_sent_is_detected()
    {
        var seen = await shop.Answer();
        (await Find(await shop.Corrupt(), seen)).ShouldBeEmpty();
        (await Find(await shop.Corrupt("orders: UPDATE idempotency_keys SET answer = answer || x'20' WHERE order_id = @done"), seen))
            .ShouldHaveSingleItem().ShouldStartWith("I12 ");
        (await Find(await shop.Corrupt(), seen with { OrderId = shop.Off })).ShouldHaveSingleItem().ShouldStartWith("I12 ");
        (await Find(await shop.Corrupt(), seen with { Key = "another" })).ShouldHaveSingleItem().ShouldStartWith("I3 ");
    }

    async Task<IReadOnlyList<string>> Find(string books, ClientAnswer? seen = null)
    {
        var found = await SmallShop.Verify(books, [seen ?? new ClientAnswer(shop.Off, null, null, 202, null, null)]);
        Directory.Delete(books, true);
        return found;
    }
}
