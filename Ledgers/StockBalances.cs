using System.Data.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>
/// Adds up the pieces of each sku in the database with one statement: level and branches change in one transaction, so the statement always
/// sees them agree. (SQL Server needs READ_COMMITTED_SNAPSHOT for that.)
/// </summary>
public sealed class StockBalances(ReadOnlyDatabase inventory, LedgerSettings settings)
{
    /// <param name="since">Only branches created then or later; null: all.</param>
    /// <param name="cancel">Stops reading.</param>
    public IAsyncEnumerable<SkuBalance> Read(DateTime? since = null, CancellationToken cancel = default) =>
        inventory.Rows(settings, Statement(inventory.Mode, since), Row, cancel, since is { } time ? [("since", time)] : []);

    static SkuBalance Row(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7));

    public static string Statement(DatabaseMode mode, DateTime? since = null) => $"""
        SELECT sku, {Sum("received")}, {Sum("available")}, {Sum("held")}, {Sum("sold")}, {Sum("receipts")}, {Sum("held_by_orders")}, {Sum("sold_to_orders")}
        FROM (
            SELECT sku, received, available, held, sold, 0 AS receipts, 0 AS held_by_orders, 0 AS sold_to_orders FROM stock
            UNION ALL
            SELECT sku, 0, 0, 0, 0, quantity, 0, 0 FROM receipts
            UNION ALL
            SELECT {Lines(mode, "sku")}, 0, 0, 0, 0, 0,
                   CASE WHEN b.state = 'Tried' THEN {Lines(mode, "quantity")} ELSE 0 END,
                   CASE WHEN b.state = 'Confirmed' THEN {Lines(mode, "quantity")} ELSE 0 END
            FROM stock_branches b CROSS {Lines(mode)} WHERE b.state IN ('Tried', 'Confirmed'){(since is null ? "" : " AND b.created_at >= @since")}
        ) pieces
        GROUP BY sku ORDER BY sku
        """;

    static string Sum(string column) => $"CAST(SUM({column}) AS bigint)";

    static string Lines(DatabaseMode mode, string field) => mode == DatabaseMode.Sqlite ? $"l.value ->> '{field}'" : "l." + field;

    static string Lines(DatabaseMode mode) => mode switch
    {
        DatabaseMode.Sqlite => "JOIN json_each(b.lines) l",
        DatabaseMode.PostgreSql => "JOIN LATERAL json_to_recordset(b.lines::json) AS l(sku text, quantity bigint)",
        _ => "APPLY OPENJSON(b.lines) WITH (sku nvarchar(64) '$.sku', quantity bigint '$.quantity') l",
    };
}
