using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reconciler.Job;

/// <summary>What a rule is about. One order has at most one finding per area: that of the first broken rule in the table.</summary>
[Flags]
enum Area
{
    None = 0,
    Stock = 1,
    Payment = 2,

    /// <summary>Amount and currency of the payment; Payment is its state.</summary>
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
/// <param name="Area">Its areas; if the rule is broken, later rules with the same area are skipped.</param>
/// <param name="Text">What must be true, in one sentence.</param>
/// <param name="IsBroken">True if the order breaks the rule.</param>
sealed record Rule(string Class, Severity Severity, Remedy Remedy, Area Area, string Text, Func<OrderSnapshot, SettlementTerms, bool> IsBroken)
{
    /// <summary>Minor units at stake: how much money the finding is about.</summary>
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
            if ((rule.Area & reported) != Area.None || !rule.IsBroken(snapshot, terms))
                continue;
            reported |= rule.Area;
            (findings ??= []).Add(Find(rule, snapshot, terms));
        }

        return findings ?? Enumerable.Empty<Finding>();
    }

    /// <summary>
    /// Subject of findings about an order's settlement: it separates them from findings of the same class about its payment. It is part of
    /// the key of their cases, so it must not change.
    /// </summary>
    const string SettlementSubject = "settlement";

    /// <summary>The finding about a settlement row without an order: <c>chargeback</c>, or for other kinds <c>unknown-in-settlement</c>.</summary>
    public static Finding CheckUnmatched(SettlementRow row)
    {
        var className = row.Operation == SettlementKinds.Chargeback ? Classes.Chargeback : Classes.UnknownInSettlement;
        var rule = RuleTable.Rows.First(rule => rule.Class == className);
        var evidence = JsonSerializer.Serialize(new { settlement = new[] { row } }, WebJson.Options);
        return new Finding(rule.Class, rule.Severity, null, row.Id, rule.Text, evidence, rule.Remedy, Math.Abs(row.Amount), row.Currency);
    }

    static Finding Find(Rule rule, OrderSnapshot snapshot, SettlementTerms terms) => new(
        rule.Class, rule.Severity, snapshot.OrderId, rule.Area is Area.Settlement or Area.Reversal ? SettlementSubject : null,
        rule.Text, Evidence(snapshot), rule.Remedy, rule.Stake(snapshot, terms), snapshot.Currency)
    {
        FingerprintText = FingerprintOf(snapshot),
    };

    /// <summary>All states, amounts and lines in the ledgers, without times.</summary>
    static string FingerprintOf(OrderSnapshot snapshot)
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
