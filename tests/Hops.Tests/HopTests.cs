using System.Globalization;
using Repository;
using Shouldly;
using Xunit;

namespace Hops.Tests;

/// <summary>Which of the services' own files one hop of an order runs through. The core in Platform and the messages are not counted.</summary>
public sealed class HopTests
{
    const string Document = "docs/architecture.md";
    const string Header = "| hop | files | their names |\n|---|---|---|\n";
    const string Begin = "<!-- hops:begin -->\n", End = "<!-- hops:end -->";

    /// <summary>They run now and then, whatever the order does.</summary>
    static readonly string[] Background = ["Orders.Api/Webhooks/", "Payments.Worker/Gateway/AttemptSweeper.cs"];

    /// <summary>What a process runs at its start and at first uses: registration, settings, metrics, the model of its tables.</summary>
    static readonly string[] Wiring = ["Setup.cs", "Settings.cs", "Metrics.cs", "Db.cs"];

    /// <summary>APPROVE=1 writes the table. A listed file may stay out of a run: a background job may have run its code already.</summary>
    [Fact]
    public async Task Each_hop_runs_no_file_that_is_not_documented()
    {
        var hops = await Measure();
        var text = Repo.Read(Document);
        var start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
            await File.WriteAllTextAsync(Repo.Path(Document), $"{text[..start]}{Header}{string.Concat(hops.Select(hop => hop.Row))}{text[end..]}");
        else
            foreach (var hop in hops)
                hop.Files.Except(Listed(text[start..end], hop.Name)).ShouldBeEmpty($"{hop.Name}: run this test with APPROVE=1 and look at the difference");
    }

    static List<string> Listed(string table, string hop)
    {
        var cells = table.Split('\n').Single(row => row.StartsWith($"| {hop} |", StringComparison.Ordinal)).Split('|');
        var files = cells[3].Split(',').Select(name => name.Trim(' ', '`')).ToList();
        cells[2].Trim().ShouldBe(files.Count.ToString(CultureInfo.InvariantCulture), $"the count of {hop}");
        return files;
    }

    static async Task<List<Hop>> Measure()
    {
        using var runs = new FirstRuns(new SourceFiles(AppContext.BaseDirectory, Repo.Root));
        runs.Listen();
        await using var shop = await Shop.Open();
        await runs.Settle();

        // The order waits for its customer, so nothing is confirmed yet.
        await shop.Place("hosted");
        var placed = (await runs.Settle()).Where(file => !Background.Any(file.StartsWith)).ToList();
        await shop.RegisterWebhook();
        await runs.Settle();
        await shop.Place("hosted, with a webhook");
        await shop.ReceivedWebhook;
        var webhook = await runs.Settle();
        return
        [
            Hop.Of("`POST /orders`, 202, answer of the stock, next command", placed, "Orders.Api/", "Orders.Model/", "Orders.Sagas/"),
            Hop.Of("`TryReserveStock` to its answer", placed, "Inventory.Worker/"),
            Hop.Of("`TryAuthorizePayment`, call of the gateway, its answer committed", placed, "Payments.Worker/"),
            Hop.Of("event to the merchant's webhook", webhook, "Orders.Api/Webhooks/", "Orders.Model/Webhooks/"),
        ];
    }

    sealed record Hop(string Name, List<string> Files)
    {
        public static Hop Of(string name, IEnumerable<string> files, params string[] folders) =>
            new(name, [.. files.Where(file => folders.Any(file.StartsWith) && !Wiring.Any(file.EndsWith))]);

        public string Row => $"| {Name} | {Files.Count} | {string.Join(", ", Files.Select(file => $"`{file}`"))} |\n";
    }
}
