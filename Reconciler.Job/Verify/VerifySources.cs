using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>The books of one installation, each behind a connection that cannot write.</summary>
/// <param name="Merge">Orders, stock and payments by order.</param>
/// <param name="Balances">The pieces of each sku.</param>
/// <param name="Orders">Its keys, answers and audit.</param>
/// <param name="Inventory">Its audit.</param>
/// <param name="Payments">Its audit.</param>
/// <param name="Reconciler">Its cases and runs.</param>
/// <param name="Gateway">None: it is left out.</param>
/// <param name="Page">Orders that are looked at together: what bounds the memory.</param>
sealed record VerifySources(
    FourWayMerge Merge, StockBalances Balances, Owner Orders, Owner Inventory, Owner Payments, Owner Reconciler, IGatewayBook? Gateway, int Page)
{
    /// <summary>Those whose messages and audits are looked at.</summary>
    public IReadOnlyList<Owner> Owners => [Orders, Inventory, Payments, Reconciler];

    public static VerifySources Of(IConfiguration configuration, Func<IConfiguration, LedgerSettings, IGatewayBook?> gateway)
    {
        var settings = configuration.GetSection("Ledgers").Get<LedgerSettings>() ?? new LedgerSettings();
        settings.Check();
        if (configuration.GetDatabaseMode() == DatabaseMode.Sqlite && configuration.GetConnectionString("orders") is null)
            MustHave(Path.Combine(configuration.GetDataDirectory(), "orders.db"));
        var ledgers = Ledgers.Of(configuration, settings);
        Owner Of(string name) => new(name, configuration.GetReadOnlyDatabase(name), settings);
        return new VerifySources(
            new FourWayMerge(ledgers, settings), new StockBalances(ledgers.Stock.Database, settings), Of("orders"), Of("inventory"), Of("payments"),
            Of("reconciler"), gateway(configuration, settings), settings.LookUpOrders);
    }

    static void MustHave(string file)
    {
        if (!File.Exists(file))
            throw new InvalidOperationException($"There is no {file}: name the directory of an installation with --data DIR, or set Database:Mode and "
                + "the connection strings.");
    }
}
