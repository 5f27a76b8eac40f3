using System.Globalization;
using Migrations;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace Installed;

public sealed record OrderRow(Guid Id, string Merchant, string IdempotencyKey, string State, string Currency, long Total, string Lines);
public sealed record KeyRow(Guid OrderId, string Merchant, string IdempotencyKey);
public sealed record LevelRow(string Sku, long Received, long Available, long Held, long Sold);
public sealed record ReceiptRow(string Sku, long Quantity);
public sealed record StockBranchRow(Guid OrderId, string State, string Lines);
public sealed record PaymentBranchRow(Guid OrderId, string State, long Amount, string Currency);
public sealed record AttemptRow(Guid OrderId, string Operation, string State);
public sealed record GatewayRow(string Operation, string Status, string AuthorizationId, long Amount, string Currency, string Reference);
public sealed record AuditEntry(long Id, string Subject, string SubjectId, string FromState, string ToState);
public sealed record QueuedRow(string Database, string What);

/// <summary>The books of all owners as they are, read by a third party that cannot write.</summary>
public sealed record Books
{
    public required IReadOnlyList<OrderRow> Orders { get; init; }
    public required IReadOnlyList<KeyRow> Keys { get; init; }
    public required IReadOnlyList<LevelRow> Levels { get; init; }
    public required IReadOnlyList<ReceiptRow> Receipts { get; init; }
    public required IReadOnlyList<StockBranchRow> StockBranches { get; init; }
    public required IReadOnlyList<PaymentBranchRow> PaymentBranches { get; init; }
    public required IReadOnlyList<AttemptRow> Attempts { get; init; }

    /// <summary>The gateway's own ledger.</summary>
    public required IReadOnlyList<GatewayRow> Gateway { get; init; }

    public required IReadOnlyList<AuditEntry> Audit { get; init; }

    /// <summary>What waits in an outbox or lies among the failed messages.</summary>
    public required IReadOnlyList<QueuedRow> Queued { get; init; }
}

/// <summary>Reads the books of one installation.</summary>
/// <param name="mode">The engine of its databases.</param>
/// <param name="connection">The connection string of a database.</param>
/// <param name="ledger">Reads the gateway's ledger; without it, the sandbox's is read.</param>
public sealed class BookReader(DatabaseMode mode, Func<string, string> connection, Func<Task<IReadOnlyList<GatewayRow>>>? ledger = null)
{
    static readonly string[] Services = ["orders", "inventory", "payments"];

    /// <param name="since">Only what began then or later, on PostgreSQL: a long history is none of this run's.</param>
    public async Task<Books> Read(DateTime? since = null) => new()
    {
        Orders = await Rows<OrderRow>("orders", """
            SELECT id AS "Id", merchant AS "Merchant", idempotency_key AS "IdempotencyKey", state AS "State", currency AS "Currency",
                   total AS "Total", lines AS "Lines" FROM orders
            """ + After(since)),
        Keys = await Rows<KeyRow>("orders", """
            SELECT order_id AS "OrderId", merchant AS "Merchant", idempotency_key AS "IdempotencyKey" FROM idempotency_keys
            """ + After(since)),
        Levels = await Rows<LevelRow>("inventory", """
            SELECT sku AS "Sku", received AS "Received", available AS "Available", held AS "Held", sold AS "Sold" FROM stock
            """),
        Receipts = await Rows<ReceiptRow>("inventory", """SELECT sku AS "Sku", quantity AS "Quantity" FROM receipts"""),
        StockBranches = await Rows<StockBranchRow>("inventory", """
            SELECT order_id AS "OrderId", state AS "State", lines AS "Lines" FROM stock_branches
            """ + After(since)),
        PaymentBranches = await Rows<PaymentBranchRow>("payments", """
            SELECT order_id AS "OrderId", state AS "State", amount AS "Amount", currency AS "Currency" FROM payment_branches
            """ + After(since)),
        Attempts = await Rows<AttemptRow>("payments", """
            SELECT order_id AS "OrderId", operation AS "Operation", state AS "State" FROM payment_attempts
            """ + After(since)),
        Gateway = await (ledger ?? SandboxLedger)(),
        Audit = await OfAll<AuditEntry>("""
            SELECT id AS "Id", subject AS "Subject", subject_id AS "SubjectId", from_state AS "FromState", to_state AS "ToState" FROM audit
            """ + After(since, "at")),
        Queued = await Queued(),
    };

    static string After(DateTime? since, string column = "created_at") =>
        since is { } time ? string.Create(CultureInfo.InvariantCulture, $" WHERE {column} >= '{time:O}'") : "";

    async Task<IReadOnlyList<GatewayRow>> SandboxLedger() => await Rows<GatewayRow>("sandbox", """
        SELECT operation AS "Operation", status AS "Status", authorization_id AS "AuthorizationId", amount AS "Amount",
               currency AS "Currency", reference AS "Reference" FROM gateway_operations
        """);

    /// <summary>Outbox rows and failed messages, of every service.</summary>
    public async Task<IReadOnlyList<QueuedRow>> Queued()
    {
        var all = new List<QueuedRow>();
        foreach (var database in Services)
        {
            var waiting = await Rows<Text>(database, """SELECT message_type AS "Value" FROM outbox""");
            var failed = await Rows<Text>(database, """SELECT cause AS "Value" FROM failed_messages""");
            all.AddRange(waiting.Select(row => new QueuedRow(database, "outbox: " + row.Value)));
            all.AddRange(failed.Select(row => new QueuedRow(database, "failed message: " + row.Value)));
        }

        return all;
    }

    /// <summary>How many orders have not ended, with operations at the gateway and messages that wait.</summary>
    public async Task<(int Orders, int Attempts, int Outbox)> Open()
    {
        var orders = await Rows<Text>("orders", """SELECT state AS "Value" FROM orders WHERE state NOT IN ('Completed', 'Cancelled', 'NeedsReview')""");
        var attempts = await Rows<Text>("payments", """SELECT state AS "Value" FROM payment_attempts WHERE state NOT IN ('Succeeded', 'Declined')""");
        return (orders.Count, attempts.Count, (await Queued()).Count(row => row.What.StartsWith("outbox", StringComparison.Ordinal)));
    }

    async Task<IReadOnlyList<T>> OfAll<T>(string sql)
    {
        var all = new List<T>();
        foreach (var database in Services)
            all.AddRange(await Rows<T>(database, sql));
        return all;
    }

    async Task<List<T>> Rows<T>(string database, string sql)
    {
        await using var db = Schema.Context(mode, database, ReadOnly(connection(database)));
        return await db.Database.SqlQueryRaw<T>(sql).ToListAsync();
    }

    string ReadOnly(string connectionString) => mode switch
    {
        DatabaseMode.Sqlite => connectionString + ";Mode=ReadOnly",
        DatabaseMode.PostgreSql => connectionString + ";Options=-c default_transaction_read_only=on",
        _ => connectionString + ";ApplicationIntent=ReadOnly",
    };

    sealed record Text(string Value);
}
