using Discrepancies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;

namespace Reconciler.Job.Tests;

/// <summary>Generated ledgers with every kind of discrepancy, on the whole system with its gateway.</summary>
public sealed class GeneratedLedgersTests
{
    static readonly string[] Generous =
    [
        "Recovery:IntervalSeconds=3600", "Reconciliation:MaxRepairs=100000", "Reconciliation:MaxRepairAmount=1000000000000",
            "Reconciliation:RepairTimeoutSeconds=60",
        "Reconciliation:MaxFindings=100000", "Reconciliation:MaxFindingsPerClass=100000", "Reconciliation:MaxRepairsPerClass=100000",
        "Settlements:RecheckDays=0",
    ];

    /// <summary>
    /// The number of consistent orders and of orders per class: <c>ORDERSAGA_TEST_BOOKS=100000,100</c> takes some minutes.
    /// </summary>
    static readonly int[] Size = [.. (Environment.GetEnvironmentVariable("ORDERSAGA_TEST_BOOKS") ?? "300,2").Split(',').Select(int.Parse)];

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Every_discrepancy_is_repaired_or_becomes_a_case(Mode mode)
    {
        await using var shop = await Shop.Open(mode, Generous);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(shop.Installation.Settings()).Build();
        var corrupted = await new Generator(settings.GetDatabaseMode(), shop.Installation.Connection).Write(new Plan
        {
            Seed = 20260131, Clean = Size[0], Corrupted = Corruptions.Names.ToDictionary(name => name, _ => Size[1]), Gateway = true,
            // The ledgers are generated with a time in the future, so that their in-flight orders are outside the window of an earlier run.
            Now = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1 + (Size[0] / 5000)),
        });

        var first = await shop.Http.Reconcile(seconds: 60 + (Size[1] * 5));
        ((string)first["state"]!).ShouldBe("Completed", first.ToJsonString());
        var findings = await Findings(shop, first);
        findings.Where(finding => corrupted.All(order => order.OrderId != finding.OrderId))
            .Select(finding => $"{finding.OrderId} {finding.Class}: {finding.Evidence}").ShouldBeEmpty("no clean order is found");
        findings.Select(finding => (finding.OrderId, finding.Class)).ShouldBe(
            corrupted.Select(order => ((Guid?)order.OrderId, order.Class)), ignoreOrder: true, "each in its class, and nothing else");
        findings.Where(finding => finding.Outcome != (finding.Remedy.IsRepair() ? FindingOutcome.Repaired : FindingOutcome.CaseOpened))
            .Select(finding => $"{finding.Class} {finding.Outcome} {finding.Note}").ShouldBeEmpty();
        (await shop.Db(db => db.Repairs.Where(repair => repair.State != RepairState.Repaired).Select(repair => repair.Class).ToListAsync())).ShouldBeEmpty();

        var second = await shop.Http.Reconcile(seconds: 60 + (Size[1] * 5));
        ((int)second["counts"]!["found"]!, (int)second["counts"]!["repaired"]!).ShouldBe((0, 0));
        ((int)second["counts"]!["known"]!).ShouldBe(findings.Count(finding => finding.Outcome == FindingOutcome.CaseOpened));
    }

    static Task<List<FindingRow>> Findings(Shop shop, System.Text.Json.Nodes.JsonNode run)
    {
        var id = (Guid)run["id"]!;
        return shop.Db(db => db.Findings.AsNoTracking().Where(finding => finding.RunId == id).ToListAsync());
    }
}
