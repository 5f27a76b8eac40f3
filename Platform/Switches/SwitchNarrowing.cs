namespace OrderSaga.Platform.Switches;

/// <summary>
/// Tells whether new rules are narrower: every subject keeps its value or gets the default. Compares the rules one by one and says no in
/// doubt, so a narrower set that is written very differently counts as wider.
/// </summary>
static class SwitchNarrowing
{
    public static bool IsNarrower(SwitchDefinition definition, IReadOnlyList<SwitchRule> before, IReadOnlyList<SwitchRule> after)
    {
        // A subject that falls out of one rule must not get a third value from a later one.
        var oneValue = before.Where(rule => rule.Value != definition.Default).Select(rule => rule.Value).Distinct().Count() <= 1;
        var next = 0;
        foreach (var rule in before)
        {
            while (next < after.Count && IsAddedExclusion(definition, rule, after[next]))
                next++;
            var kept = next < after.Count && after[next].Value == rule.Value
                && (rule.Value == definition.Default ? Includes(rule, after[next]) : Includes(after[next], rule));
            // Without its exclusion the excluded subjects reach the rules after it.
            if (!kept && rule.Value == definition.Default)
                return false;
            if ((!kept || !Includes(rule, after[next])) && !oneValue)
                return false;
            next += kept ? 1 : 0;
        }

        return after.Skip(next).All(rule => rule.Value == definition.Default);
    }

    static bool IsAddedExclusion(SwitchDefinition definition, SwitchRule before, SwitchRule after) =>
        after.Value == definition.Default && !(before.Value == definition.Default && Includes(before, after));

    /// <summary>Every subject that <paramref name="part"/> matches, <paramref name="whole"/> matches too.</summary>
    static bool Includes(SwitchRule part, SwitchRule whole) =>
        (whole.When ?? new Dictionary<string, IReadOnlyList<string>?>()).All(pair =>
            part.When is { } when && when.TryGetValue(pair.Key, out var names) && names!.All(pair.Value!.Contains))
        && (whole.Percent is not { } share || (part.Percent <= share && part.Of == whole.Of));
}
