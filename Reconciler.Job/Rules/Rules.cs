using System.Text;
using System.Text.Json;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>What a rule is about. Of one story, each concern gives one finding at most: the first that the table has.</summary>
[Flags]
enum Concern
{
    Nothing = 0,
    Stock = 1,
    Payment = 2,
    Money = 4,
    Lines = 8,
    Settlement = 16,

    /// <summary>What was settled and taken back: told beside whatever else is wrong with the settlement.</summary>
    Reversal = 32,
}

/// <summary>One row of <see cref="RuleTable"/>.</summary>
/// <param name="Class">What a breach is called.</param>
/// <param name="Severity">How bad a breach is.</param>
/// <param name="Remedy">What is done about a breach.</param>
/// <param name="Concern">What it is about; rows further down that share a concern are not asked once this one is broken.</param>
/// <param name="Words">What must hold.</param>
/// <param name="Broken">Whether it does not.</param>
sealed record Rule(string Class, Severity Severity, Remedy Remedy, Concern Concern, string Words, Func<Story, RuleTerms, bool> Broken)
{
    /// <summary>Minor units at stake.</summary>
    public Func<Story, RuleTerms, long> Stake { get; init; } = (story, _) => story.Worth;
}

/// <summary>Holds a story against the table. Pure.</summary>
static class Rules
{
    public static IEnumerable<Finding> Check(Story story, RuleTerms terms)
    {
        List<Finding>? findings = null;
        var told = Concern.Nothing;
        foreach (var rule in RuleTable.Rows)
        {
            if ((rule.Concern & told) != Concern.Nothing || !rule.Broken(story, terms))
                continue;
            told |= rule.Concern;
            (findings ??= []).Add(Find(rule, story, terms));
        }

        return findings ?? Enumerable.Empty<Finding>();
    }

    /// <summary>Stable whatever rows come later: an open case is found again by it. Beside it the same class can be about the payment itself.</summary>
    const string AboutSettlement = "settlement";

    /// <summary>A settlement row that names no order: there is no story to hold against the table.</summary>
    public static Finding CheckNameless(SettlementRow row)
    {
        var named = row.Operation == SettlementKinds.Chargeback ? Classes.Chargeback : Classes.UnknownInSettlement;
        var rule = RuleTable.Rows.First(rule => rule.Class == named);
        var evidence = JsonSerializer.Serialize(new { settlement = new[] { row } }, WebJson.Options);
        return new Finding(rule.Class, rule.Severity, null, row.Id, rule.Words, evidence, rule.Remedy, Math.Abs(row.Amount), row.Currency);
    }

    static Finding Find(Rule rule, Story story, RuleTerms terms) => new(
        rule.Class, rule.Severity, story.OrderId, rule.Concern is Concern.Settlement or Concern.Reversal ? AboutSettlement : null,
        rule.Words, Evidence(story), rule.Remedy, rule.Stake(story, terms), story.Currency)
    {
        Measure = Measure(story),
    };

    /// <summary>All that the ledgers say in numbers and states; not when they said it.</summary>
    static string Measure(Story story)
    {
        var text = new StringBuilder($"{story.Order?.State} {story.Order?.Total} {story.Order?.Currency} {story.StockState} {story.PaymentState}")
            .Append($" {story.Payment?.Amount} {story.Payment?.Currency}");
        foreach (var row in story.Settled)
            text.Append($" {row.Id} {row.Operation} {row.Amount} {row.Fee} {row.Currency}");
        return text.AppendJoin(' ', (story.Order?.Lines ?? []).Concat(story.Stock?.Lines ?? []).Select(line => $"{line.Sku} {line.Quantity}")).ToString();
    }

    /// <summary>What each ledger says, side by side.</summary>
    static string Evidence(Story story) => JsonSerializer.Serialize(
        new { story.Order, story.Stock, story.Payment, settlement = story.Settled }, WebJson.Options);
}
