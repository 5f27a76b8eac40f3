using Discrepancies;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Ledgers with known discrepancies.</summary>
public sealed class DiscrepancyTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Every_corrupted_order_is_found_in_its_class(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode, new Plan
        {
            Seed = 1, Clean = 2000, Now = GeneratedLedgers.Now, Corrupted = Corruptions.Names.ToDictionary(name => name, _ => 6),
        });

        var findings = await books.Findings(GeneratedLedgers.All);

        findings.Select(finding => $"{finding.OrderId} {finding.Class}").Order()
            .ShouldBe(books.Corrupted.Select(corrupted => $"{corrupted.OrderId} {corrupted.Class}").Order(), string.Join("\n", Wrong(books, findings)));
        findings.ShouldAllBe(finding => finding.Evidence.StartsWith("{\"order\":") && finding.Rule.Length > 0);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Consistent_ledgers_give_no_findings_for_any_seed(Mode mode)
    {
        await using var books = await GeneratedLedgers.Make(mode,
            new Plan { Seed = TimeProvider.System.GetUtcNow().Millisecond, Clean = 1500, Now = GeneratedLedgers.Now });
        (await books.Findings(GeneratedLedgers.All)).Select(finding => $"{finding.Class} {finding.Evidence}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_discrepancy_class_has_a_generator() =>
        Corruptions.Names.Order().ShouldBe(RuleTable.Rows.Select(rule => rule.Class).Distinct().Order());

    [Fact]
    public async Task The_same_plan_generates_the_same_ledgers()
    {
        var plan = new Plan { Seed = 7, Clean = 300, Now = GeneratedLedgers.Now, Corrupted = new Dictionary<string, int> { ["lines-differ"] = 3 } };
        await using var one = await GeneratedLedgers.Make(Mode.Embedded, plan);
        await using var other = await GeneratedLedgers.Make(Mode.Embedded, plan);
        other.Corrupted.ShouldBe(one.Corrupted);
        (await other.ReadSnapshots(GeneratedLedgers.All)).Select(snapshot => snapshot.OrderId)
            .ShouldBe((await one.ReadSnapshots(GeneratedLedgers.All)).Select(snapshot => snapshot.OrderId));
    }

    /// <summary>The evidence that an operator needs.</summary>
    static IEnumerable<string> Wrong(GeneratedLedgers books, List<Finding> findings)
    {
        var found = findings.ToLookup(finding => finding.OrderId);
        foreach (var corrupted in books.Corrupted.Where(corrupted => !found[corrupted.OrderId].Select(finding => finding.Class)
            .SequenceEqual([corrupted.Class])))
            yield return $"{corrupted.Class} ({corrupted.How}) was found as: {string.Join(", ", found[corrupted.OrderId].Select(finding => finding.Class))}";
        foreach (var finding in findings.Where(finding => !books.Corrupted.Any(corrupted => corrupted.OrderId == finding.OrderId)))
            yield return $"false: {finding.Class} {finding.Evidence}";
    }
}
