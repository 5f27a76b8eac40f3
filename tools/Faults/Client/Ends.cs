namespace FaultRuns.Client;

/// <summary>Records when orders become final, by its own clock: it repeatedly queries those that are not.</summary>
public sealed class Ends(FaultRun run, Customers customers)
{
    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(400);

    readonly ConcurrentDictionary<Guid, DateTime> ended = new();

    public DateTime? Of(Guid order) => ended.TryGetValue(order, out var at) ? at : null;

    public IEnumerable<Placed> Open => customers.Orders.Where(order => !ended.ContainsKey(order.Id));

    public async Task Watch(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(PollInterval);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Poll(cancel);
                await timer.WaitForNextTickAsync(cancel);
            }
            catch (Exception unavailable) when (unavailable is NpgsqlException or OperationCanceledException or IOException or TimeoutException)
            {
                // The database is one of the things that become unavailable.
            }
        }
    }

    async Task Poll(CancellationToken cancel)
    {
        // An order acknowledged after the query began may be missing in its result.
        var known = Open.Select(order => order.Id).ToList();
        var open = new HashSet<Guid>();
        await using var connection = new NpgsqlConnection(run.System.Connection("orders"));
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand("SELECT id FROM orders WHERE state NOT IN ('Completed', 'Cancelled', 'NeedsReview')", connection);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            open.Add(rows.GetGuid(0));
        var now = run.Now;
        foreach (var order in known.Where(order => !open.Contains(order)))
            ended.TryAdd(order, now);
    }
}
