using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

/// <summary>
/// Reads the versions in force within the caller's transaction: what is decided after a change was answered is decided by the changed rules,
/// in every process. Only the placement of new work may use it; every later step reads the stored decision.
/// </summary>
public sealed class SwitchReader(SwitchCatalogue catalogue, TimeProvider clock)
{
    static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    static readonly CompiledQuery<ServiceDb, long, Switch> InForce = new((db, never) => db.Set<Switch>().AsNoTracking().Where(row => row.InForce > never));

    readonly ConcurrentDictionary<string, ((long Number, DateTime ChangedAt) Id, SwitchRules Rules)> known = new(StringComparer.Ordinal);
    volatile Reading? last;

    /// <summary>What <see cref="Read"/> returned within the last second; null if there was none. It may be out of date.</summary>
    public SwitchesInForce? Recent => last is { } reading && clock.GetElapsedTime(reading.At) < MaxAge ? reading.Switches : null;

    /// <summary>One statement, and one more for each switch that changed since.</summary>
    public async Task<SwitchesInForce> Read(ServiceDb db)
    {
        var at = clock.GetTimestamp();
        var switches = await ReadNow(db);
        last = new Reading(switches, at);
        return switches;
    }

    async Task<SwitchesInForce> ReadNow(ServiceDb db)
    {
        var rows = await InForce.Run(db, 0);
        if (rows.Count == 0)
            return SwitchesInForce.None(catalogue);
        var rules = new Dictionary<string, SwitchRules>(StringComparer.Ordinal);
        foreach (var row in rows)
            if (catalogue.Find(row.Name) is { } definition)
                rules[row.Name] = await Rules(db, definition, (row.InForce, row.UpdatedAt));
        return new SwitchesInForce(catalogue, rows.Max(row => row.InForce), rules);
    }

    /// <summary>
    /// Versions never change, so the last one of each switch is kept. A restored backup may use a number a second time; then the time differs.
    /// </summary>
    async Task<SwitchRules> Rules(ServiceDb db, SwitchDefinition definition, (long Number, DateTime ChangedAt) id)
    {
        if (known.TryGetValue(definition.Name, out var last) && last.Id == id)
            return last.Rules;
        var version = await db.Set<SwitchVersion>().AsNoTracking().SingleAsync(row => row.Number == id.Number);
        var rules = new SwitchRules(definition, SwitchRules.Read(version.Rules), version.Killed);
        known[definition.Name] = (id, rules);
        return rules;
    }

    sealed record Reading(SwitchesInForce Switches, long At);
}

/// <summary>The rules of all switches at one moment.</summary>
public sealed class SwitchesInForce
{
    readonly SwitchCatalogue catalogue;
    readonly IReadOnlyDictionary<string, SwitchRules> rules;

    internal SwitchesInForce(SwitchCatalogue catalogue, long? version, IReadOnlyDictionary<string, SwitchRules> rules) =>
        (this.catalogue, Version, this.rules) = (catalogue, version, rules);

    internal static SwitchesInForce None(SwitchCatalogue catalogue) => new(catalogue, null, new Dictionary<string, SwitchRules>());

    /// <summary>The highest version in force, which tells that of each switch; null: no switch was ever set.</summary>
    public long? Version { get; }

    public SwitchDecision Decide(string name, SwitchSubject subject) => rules.TryGetValue(name, out var found)
        ? found.Decide(subject)
        : new SwitchDecision(catalogue.Find(name)!.Default, "default");
}
