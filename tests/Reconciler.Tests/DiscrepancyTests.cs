using Discrepancies;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Ledgers with known discrepancies.</summary>
public sealed class DiscrepancyTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Every_corrupted_order_is_found_in_its_class(Mode mode)
    {
        await using var books = await MadeBooks.Make(mode, new Plan
        {
            Seed = 1, Clean = 2000, Now = MadeBooks.Now, Spoiled = Spoilers.Names.ToDictionary(name => name, _ => 6),
        });

        var findings = await books.Findings(MadeBooks.All);

        findings.Select(finding => $"{finding.OrderId} {finding.Class}").Order()
            .ShouldBe(books.Spoiled.Select(spoiled => $"{spoiled.OrderId} {spoiled.Class}").Order(), string.Join("\n", Wrong(books, findings)));
        findings.ShouldAllBe(finding => finding.Evidence.StartsWith("{\"order\":") && finding.Rule.Length > 0);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Consistent_ledgers_give_no_findings_for_any_seed(Mode mode)
    {
        await using var books = await MadeBooks.Make(mode, new Plan { Seed = TimeProvider.System.GetUtcNow().Millisecond, Clean = 1500, Now = MadeBooks.Now });
        (await books.Findings(MadeBooks.All)).Select(finding => $"{finding.Class} {finding.Evidence}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_discrepancy_class_has_a_generator() =>
        Spoilers.Names.Order().ShouldBe(RuleTable.Rows.Select(rule => rule.Class).Distinct().Order());

    [Fact]
    public async Task The_same_plan_generates_the_same_ledgers()
    {
        var plan = new Plan { Seed = 7, Clean = 300, Now = MadeBooks.Now, Spoiled = new Dictionary<string, int> { ["lines-differ"] = 3 } };
        await using var one = await MadeBooks.Make(Mode.Embedded, plan);
        await using var other = await MadeBooks.Make(Mode.Embedded, plan);
        other.Spoiled.ShouldBe(one.Spoiled);
        (await other.Stories(MadeBooks.All)).Select(story => story.OrderId).ShouldBe((await one.Stories(MadeBooks.All)).Select(story => story.OrderId));
    }

    /// <summary>The evidence that an operator needs.</summary>
    static IEnumerable<string> Wrong(MadeBooks books, List<Finding> findings)
    {
        var found = findings.ToLookup(finding => finding.OrderId);
        foreach (var spoiled in books.Spoiled.Where(spoiled => !found[spoiled.OrderId].Select(finding => finding.Class).SequenceEqual([spoiled.Class])))
            yield return $"{spoiled.Class} ({spoiled.How}) was found as: {string.Join(", ", found[spoiled.OrderId].Select(finding => finding.Class))}";
        foreach (var finding in findings.Where(finding => !books.Spoiled.Any(spoiled => spoiled.OrderId == finding.OrderId)))
            yield return $"false: {finding.Class} {finding.Evidence}";
    }
}
