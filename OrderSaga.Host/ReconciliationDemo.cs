using System.Text.Json.Nodes;
using OrderSaga.Ledgers;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using Spectre.Console;

namespace OrderSaga.Host;

/// <summary>
/// The command <c>demo-reconciliation</c>: places orders in a temporary shop, corrupts a few of them directly in the databases, and shows
/// how reconciliation finds them and repairs what is safe.
/// </summary>
static class ReconciliationDemo
{
    const string Command = "demo-reconciliation";

    /// <summary>Runs the command if the arguments name it and returns true.</summary>
    public static async Task<bool> TryRun(string[] args)
    {
        if (args is not [Command, ..])
            return false;
        var data = Directory.CreateTempSubdirectory("ordersaga-demo-").FullName;
        var builder = EmbeddedHost.Create(
            ["--urls=http://127.0.0.1:0", $"--Data={data}", "--Reconciliation:WindowSeconds=0", "--Reconciliation:NightlySchedule=",
             "--Reconciliation:RollingIntervalMinutes=0", "--Serilog:MinimumLevel:Default=Error", .. args[1..]], welcome: false);
        var key = ApiKeys.Create(data, "reconciliation-demo", "demo", Roles.Orders, Roles.Catalogue, Roles.Stock, Roles.Operator);
        await using var app = AllServices.Build(builder);
        app.UseServiceDefaults();
        await app.StartAsync(CancellationToken.None);
        using var shop = new DemoShop(app.Urls.First(), key, data);
        await RunDemo(shop, data);
        await app.StopAsync(CancellationToken.None);
        return true;
    }

    static async Task RunDemo(DemoShop shop, string data)
    {
        AnsiConsole.MarkupLine("[bold]1. Place orders[/]: twelve orders over the public API, in a temporary shop.");
        await shop.Open();
        var good = await shop.Orders("tok_ok", 9);
        var declined = await shop.Orders("tok_declined", 3);

        AnsiConsole.MarkupLine("[bold]2. Corrupt five of them[/], as a bug, a restored backup or a manual change would:");
        foreach (var (what, corrupt) in shop.Corruptions(good, declined))
        {
            await corrupt();
            AnsiConsole.MarkupLineInterpolated($"   - {what}");
        }

        AnsiConsole.MarkupLine("[bold]3. Dry run[/], the nightly default: finds all five and changes nothing.");
        Show(await shop.Reconcile(dryRun: true));
        AnsiConsole.MarkupLine("[bold]4. Run with repair[/]:");
        var run = await shop.Reconcile(dryRun: false);
        Show(run);
        AnsiConsole.MarkupLine("[bold]5. Run again[/]: nothing new. What only an operator can decide is an open case.");
        Show(await shop.Reconcile(dryRun: false));

        var report = Path.Combine(data, "report.html");
        await File.WriteAllTextAsync(report, await shop.Report(run));
        AnsiConsole.MarkupLineInterpolated($"HTML report of the run with repair: [bold]{report}[/]");
    }

    static void Show(JsonNode report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("finding", "order", "at stake", "outcome");
        foreach (var finding in report["classes"]!.AsArray().SelectMany(one => one!["findings"]!.AsArray()))
            table.AddRow(
                $"{finding!["class"]}", (string?)finding["orderId"] is { } order ? "..." + order[^12..] : $"{finding["subject"]}",
                Amounts.Money((long)finding["amount"]!, (string?)finding["currency"]),
                Outcome(finding));
        if (table.Rows.Count > 0)
            AnsiConsole.Write(table);
        var run = report["run"]!;
        AnsiConsole.MarkupLineInterpolated($"   [bold]{(string)report["verdict"]!}[/] ({run["counts"]!["orders"]} orders in {run["seconds"]} s)");
        AnsiConsole.WriteLine();
    }

    static string Outcome(JsonNode finding) => (string)finding["outcome"]! switch
    {
        "Repaired" => $"[green]repaired with {finding["remedy"]}[/]",
        "CaseOpened" => "[red]case opened for an operator[/]",
        "CaseKnown" => "[grey]already an open case[/]",
        "WouldRepair" => $"[yellow]would repair with {finding["remedy"]}[/]",
        "WouldOpenCase" => "[yellow]would open a case[/]",
        var other => other,
    };
}
