using Discrepancies;
using Microsoft.Extensions.Configuration;
using Migrations;
using OrderSaga.Platform.Database;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>An installation whose ledgers the generator has filled.</summary>
sealed class MadeBooks : IAsyncDisposable
{
    /// <summary>Noon: one day has passed and the next is in progress.</summary>
    public static readonly DateTime Now = new(2030, 5, 15, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>Changes of the last five minutes are in flight.</summary>
    public static readonly MergeWindow All = new(Now.AddMinutes(-5));

    public static readonly FeeSchedule Fees = new(140, 25);

    readonly Installation installation;

    MadeBooks(Installation installation, IReadOnlyList<SpoiledOrder> spoiled, LedgerSettings settings)
    {
        (this.installation, Spoiled, Settings) = (installation, spoiled, settings);
        Ledgers = Ledgers.Of(Configuration(installation), settings);
        Merge = new FourWayMerge(Ledgers, settings);
    }

    public IReadOnlyList<SpoiledOrder> Spoiled { get; }
    public LedgerSettings Settings { get; }
    public Ledgers Ledgers { get; }
    public FourWayMerge Merge { get; }

    public static async Task<MadeBooks> Make(Mode mode, Plan plan, LedgerSettings? settings = null)
    {
        var fresh = await mode.Fresh([.. Schema.Databases]);
        await Schema.Apply(Configuration(fresh));
        var spoiled = await new Generator(Configuration(fresh).GetDatabaseMode(), fresh.Connection).Write(plan);
        return new MadeBooks(fresh, spoiled, settings ?? new LedgerSettings());
    }

    /// <summary>The same ledgers, read with other limits.</summary>
    public Ledgers LedgersWith(LedgerSettings bounds, out LedgerSettings same) => Ledgers.Of(Configuration(installation), same = bounds);

    public async Task<List<Story>> Stories(MergeWindow window, Guid? after = null)
    {
        var stories = new List<Story>();
        await foreach (var story in Merge.Read(window, after))
            stories.Add(story);
        return stories;
    }

    public async Task<List<Finding>> Findings(MergeWindow window)
    {
        var terms = new RuleTerms(Fees, new SettlementDays(await Ledgers.Settlement.DeliveredDays()));
        return [.. (await Stories(window)).SelectMany(story => Rules.Check(story, terms))];
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
