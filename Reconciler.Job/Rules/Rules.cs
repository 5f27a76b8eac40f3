using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reconciler.Job;

/// <summary>Subject area of a rule. One order has at most one finding per area: the first rule in the table.</summary>
[Flags]
enum Area
{
    None = 0,
    Stock = 1,
    Payment = 2,
    Money = 4,
    Lines = 8,
    Settlement = 16,

    /// <summary>Reversed settlements: a separate area, reported in addition to other settlement findings.</summary>
    Reversal = 32,
}

/// <summary>One row of <see cref="RuleTable"/>.</summary>
/// <param name="Class">Class of the finding.</param>
/// <param name="Severity">Severity of the finding.</param>
/// <param name="Remedy">Remedy of the finding.</param>
/// <param name="Area">Its areas; once it is broken, later rules with the same area are skipped.</param>
/// <param name="Text">What must hold, in one sentence.</param>
/// <param name="Broken">True if it does not hold.</param>
sealed record Rule(string Class, Severity Severity, Remedy Remedy, Area Area, string Text, Func<OrderSnapshot, SettlementTerms, bool> Broken)
{
    /// <summary>Minor units at stake.</summary>
    public Func<OrderSnapshot, SettlementTerms, long> Stake { get; init; } = (snapshot, _) => snapshot.Worth;
}

/// <summary>Applies the table to an order. Pure.</summary>
static class Rules
{
    public static IEnumerable<Finding> Check(OrderSnapshot snapshot, SettlementTerms terms)
    {
        List<Finding>? findings = null;
        var reported = Area.None;
        foreach (var rule in RuleTable.Rows)
        {
            if ((rule.Area & reported) != Area.None || !rule.Broken(snapshot, terms))
                continue;
            reported |= rule.Area;
            (findings ??= []).Add(Find(rule, snapshot, terms));
        }

        return findings ?? Enumerable.Empty<Finding>();
    }

    /// <summary>
    /// Subject of findings about settlement. It is stored in the key of their cases, so it must not change. It separates them from findings
    /// of the same class about the payment.
    /// </summary>
    const string AboutSettlement = "settlement";

    /// <summary>Applies the rules to a settlement row without an order.</summary>
    public static Finding CheckUnmatched(SettlementRow row)
    {
        var named = row.Operation == SettlementKinds.Chargeback ? Classes.Chargeback : Classes.UnknownInSettlement;
        var rule = RuleTable.Rows.First(rule => rule.Class == named);
        var evidence = JsonSerializer.Serialize(new { settlement = new[] { row } }, WebJson.Options);
        return new Finding(rule.Class, rule.Severity, null, row.Id, rule.Text, evidence, rule.Remedy, Math.Abs(row.Amount), row.Currency);
    }

    static Finding Find(Rule rule, OrderSnapshot snapshot, SettlementTerms terms) => new(
        rule.Class, rule.Severity, snapshot.OrderId, rule.Area is Area.Settlement or Area.Reversal ? AboutSettlement : null,
        rule.Text, Evidence(snapshot), rule.Remedy, rule.Stake(snapshot, terms), snapshot.Currency)
    {
        Measure = Measure(snapshot),
    };

    /// <summary>All states and amounts in the ledgers, without times.</summary>
    static string Measure(OrderSnapshot snapshot)
    {
        var text = new StringBuilder($"{snapshot.Order?.State} {snapshot.Order?.Total} {snapshot.Order?.Currency}")
            .Append($" {snapshot.StockState} {snapshot.PaymentState}")
            .Append($" {snapshot.Payment?.Amount} {snapshot.Payment?.Currency}");
        foreach (var row in snapshot.Settled)
            text.Append(CultureInfo.InvariantCulture, $" {row.Id} {row.Operation} {row.Amount} {row.Fee} {row.Currency}");
        return text.AppendJoin(' ', (snapshot.Order?.Lines ?? []).Concat(snapshot.Stock?.Lines ?? []).Select(line => $"{line.Sku} {line.Quantity}")).ToString();
    }

    /// <summary>The ledgers' entries side by side.</summary>
    static string Evidence(OrderSnapshot snapshot) => JsonSerializer.Serialize(
        new { snapshot.Order, snapshot.Stock, snapshot.Payment, settlement = snapshot.Settled }, WebJson.Options);
}
