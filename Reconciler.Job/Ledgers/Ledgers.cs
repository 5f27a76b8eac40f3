using System.Data.Common;
using System.Runtime.CompilerServices;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>The four books of an installation.</summary>
sealed record Ledgers(OrdersLedger Orders, StockLedger Stock, PaymentsLedger Payments, SettlementLedger Settlement)
{
    /// <summary>From the replicas, where there are some; the settlement is the reconciler's own book and has none.</summary>
    public static Ledgers Of(IConfiguration configuration, LedgerSettings settings) => Read(configuration, settings, configuration.GetReadOnlyDatabase);

    /// <summary>From the databases that their owners write.</summary>
    public static Ledgers OfPrimaries(IConfiguration configuration, LedgerSettings settings) =>
        Read(configuration, settings, configuration.GetPrimaryDatabase);

    static Ledgers Read(IConfiguration configuration, LedgerSettings settings, Func<string, ReadOnlyDatabase> database) => new(
        new OrdersLedger(database("orders"), settings),
        new StockLedger(database("inventory"), settings),
        new PaymentsLedger(database("payments"), settings),
        new SettlementLedger(configuration.GetPrimaryDatabase("reconciler"), settings));
}

/// <summary>The four books as their owners write them, and their orders one by one: for whoever acts on what he reads.</summary>
sealed record PrimaryBooks(Ledgers Ledgers, FourWayMerge Merge);

sealed class OrdersLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<OrderEntry>(database, settings)
{
    protected override string Columns => "id, merchant, state, version, currency, total, lines, payment_tried, created_at, updated_at";
    protected override string From => "orders";
    protected override string Id => "id";
    protected override string Main => "orders";
    protected override string Changed => "SELECT id FROM orders WHERE updated_at >= @since";

    public override Guid IdOf(OrderEntry entry) => entry.Id;

    protected override OrderEntry Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetInt64(5), new LineList(row.GetString(6)),
        row.GetBoolean(7), row.GetUtc(8), row.GetUtc(9));
}

sealed class StockLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<StockEntry>(database, settings)
{
    protected override string Columns => "order_id, state, lines, updated_at";
    protected override string From => "stock_branches";
    protected override string Id => "order_id";
    protected override string Main => "stock_branches";
    protected override string Changed => "SELECT order_id FROM stock_branches WHERE updated_at >= @since";

    public override Guid IdOf(StockEntry entry) => entry.OrderId;

    protected override StockEntry Read(DbDataReader row) => new(row.GetGuid(0), row.GetString(1), new LineList(row.GetString(2)), row.GetUtc(3));
}

/// <summary>Branches with their attempts: one statement, so that both are of one moment.</summary>
sealed class PaymentsLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<PaymentEntry>(database, settings)
{
    protected override string Columns =>
        "b.order_id, b.state, b.amount, b.currency, b.authorization_id, b.capture_id, b.updated_at, "
        + "a.operation, a.state, a.gateway_id, a.created_at, a.updated_at";

    protected override string From => "payment_branches b LEFT JOIN payment_attempts a ON a.order_id = b.order_id";
    protected override string Id => "b.order_id";
    protected override string Main => "payment_branches b";

    protected override string Changed =>
        "SELECT order_id FROM payment_branches WHERE updated_at >= @since UNION SELECT order_id FROM payment_attempts WHERE updated_at >= @since";

    public override Guid IdOf(PaymentEntry entry) => entry.OrderId;

    protected override PaymentEntry Read(DbDataReader row)
    {
        var entry = new PaymentEntry(
            row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetText(4), row.GetText(5), new List<AttemptEntry>(2), row.GetUtc(6));
        if (!row.IsDBNull(7))
            Extend(entry, row);
        return entry;
    }

    protected override void Extend(PaymentEntry entry, DbDataReader row) => ((List<AttemptEntry>)entry.Attempts).Add(
        new AttemptEntry(row.GetString(7), row.GetString(8), row.GetText(9), row.GetUtc(10), row.GetUtc(11)));

    internal static string MovedStatement(DatabaseMode mode) => $"""
        SELECT day, currency, CAST(COUNT(*) AS bigint),
               CAST(SUM(CASE operation WHEN '{GatewayWords.Capture}' THEN amount ELSE 0 END) AS bigint),
               CAST(SUM(CASE operation WHEN '{GatewayWords.Refund}' THEN amount ELSE 0 END) AS bigint)
        FROM (
            SELECT {DayOf(mode, "a.created_at")} AS asked, {DayOf(mode, "a.updated_at")} AS day, b.currency, a.operation, b.amount
            FROM payment_attempts a JOIN payment_branches b ON b.order_id = a.order_id
            WHERE a.state = '{GatewayWords.Succeeded}' AND a.operation IN ('{GatewayWords.Capture}', '{GatewayWords.Refund}')
              AND a.updated_at >= @since AND a.updated_at < @before
        ) moved
        WHERE asked = day
        GROUP BY day, currency ORDER BY day, currency
        """;

