using FaultRuns.Conditions;

namespace FaultRuns.Experiments;

/// <summary>One run of an experiment: the system, the table that it prints, and the failures.</summary>
public sealed class Trial(FaultRun run, ExperimentOptions options, TextWriter output, CancellationToken cancel)
{
    const int Width = 18;
    static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(3);
    static readonly string[] Databases = ["orders", "inventory", "payments", "reconciler"];

    readonly List<string> broken = [];

    public FaultRun Run => run;
    public Shop Shop => run.Shop;
    public ExperimentOptions Options => options;
    public CancellationToken Cancel => cancel;

    public IReadOnlyList<string> Broken => broken;
    public bool Holds => broken.Count == 0;

    public void Row(params object?[] cells) => output.WriteLine(string.Join(' ', cells.Select(cell => Text(cell).PadRight(Width))));

    public void Require(bool holds, string what)
    {
        if (!holds)
            broken.Add(what);
    }

    /// <summary>Places card orders at the requested rate from now on.</summary>
    public SteadyLoad Load(string sku, string token = "tok_ok") => SteadyLoad.Start(this, options.Rate, () => NewDraft(sku, token));

    public static Draft NewDraft(string sku, string? token, string? orderClass = null) =>
        new($"trial-{Guid.CreateVersion7():N}", sku, 1, token, orderClass);

    /// <summary>Places orders for the length of each phase and waits for their final states.</summary>
    /// <returns>How long they took.</returns>
    public async Task<Spread> Measure(string sku)
    {
        var load = Load(sku);
        await Faults.Delay.For(options.Seconds, cancel);
        return await Spread(await load.Stop());
    }

    /// <summary>The time from the call that placed each order to its final state.</summary>
    public async Task<Spread> Spread(IReadOnlyList<PlacedOrder> orders)
    {
        await AllEnd(orders);
        var rows = await Read("orders", "SELECT id, updated_at FROM orders", row => (Id: row.GetGuid(0), At: row.GetDateTime(1)));
        var ends = rows.ToDictionary(row => row.Id, row => row.At);
        return FaultRuns.Spread.Of(orders.Select(order => Math.Max(0, (ends[order.Id] - order.At).TotalSeconds)));
    }

    public Task AllEnd(IReadOnlyCollection<PlacedOrder> orders, TimeSpan? within = null) => Eventually.Holds(
        "every order has ended", async () => (await Open(orders)).Count == 0, within ?? EndsWithin);

    /// <summary>The orders that are not final or do not exist.</summary>
    public async Task<IReadOnlyList<Guid>> Open(IReadOnlyCollection<PlacedOrder> orders)
    {
        const string Ended = "SELECT id FROM orders WHERE state IN ('Completed', 'Cancelled', 'NeedsReview')";
        var ended = await Read("orders", Ended, row => row.GetGuid(0));
        return [.. orders.Select(order => order.Id).Except(ended)];
    }

    public async Task<long> DeadLetters()
    {
        var rows = 0L;
        foreach (var database in Databases)
            rows += (await Read(database, "SELECT count(*) FROM failed_messages", row => row.GetInt64(0)))[0];
        return rows;
    }

    /// <summary>The payment URL of a hosted order, once it is known.</summary>
    public async Task<string> Page(Guid order) => (await Eventually.Becomes(
        $"{order} can be paid", () => run.Shop.Get(order), now => now.Payment.Url is not null)).Payment.Url!;

    /// <summary>Rows of one of the system's databases; retries while it is unreachable.</summary>
    public Task<List<T>> Read<T>(string database, string sql, Func<NpgsqlDataReader, T> row) =>
        run.Retry($"{database} answers", () => ReadOnce(database, sql, row), cancel);

    async Task<List<T>> ReadOnce<T>(string database, string sql, Func<NpgsqlDataReader, T> row)
    {
        await using var connection = new NpgsqlConnection(run.System.Connection(database));
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
            rows.Add(row(reader));
        return rows;
    }

    static string Text(object? cell) => cell switch
    {
        double seconds => seconds.ToString("0.000", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
