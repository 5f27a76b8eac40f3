using FaultRuns.Client;
using FaultRuns.Faults;
using FaultRuns.Servers;

namespace FaultRuns;

/// <summary>One complete run: servers, system, faults, report.</summary>
public static class Command
{
    /// <summary>The deadline for customers who leave the page: no round must wait for long.</summary>
    public const int SecondsToPay = 20;

    /// <summary>The class of orders with this short deadline.</summary>
    public const string ShortToPay = "flash";

    static readonly Setup Setup = new()
    {
        Settings = new Dictionary<string, string?>
        {
            [$"Orders:TimeToPay:Classes:{ShortToPay}"] = SecondsToPay.ToString(CultureInfo.InvariantCulture),
            // So that recovery checks waiting orders while the clock of the deciding process is wrong.
            ["Orders:PendingRetryDelaySeconds"] = "8",
            ["Webhooks:AllowHttp"] = "true",
            ["Webhooks:PrivateHosts:0"] = "127.0.0.1",
            // Reconciliation checks corrupted orders when they are corrupted.
            ["Reconciliation:NightlySchedule"] = "",
            ["Reconciliation:RollingIntervalMinutes"] = "0",
            ["Reconciliation:WindowSeconds"] = "5",
            ["Reconciliation:LeaseSeconds"] = "3",
            ["Reconciliation:PageSize"] = "1",
        },
    };

    /// <summary>0: no violation. 1: violations. 2: the options are invalid.</summary>
    public static async Task<int> Run(IReadOnlyList<string> args, TextWriter output, CancellationToken cancel)
    {
        try
        {
            var options = Options.Parse(args);
            var deck = Catalogue.Deck(options.Faults);
            if (!options.List)
                OwnServers.MustBeInstalled();
            if (!options.List)
                return (await Run(options, deck, output, cancel)).Violations.Count == 0 ? 0 : 1;
            await output.WriteLineAsync(string.Join('\n', Catalogue.Names));
            return 0;
        }
        catch (ArgumentException wrong)
        {
            await output.WriteLineAsync(wrong.Message);
            return 2;
        }
    }

    static async Task<Report> Run(Options options, IReadOnlyList<IFault> deck, TextWriter output, CancellationToken cancel)
    {
        var directory = Directory.CreateDirectory(options.Out);
        await output.WriteLineAsync($"scripts/faults {options}");
        await using var servers = await OwnServers.Start();
        await using var system = await Running.Start(Mode.Servers, Setup);
        using var shop = new Shop(system, system.ApiKey);
        await using var receiver = await HookReceiver.Start();
        using var registered = await shop.Tell(receiver.Url);
        using var log = new ClientLog(Path.Combine(directory.FullName, "client.jsonl"));
        var run = new FaultRun(system, shop, servers, output);
        var report = await Run(run, options, deck, log, cancel);
        await report.Write(Path.Combine(directory.FullName, "report.json"));
        if (report.Violations.Count > 0)
            foreach (var file in Directory.GetFiles(system.Directory, "*.log"))
                File.Copy(file, Path.Combine(directory.FullName, Path.GetFileName(file)), overwrite: true);
        await output.WriteLineAsync(report.ToString());
        return report;
    }

    static async Task<Report> Run(FaultRun run, Options options, IReadOnlyList<IFault> deck, ClientLog log, CancellationToken cancel)
    {
        var customers = new Customers(run, log, await StockLevels.Fill(run.Shop), options.Seed);
        var ends = new Ends(run, customers);
        var corruption = new DataCorruption(run, customers, ends);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = ends.Watch(over.Token);
        var rounds = new Rounds(run, options, customers, ends, corruption, new FaultDeck(deck, options.Seed));
        await rounds.All(cancel);
        await over.CancelAsync();
        await watching;
        return await Report.Of(run, options, customers, ends, corruption, rounds.Heals);
    }
}
