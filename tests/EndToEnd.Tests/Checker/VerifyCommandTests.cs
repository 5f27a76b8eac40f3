using System.Diagnostics;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>The command as an operator or a script runs it.</summary>
public sealed class VerifyCommandTests(SmallShop shop) : IClassFixture<SmallShop>
{
    [Theory]
    [InlineData("Reconciler.Job")]
    [InlineData("OrderSaga.Host")]
    public async Task Verify_lists_passed_failed_and_skipped_invariants(string program)
    {
        var books = await shop.Corrupt("inventory: UPDATE stock SET available = available - 1, held = held + 1 WHERE sku = @sku");
        var json = Path.Combine(books, "result.json");

        var (code, said, _) = await Run(program, "verify", "--data", books, "--at-rest", "--no-gateway", "--json", json);

        code.ShouldBe(1, said);
        var lines = said.Split('\n');
        lines.Count(line => line.StartsWith('I')).ShouldBe(17, said);
        lines.ShouldContain(line => line.StartsWith("I1   1 broken", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("I2   ok", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("I5   not checked", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("I8   ok           3 orders", StringComparison.Ordinal));
        var result = JsonNode.Parse(await File.ReadAllTextAsync(json))!;
        ((bool)result["clean"]!).ShouldBeFalse();
        ((string)result["invariants"]![0]!["violations"]![0]!["subject"]!).ShouldBe(shop.Sku);
        Directory.Delete(books, true);
    }

    [Fact]
    public async Task Verify_exits_0_for_consistent_ledgers()
    {
        var books = await shop.Corrupt();
        var log = Path.Combine(books, "client.jsonl");
        var seen = await shop.Answer();
        await File.WriteAllTextAsync(log, $$"""
            {"key":"{{seen.Key}}","merchant":"{{seen.Merchant}}","orderId":"{{seen.OrderId}}","status":202,"sha256":"{{seen.Sha256}}"}
            {"key":"refused","merchant":"demo","status":503}
            """);

        var (code, said, _) = await Run("Reconciler.Job", "verify", "--data", books, "--client-log", log);

        code.ShouldBe(0, said);
        said.ShouldContain("I12  ok           1 answers");
        Directory.Delete(books, true);
    }

    [Theory]
    [InlineData("'--fast' is unknown. --help lists the options.", "--fast")]
    [InlineData("--settle -1: use whole seconds", "--settle", "-1")]
    [InlineData("--at-rest and --settle exclude each other.", "--settle", "5", "--at-rest")]
    [InlineData("file not found", "--client-log", "nowhere.jsonl")]
    [InlineData("/nowhere/orders.db does not exist", "--data", "/nowhere")]
    [InlineData("Set ConnectionStrings:orders", "--Database:Mode=PostgreSql")]
    [InlineData("Failed to connect to 127.0.0.1:1", "--no-gateway", "--Database:Mode=PostgreSql", "--ConnectionStrings:orders=Host=127.0.0.1;Port=1",
        "--ConnectionStrings:inventory=Host=127.0.0.1;Port=1", "--ConnectionStrings:payments=Host=127.0.0.1;Port=1",
        "--ConnectionStrings:reconciler=Host=127.0.0.1;Port=1")]
    public async Task Verify_exits_2_with_a_reason_when_it_cannot_check(string sentence, params string[] args)
    {
        var (code, said, wrong) = await Run("Reconciler.Job", ["verify", .. args]);

        code.ShouldBe(2, said + wrong);
        wrong.ShouldContain(sentence);
        wrong.ShouldNotContain("   at ");
    }

    internal static async Task<(int Code, string Said, string Wrong)> Run(string program, params string[] args)
    {
        var assembly = new ServiceProcess(program, new Uri("http://127.0.0.1/"), new Dictionary<string, string?>(), "").Assembly;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, .. args])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var wrong = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said, await wrong);
    }
}
