using System.Text.Json.Nodes;
using OrderSaga.Platform.Http;
using Reconciler.Job;
using Spectre.Console;

namespace OrderSaga.Host;

/// <summary>
/// The command <c>demo-reconciliation</c>: a shop of its own in a temporary directory, some orders, a few of them spoiled behind the system's back;
/// then reconciliation finds them, mends what is safe, and proves it.
/// </summary>
static class ReconciliationDemo
{
    const string Command = "demo-reconciliation";

    /// <summary>True when the arguments were this command, which is then done.</summary>
    public static async Task<bool> Ran(string[] args)
    {
        if (args is not [Command, ..])
            return false;
        var data = Directory.CreateTempSubdirectory("ordersaga-demo-").FullName;
        var builder = Embedded.Create(
            ["--urls=http://127.0.0.1:0", $"--Data={data}", "--Reconciliation:WindowSeconds=0", "--Reconciliation:Nightly=",
             "--Reconciliation:RollingMinutes=0", "--Serilog:MinimumLevel:Default=Error", .. args[1..]], welcome: false);
        await using var app = Everything.Build(builder);
        app.UseHttpDefaults();
        await app.StartAsync();
        using var shop = new DemoShop(app.Urls.First(), await File.ReadAllTextAsync(Path.Combine(data, "api-key")), data);
        await Tell(shop, data);
        await app.StopAsync();
        return true;
    }

    static async Task Tell(DemoShop shop, string data)
    {
        AnsiConsole.MarkupLine("[bold]1. A morning's trade[/]: twelve orders over the ordinary API, in a shop of their own.");
        await shop.Open();
        var good = await shop.Orders("tok_ok", 9);
        var declined = await shop.Orders("tok_declined", 3);

        AnsiConsole.MarkupLine("[bold]2. Five are spoiled[/], each in one ledger only, as a bug, a restored backup or a person with a console would do it:");
        foreach (var (what, spoil) in shop.Spoilers(good, declined))
        {
            await spoil();
            AnsiConsole.MarkupLineInterpolated($"   - {what}");
        }

        AnsiConsole.MarkupLine("[bold]3. A dry run[/], as a new installation does every night: it finds them, and touches nothing.");
        Show(await shop.Reconcile(dryRun: true));
        AnsiConsole.MarkupLine("[bold]4. The same with repair[/]:");
        var run = await shop.Reconcile(dryRun: false);
        Show(run);
        AnsiConsole.MarkupLine("[bold]5. Once more[/]: nothing is new. What only a person can decide waits as an open case.");
        Show(await shop.Reconcile(dryRun: false));

        var report = Path.Combine(data, "report.html");
        await File.WriteAllTextAsync(report, await shop.Report(run));
        AnsiConsole.MarkupLineInterpolated($"The report of the repairing run, for a browser or a printer: [bold]{report}[/]");
    }

    static void Show(JsonNode report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("finding", "order", "at stake", "what became of it");
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
        "CaseOpened" => "[red]a case for a person[/]",
        "CaseKnown" => "[grey]an open case tells it[/]",
        "WouldRepair" => $"[yellow]would be repaired with {finding["remedy"]}[/]",
        "WouldOpenCase" => "[yellow]would be a case[/]",
        var other => other,
    };
}