    /// <summary>
    /// The money that was captured and given back, by UTC day, from the first day to the last. What was asked for on one day and answered on the next may
    /// stand in either's file, and is left out.
    /// </summary>
    public async Task<ILookup<DateOnly, MoneyMoved>> Moved(DateOnly first, DateOnly last, CancellationToken cancel = default)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = MovedStatement(Database.Mode);
        command.Add("since", Midnight(first));
        command.Add("before", Midnight(last.AddDays(1)));
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var moved = new List<(DateOnly Day, MoneyMoved Money)>();
        while (await rows.ReadAsync(cancel))
        {
            var money = new MoneyMoved(rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4));
            moved.Add((DateOnly.ParseExact(rows.GetString(0), "yyyy-MM-dd"), money));
        }

        return moved.ToLookup(one => one.Day, one => one.Money);
    }

    static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    static string DayOf(DatabaseMode mode, string time) => mode switch
    {
        DatabaseMode.Sqlite => $"substr({time}, 1, 10)",
        DatabaseMode.PostgreSql => $"to_char({time} AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        _ => $"CONVERT(varchar(10), {time}, 23)",
    };
}

/// <summary>The settlement rows that name an order; the others belong to no story.</summary>
sealed class SettlementLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<SettledOrder>(database, settings)
{
    protected override string Columns =>
        "r.order_id, r.id, r.operation, r.authorization_id, r.reference, r.amount, r.fee, r.currency, r.at, r.day";

    protected override string From => "settlement_rows r JOIN settlement_files f ON f.day = r.day";
    protected override string Id => "r.order_id";
    protected override string Main => "settlement_rows r";

    /// <summary>First the days, then their rows: a join may read the rows of all days.</summary>
    protected override string Changed => "SELECT DISTINCT order_id FROM settlement_rows WHERE order_id IS NOT NULL AND day "
        + (Database.Mode == DatabaseMode.PostgreSql ? $"= ANY(ARRAY({DaysThatCame}))" : $"IN ({DaysThatCame})");

    const string DaysThatCame = "SELECT f.day FROM settlement_files f WHERE f.imported_at >= @since";

    public override Guid IdOf(SettledOrder entry) => entry.OrderId;

    protected override SettledOrder Read(DbDataReader row)
    {
        var entry = new SettledOrder(row.GetGuid(0), new List<SettlementRow>(1));
        Extend(entry, row);
        return entry;
    }

    /// <summary>In the order of time, whichever way the database took to the rows: two looks at an order see the same.</summary>
    protected override void Extend(SettledOrder entry, DbDataReader row)
    {
        var (rows, read) = ((List<SettlementRow>)entry.Rows, Row(row));
        rows.Insert(rows.FindLastIndex(other => (other.At, other.Id).CompareTo((read.At, read.Id)) < 0) + 1, read);
    }

    static SettlementRow Row(DbDataReader row) => new(
        row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.GetString(7), row.GetUtc(8),
        row.GetFieldValue<DateOnly>(9));

    public string NamelessStatement(DateTime? since) =>
        $"SELECT {Columns} FROM {From} WHERE {Id} IS NULL{(since is null ? "" : " AND f.imported_at >= @since")} ORDER BY r.id";

    /// <summary>The rows whose reference is no order id: they belong to no story. With <paramref name="since"/>, those whose file came then or later.</summary>
    public async IAsyncEnumerable<SettlementRow> Nameless(DateTime? since, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = NamelessStatement(since);
        if (since is { } time)
            command.Add("since", time);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            yield return Row(rows);
    }

    /// <summary>The days whose file has been taken in.</summary>
    public async Task<IReadOnlySet<DateOnly>> DeliveredDays(CancellationToken cancel = default)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = "SELECT day FROM settlement_files";
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var days = new HashSet<DateOnly>();
        while (await rows.ReadAsync(cancel))
            days.Add(rows.GetFieldValue<DateOnly>(0));
        return days;
    }
}

/// <summary>The money of one currency that moved on a day: how often, and minor units.</summary>
sealed record MoneyMoved(string Currency, long Count, long Captured, long Refunded);

/// <summary>All that was settled for one order.</summary>
sealed record SettledOrder(Guid OrderId, IReadOnlyList<SettlementRow> Rows);
