using OrderSaga.Contracts;

namespace FaultRuns.Faults;

/// <summary>For a while, messages are lost, copied, delayed and reordered on their way to the queues.</summary>
public sealed class Mangle(string name, Mangling how) : IFault
{
    const int MinSeconds = 20;
    const int MaxSeconds = 40;

    static readonly string[] Queued = [Queues.Orders, Queues.Inventory, Queues.Payments];
    static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    Mangled all = new();
    long known;

    public string Name => name;

    public IReadOnlyList<string> Breaks => [FaultRun.Broker];

    /// <summary>1 % of messages are lost, each of the others arrives three times, and few arrive in order.</summary>
    public static IEnumerable<IFault> All { get; } =
    [
        new Mangle("mangle", new Mangling(Drop: 0.01, Copies: 3, Short)),
        new Mangle("drop", new Mangling(Drop: 0.05, Copies: 1, TimeSpan.Zero)),
        new Mangle("shuffle", new Mangling(Drop: 0, Copies: 2, Short * 5)),
    ];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        var before = await run.Retry("the inboxes are counted", () => Handled(run), cancel);
        await using var mangler = await Mangler.Start(run.System.Broker, Queued, how, chance.Next());
        await Delay.For(chance.Next(MinSeconds, MaxSeconds), cancel);
        await mangler.End();
        run.Did(Name);
        var after = await run.Retry("the inboxes are counted", () => Handled(run), cancel);
        Add(mangler.Count, mangler.Count.Delivered - (after - before));
        run.Say($"{Name}, in all: {all.Taken + all.Dropped} messages, {all.Dropped} lost, {all.Delivered - all.Taken} copies, "
            + $"{all.Overtaken} overtaken; {known} deliveries were known already");
    }

    void Add(Mangled more, long duplicates)
    {
        all = new Mangled(all.Dropped + more.Dropped, all.Taken + more.Taken, all.Delivered + more.Delivered, all.Overtaken + more.Overtaken);
        known += duplicates;
    }

    /// <summary>The number of messages in the inboxes of all services.</summary>
    static async Task<long> Handled(FaultRun run)
    {
        var rows = 0L;
        foreach (var database in new[] { "orders", "inventory", "payments" })
        {
            await using var connection = new NpgsqlConnection(run.System.Connection(database));
            await connection.OpenAsync();
            await using var count = new NpgsqlCommand("SELECT count(*) FROM inbox", connection);
            rows += (long)(await count.ExecuteScalarAsync())!;
        }

        return rows;
    }
}
