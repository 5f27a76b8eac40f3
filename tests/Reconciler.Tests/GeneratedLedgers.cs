using Discrepancies;
using Microsoft.Extensions.Configuration;
using Migrations;
using OrderSaga.Platform.Database;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>An installation whose ledgers the generator has filled.</summary>
sealed class GeneratedLedgers : IAsyncDisposable
{
    /// <summary>Noon: one day has passed and the next is in progress.</summary>
    public static readonly DateTime Now = new(2030, 5, 15, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>Changes of the last five minutes are in flight.</summary>
    public static readonly MergeWindow All = new(Now.AddMinutes(-5));

    public static readonly FeeSchedule Fees = new(140, 25);

    readonly Installation installation;

    GeneratedLedgers(Installation installation, IReadOnlyList<CorruptedOrder> corrupted, LedgerSettings settings)
    {
        (this.installation, Corrupted, Settings) = (installation, corrupted, settings);
        Ledgers = LedgerSet.Of(Configuration(installation), settings);
        Merge = new FourWayMerge(Ledgers, settings);
    }

    public IReadOnlyList<CorruptedOrder> Corrupted { get; }
    public LedgerSettings Settings { get; }
    public LedgerSet Ledgers { get; }
    public FourWayMerge Merge { get; }

    public static async Task<GeneratedLedgers> Make(Mode mode, Plan plan, LedgerSettings? settings = null)
    {
        var fresh = await mode.Fresh([.. Schema.Databases]);
        await Schema.Apply(Configuration(fresh));
        var corrupted = await new Generator(Configuration(fresh).GetDatabaseMode(), fresh.Connection).Write(plan);
        return new GeneratedLedgers(fresh, corrupted, settings ?? new LedgerSettings());
    }

    /// <summary>The same ledgers, read with other limits.</summary>
    public LedgerSet LedgersWith(LedgerSettings bounds, out LedgerSettings same) => LedgerSet.Of(Configuration(installation), same = bounds);

    public async Task<List<OrderSnapshot>> ReadSnapshots(MergeWindow window, Guid? after = null)
    {
        var snapshots = new List<OrderSnapshot>();
        await foreach (var snapshot in Merge.Read(window, after))
            snapshots.Add(snapshot);
        return snapshots;
    }

    public async Task<List<Finding>> Findings(MergeWindow window)
    {
        var terms = new SettlementTerms(Fees, new SettlementDays(await Ledgers.Settlement.DeliveredDays()));
        return [.. (await ReadSnapshots(window)).SelectMany(snapshot => Rules.Check(snapshot, terms))];
    }

    /// <summary>Changes the ledgers without any service's knowledge.</summary>
    public async Task Run(string database, string sql)
    {
        await using var db = Schema.Context(Configuration(installation).GetDatabaseMode(), database, installation.Connection(database));
        await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(db.Database, sql);
    }

    static IConfiguration Configuration(Installation installation) =>
        new ConfigurationBuilder().AddInMemoryCollection(installation.Settings()).Build();

    public ValueTask DisposeAsync() => installation.DisposeAsync();
}
