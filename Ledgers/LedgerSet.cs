using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>The four ledgers of an installation.</summary>
public sealed record LedgerSet(OrdersLedger Orders, StockLedger Stock, PaymentsLedger Payments, SettlementLedger Settlement)
{
    /// <summary>From replicas where configured. The settlement is the reconciler's own ledger and has none.</summary>
    public static LedgerSet Of(IConfiguration configuration, LedgerSettings settings) => Read(configuration, settings, configuration.GetReadOnlyDatabase);

    /// <summary>From the primaries.</summary>
    public static LedgerSet OfPrimaries(IConfiguration configuration, LedgerSettings settings) =>
        Read(configuration, settings, configuration.GetPrimaryDatabase);

    static LedgerSet Read(IConfiguration configuration, LedgerSettings settings, Func<string, ReadOnlyDatabase> database) => new(
        new OrdersLedger(database("orders"), settings),
        new StockLedger(database("inventory"), settings),
        new PaymentsLedger(database("payments"), settings),
        new SettlementLedger(configuration.GetPrimaryDatabase("reconciler"), settings));
}

/// <summary>The four ledgers on their primaries, to look up single orders: for code that acts on what it reads.</summary>
public sealed record PrimaryLedgers(LedgerSet Ledgers, FourWayMerge Merge);

public sealed class OrdersLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<OrderEntry>(database, settings)
{
    protected override string Columns => "id, merchant, state, version, currency, total, lines, payment_tried, flow, lane, created_at, updated_at";
    protected override string From => "orders";
    protected override string Id => "id";
    protected override string Main => "orders";
    protected override string Changed => "SELECT id FROM orders WHERE updated_at >= @since";

    public override Guid IdOf(OrderEntry entry) => entry.Id;

    protected override OrderEntry Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetInt64(5), new LineList(row.GetString(6)),
        row.GetBoolean(7), row.GetString(8), row.GetString(9), row.GetUtc(10), row.GetUtc(11));
}

public sealed class StockLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<StockEntry>(database, settings)
{
    protected override string Columns => "order_id, state, lines, lane, updated_at";
    protected override string From => "stock_branches";
    protected override string Id => "order_id";
    protected override string Main => "stock_branches";
    protected override string Changed => "SELECT order_id FROM stock_branches WHERE updated_at >= @since";

    public override Guid IdOf(StockEntry entry) => entry.OrderId;

    protected override StockEntry Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), new LineList(row.GetString(2)), row.GetString(3), row.GetUtc(4));
}

/// <summary>Branches with their attempts in one statement, so that both are from the same moment.</summary>
public sealed class PaymentsLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<PaymentEntry>(database, settings)
{
    protected override string Columns =>
        "b.order_id, b.state, b.amount, b.currency, b.authorization_id, b.capture_id, b.captured_amount, b.lane, b.updated_at, "
        + "a.operation, a.state, a.gateway_id, a.created_at, a.updated_at, a.gateway, a.route, b.gateway";

    protected override string From => "payment_branches b LEFT JOIN payment_attempts a ON a.order_id = b.order_id";
    protected override string Id => "b.order_id";
    protected override string Main => "payment_branches b";

    protected override string Changed =>
        "SELECT order_id FROM payment_branches WHERE updated_at >= @since UNION SELECT order_id FROM payment_attempts WHERE updated_at >= @since";

    public override Guid IdOf(PaymentEntry entry) => entry.OrderId;

    protected override PaymentEntry Read(DbDataReader row)
    {
        var entry = new PaymentEntry(
            row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetText(4), row.GetText(5),
            row.IsDBNull(6) ? null : row.GetInt64(6), new List<AttemptEntry>(2), row.GetString(7), row.GetUtc(8), row.GetString(16));
        if (!row.IsDBNull(9))
            Extend(entry, row);
        return entry;
    }

    protected override void Extend(PaymentEntry entry, DbDataReader row) => ((List<AttemptEntry>)entry.Attempts).Add(
        new AttemptEntry(
            row.GetString(9), row.GetString(10), row.GetText(11), row.GetUtc(12), row.GetUtc(13), row.GetString(14), row.GetInt32(15)));

    public static string MovedStatement(DatabaseMode mode) => $"""
        SELECT day, currency, CAST(COUNT(*) AS bigint),
               CAST(SUM(CASE operation WHEN '{GatewayOperations.Capture}' THEN amount ELSE 0 END) AS bigint),
               CAST(SUM(CASE operation WHEN '{GatewayOperations.Refund}' THEN amount ELSE 0 END) AS bigint)
        FROM (
            SELECT {DayOf(mode, "a.created_at")} AS asked, {DayOf(mode, "a.updated_at")} AS day, b.currency, a.operation,
                   COALESCE(b.captured_amount, b.amount) AS amount
            FROM payment_attempts a JOIN payment_branches b ON b.order_id = a.order_id
            WHERE a.state = '{AttemptStates.Succeeded}' AND a.operation IN ('{GatewayOperations.Capture}', '{GatewayOperations.Refund}')
              AND a.gateway = '{PaymentEntry.MainGateway}' AND a.updated_at >= @since AND a.updated_at < @before
        ) moved
        WHERE asked = day
        GROUP BY day, currency ORDER BY day, currency
        """;

    /// <summary>
    /// Money captured and refunded at the gateway main by UTC day, from the first day to the last. An operation requested on one day and answered on the next
    /// may be in either day's file, and is left out.
    /// </summary>
    public async Task<ILookup<DateOnly, MoneyMoved>> Moved(DateOnly first, DateOnly last, CancellationToken cancel = default)
    {
        var moved = await Rows(
            MovedStatement(Database.Mode), OfDay, cancel, ("since", Midnight(first)), ("before", Midnight(last.AddDays(1)))).ToListAsync(cancel);
        return moved.ToLookup(one => one.Day, one => one.Money);
    }

    static (DateOnly Day, MoneyMoved Money) OfDay(DbDataReader row) => (
        DateOnly.ParseExact(row.GetString(0), "yyyy-MM-dd", CultureInfo.InvariantCulture),
        new MoneyMoved(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)));

    static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    static string DayOf(DatabaseMode mode, string time) => mode switch
    {
        DatabaseMode.Sqlite => $"substr({time}, 1, 10)",
        DatabaseMode.PostgreSql => $"to_char({time} AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        _ => $"CONVERT(varchar(10), {time}, 23)",
    };
}

/// <summary>Money of one currency that moved on a day: number of operations, and minor units.</summary>
public sealed record MoneyMoved(string Currency, long Count, long Captured, long Refunded);
