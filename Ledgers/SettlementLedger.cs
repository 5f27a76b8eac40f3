using System.Data.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>The settlement rows with an order; the others are read by <see cref="Unmatched"/>.</summary>
public sealed class SettlementLedger(ReadOnlyDatabase database, LedgerSettings settings) : Ledger<SettledOrder>(database, settings)
{
    protected override string Columns =>
        "r.order_id, r.id, r.operation, r.authorization_id, r.reference, r.amount, r.fee, r.currency, r.at, r.day";

    protected override string From => "settlement_rows r JOIN settlement_files f ON f.day = r.day";
    protected override string Id => "r.order_id";
    protected override string Main => "settlement_rows r";

    /// <summary>
    /// Orders of files that arrived, and of files that were replaced or voided, which may have named other orders. Selects the days first,
    /// then their rows: a join might read the rows of all days.
    /// </summary>
    protected override string Changed => $"""
        SELECT order_id FROM settlement_rows WHERE order_id IS NOT NULL AND day {ImportedDays}
        UNION
        SELECT old.order_id FROM settlement_rows_superseded old JOIN settlement_files_superseded ended ON ended.id = old.file_id
        WHERE old.order_id IS NOT NULL AND ended.ended_at >= @since
        """;

    string ImportedDays => Database.Mode == DatabaseMode.PostgreSql ? $"= ANY(ARRAY({ImportedFilter}))" : $"IN ({ImportedFilter})";

    const string ImportedFilter = "SELECT f.day FROM settlement_files f WHERE f.imported_at >= @since";

    public override Guid IdOf(SettledOrder entry) => entry.OrderId;

    protected override SettledOrder Read(DbDataReader row)
    {
        var entry = new SettledOrder(row.GetGuid(0), new List<SettlementRow>(1));
        Extend(entry, row);
        return entry;
    }

    /// <summary>Sorted by time, independent of the query plan, so that two reads of an order are equal.</summary>
    protected override void Extend(SettledOrder entry, DbDataReader row)
    {
        var (rows, read) = ((List<SettlementRow>)entry.Rows, Row(row));
        rows.Insert(rows.FindLastIndex(other => (other.At, other.Id).CompareTo((read.At, read.Id)) < 0) + 1, read);
    }

    static SettlementRow Row(DbDataReader row) => new(
        row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.GetString(7), row.GetUtc(8),
        row.GetFieldValue<DateOnly>(9));

    public string UnmatchedStatement(DateTime? since) =>
        $"SELECT {Columns} FROM {From} WHERE {Id} IS NULL AND r.operation IN ({SettlementKinds.Sql(SettlementKinds.OfOrders)})"
        + $"{(since is null ? "" : " AND f.imported_at >= @since")} ORDER BY r.id";

    public const string AcceptedStatement = "SELECT order_id, subject FROM accepted_differences WHERE revoked_at IS NULL";

    /// <summary>Sums of the rows of all other kinds, by kind and currency.</summary>
    public static string OtherKindsStatement(IEnumerable<string> kinds) => $"""
        SELECT operation, currency, CAST(COUNT(*) AS bigint), CAST(SUM(amount) AS bigint), CAST(SUM(fee) AS bigint)
        FROM settlement_rows WHERE operation NOT IN ({SettlementKinds.Sql(kinds)}) GROUP BY operation, currency ORDER BY operation, currency
        """;

    /// <summary>The subjects of accepted differences: orders, settlement rows and skus.</summary>
    public async Task<IReadOnlySet<string>> Accepted(CancellationToken cancel = default) =>
        await Rows(AcceptedStatement, row => row.IsDBNull(0) ? row.GetText(1) ?? "" : row.GetGuid(0).ToString(), cancel)
            .ToHashSetAsync(StringComparer.Ordinal, cancel);

    public async Task<IReadOnlyList<KindSum>> OtherKinds(IEnumerable<string> kinds, CancellationToken cancel = default) =>
        await Rows(OtherKindsStatement(kinds), SumOfKind, cancel).ToListAsync(cancel);

    static KindSum SumOfKind(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));

    /// <summary>
    /// Rows whose reference is not an order id. With <paramref name="since"/>, only those of files that arrived then or later.
    /// </summary>
    public IAsyncEnumerable<SettlementRow> Unmatched(DateTime? since, CancellationToken cancel = default) =>
        Rows(UnmatchedStatement(since), Row, cancel, since is { } time ? [("since", time)] : []);

    /// <summary>Days with an imported file.</summary>
    public async Task<IReadOnlySet<DateOnly>> DeliveredDays(CancellationToken cancel = default) =>
        await Rows("SELECT day FROM settlement_files", row => row.GetFieldValue<DateOnly>(0), cancel).ToHashSetAsync(cancellationToken: cancel);
}

/// <summary>All settlement rows of one order.</summary>
public sealed record SettledOrder(Guid OrderId, IReadOnlyList<SettlementRow> Rows);
