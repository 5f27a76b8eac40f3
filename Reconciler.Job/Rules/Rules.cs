using System.Text;
using System.Text.Json;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>Subject area of a rule. One order has at most one finding per area: the first rule in the table.</summary>
[Flags]
enum Concern
{
    Nothing = 0,
    Stock = 1,
    Payment = 2,
    Money = 4,
    Lines = 8,
    Settlement = 16,

    /// <summary>Reversed settlements: reported besides other settlement findings.</summary>
    Reversal = 32,
}

/// <summary>One row of <see cref="RuleTable"/>.</summary>
/// <param name="Class">Class of the finding.</param>
/// <param name="Severity">Severity of the finding.</param>
/// <param name="Remedy">Remedy of the finding.</param>
/// <param name="Concern">Its areas; once it is broken, later rules with the same area are skipped.</param>
/// <param name="Words">What must hold, in one sentence.</param>
/// <param name="Broken">True if it does not hold.</param>
sealed record Rule(string Class, Severity Severity, Remedy Remedy, Concern Concern, string Words, Func<Story, RuleTerms, bool> Broken)
{
    /// <summary>Minor units at stake.</summary>
    public Func<Story, RuleTerms, long> Stake { get; init; } = (story, _) => story.Worth;
}

/// <summary>Applies the table to an order. Pure.</summary>
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

    /// <summary>Stable, because open cases are found by it. The same class can also be about the payment itself.</summary>
    const string AboutSettlement = "settlement";

    /// <summary>Applies the rules to a settlement row without an order.</summary>
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

    /// <summary>All numbers and states in the ledgers, without times.</summary>
    static string Measure(Story story)
    {
        var text = new StringBuilder($"{story.Order?.State} {story.Order?.Total} {story.Order?.Currency} {story.StockState} {story.PaymentState}")
            .Append($" {story.Payment?.Amount} {story.Payment?.Currency}");
        foreach (var row in story.Settled)
            text.Append($" {row.Id} {row.Operation} {row.Amount} {row.Fee} {row.Currency}");
        return text.AppendJoin(' ', (story.Order?.Lines ?? []).Concat(story.Stock?.Lines ?? []).Select(line => $"{line.Sku} {line.Quantity}")).ToString();
    }

    /// <summary>The ledgers' entries side by side.</summary>
    static string Evidence(Story story) => JsonSerializer.Serialize(
        new { story.Order, story.Stock, story.Payment, settlement = story.Settled }, WebJson.Options);
}
