using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Sealing;

namespace OrderSaga.Verifier;

/// <summary>Read-only access to the databases of one installation.</summary>
/// <param name="Merge">Orders, stock and payments by order.</param>
/// <param name="Balances">The pieces of each sku.</param>
/// <param name="Orders">The orders database: keys, answers and audit.</param>
/// <param name="Inventory">The inventory database: audit.</param>
/// <param name="Payments">The payments database: audit.</param>
/// <param name="Reconciler">The reconciler database: cases and runs.</param>
/// <param name="Gateway">Null: not read.</param>
/// <param name="Page">Orders checked together; bounds the memory.</param>
/// <param name="SealKeys">The keys of the audit's seals.</param>
sealed record VerifySources(
    FourWayMerge Merge, StockBalances Balances, ServiceDatabase Orders, ServiceDatabase Inventory, ServiceDatabase Payments,
        ServiceDatabase Reconciler, IGatewayLedger? Gateway, int Page, IReadOnlyList<byte[]?> SealKeys)
{
    /// <summary>The databases with messages and audits.</summary>
    public IReadOnlyList<ServiceDatabase> Owners => [Orders, Inventory, Payments, Reconciler];

    public static VerifySources Of(IConfiguration configuration, Func<IConfiguration, LedgerSettings, IGatewayLedger?> gateway)
    {
        var settings = configuration.GetSection("Ledgers").GetStrict<LedgerSettings>();
        settings.Check();
        if (configuration.GetDatabaseMode() == DatabaseMode.Sqlite && configuration.GetConnectionString("orders") is null)
            MustHave(Path.Combine(configuration.GetDataDirectory(), "orders.db"));
        var ledgers = LedgerSet.Of(configuration, settings);
        ServiceDatabase Of(string name) => new(name, configuration.GetReadOnlyDatabase(name), settings);
        return new VerifySources(
            new FourWayMerge(ledgers, settings), new StockBalances(ledgers.Stock.Database, settings), Of("orders"), Of("inventory"), Of("payments"),
            Of("reconciler"), gateway(configuration, settings), settings.LookupBatchSize, AuditSettings.From(configuration).Keys);
    }

    static void MustHave(string file)
    {
        if (!File.Exists(file))
            throw new InvalidOperationException($"{file} does not exist: set the data directory with --data DIR, or set Database:Mode and "
                + "the connection strings.");
    }
}
