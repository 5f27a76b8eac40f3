using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FaultRuns.Conditions;

namespace FaultRuns.Faults;

/// <summary>
/// The reconciler reads the orders from a replica that has stopped replaying, and is asked for a full run with repairs. Newer orders, which
/// customers may still pay, are missing there; nothing may happen to them.
/// </summary>
public sealed class StaleReader : IFault
{
    const string Service = "Reconciler.Job";
    const int Before = 8;
    const int Runs = 2;

    public string Name => "stale-reader";

    /// <summary>The copy is made on the database's server, which must be available.</summary>
    public IReadOnlyList<string> Breaks => [Service, FaultRun.Database];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await using var copy = await StaleCopy.Of(run, "orders");
        await run.System.Of(Service).Kill();
        run.System.Of(Service).Start(("ConnectionStrings:orders-reader", copy.Connection), ("Reconciliation:RepairEnabled", "true"));
        await run.Back(Service);
        // Longer than the in-flight window, so that newer orders look like orphans.
        await Delay.For(Before, cancel);
        for (var i = 0; i < Runs; i++)
        {
            await AskForRun(run);
            await Delay.For(chance.Next(Before / 2, Before), cancel);
        }

        await run.System.Of(Service).Kill();
        await run.Back(Service);
        run.Did(Name);
    }

    /// <summary>The reconciler may refuse: a run on a reading that is known to be stale is useless.</summary>
    static async Task AskForRun(FaultRun run)
    {
        using var http = new HttpClient { BaseAddress = run.System.Url(Service), Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", run.System.ApiKey);
        using var answer = await http.PostAsJsonAsync("reconciliation/runs", new { kind = "full", dryRun = false });
        var body = await answer.Content.ReadFromJsonAsync<JsonNode>();
        run.Say($"a full run with a stale replica: {(int)answer.StatusCode} {body?["title"] ?? body?["id"]}");
    }
}
