using System.Text.Json;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

/// <summary>Checks the rules that a caller sends.</summary>
static class SwitchRuleChecks
{
    const int MaxRules = 100;
    const decimal MinPercent = 0.01m;

    /// <summary>Checks what needs no database.</summary>
    /// <exception cref="Problem">400: names each error with its place.</exception>
    public static IReadOnlyList<SwitchRule> Check(SwitchDefinition definition, IReadOnlyList<SwitchRule?>? rules, int maxNames)
    {
        var errors = new List<ProblemError>();
        if (rules is null || rules.Count > MaxRules)
            errors.Add(new("/rules", $"Send a list of at most {MaxRules} rules; an empty list gives every subject the value {definition.Default}."));
        else if (rules.Sum(rule => rule?.When?.Values.Sum(names => names?.Count ?? 0) ?? 0) > maxNames)
            errors.Add(new("/rules", $"The rules may list at most {maxNames} names together."));
        else
        {
            for (var at = 0; at < rules.Count; at++)
                Check(definition, rules[at], $"/rules/{at}", errors);
            var all = rules.ToList().FindIndex(rule => rule is { When: null or { Count: 0 }, Percent: null or 100 });
            if (all >= 0 && all < rules.Count - 1)
                errors.Add(new($"/rules/{all + 1}", $"Rule {all + 1} before it matches everything, so this one never decides: put it first, or remove it."));
        }

        Throw(errors);
        return [.. rules!.Select(rule => rule!)];
    }

    /// <summary>Checks that the names exist, where that can be checked.</summary>
    /// <exception cref="Problem">400: names what does not exist.</exception>
    public static async Task CheckNames(SwitchDefinition definition, IReadOnlyList<SwitchRule> rules, ServiceDb db)
    {
        var errors = new List<ProblemError>();
        for (var at = 0; at < rules.Count; at++)
        {
            foreach (var (dimension, names) in rules[at].When ?? new Dictionary<string, IReadOnlyList<string>?>())
            {
                var unknown = definition.Dimensions.First(one => one.Name == dimension).FindUnknown is { } find ? await find(db, names!) : [];
                if (unknown.Count > 0)
                    errors.Add(new($"/rules/{at}/when/{dimension}", $"Not found: {string.Join(", ", unknown.Take(5))}. A rule for them would match nothing."));
            }
        }

        Throw(errors);
    }

    static void Check(SwitchDefinition definition, SwitchRule? rule, string at, List<ProblemError> errors)
    {
        if (rule is null)
        {
            errors.Add(new(at, "Send a rule."));
            return;
        }

        if (rule.Value is null || !definition.Offered.Contains(rule.Value))
            errors.Add(new($"{at}/value", $"Use one of {string.Join(", ", definition.Offered)}."));
        foreach (var dimension in rule.When?.Keys ?? [])
            Check(definition, rule.When!, dimension, $"{at}/when", errors);
        if (rule.Percent is { } percent && (percent is < MinPercent or > 100 || decimal.Round(percent, 2) != percent))
            errors.Add(new($"{at}/percent", $"Use {MinPercent} to 100, with at most two decimals, or omit it."));
        if (rule.Percent is null ? rule.Of is not null : rule.Of is null || !definition.Units.Contains(rule.Of))
            errors.Add(new($"{at}/of", $"With a percentage use one of {string.Join(", ", definition.Units)}; without one omit it."));
    }

    static void Check(
        SwitchDefinition definition, IReadOnlyDictionary<string, IReadOnlyList<string>?> when, string name, string at, List<ProblemError> errors)
    {
        var names = when[name];
        if (definition.Dimensions.FirstOrDefault(one => one.Name == name) is not { } dimension)
            errors.Add(new(at, $"Use only {string.Join(", ", definition.Dimensions.Select(one => one.Name))}."));
        else if (dimension.Within is { } within && !when.ContainsKey(within))
            errors.Add(new($"{at}/{name}", $"List {within} too: a {name} of one {within} is not that of another."));
        else if (names is null or { Count: 0 })
            errors.Add(new($"{at}/{name}", "List at least one name, or omit it."));
        else if (names.FirstOrDefault(one => one is null || !dimension.IsValid(one)) is var wrong && names.Any(one => one is null || !dimension.IsValid(one)))
            errors.Add(new($"{at}/{name}", $"{JsonSerializer.Serialize(Common.Text.Cut(wrong ?? "", 80))} is not valid here."));
    }

    static void Throw(List<ProblemError> errors)
    {
        if (errors.Count > 0)
            throw new Problem(ProblemTypes.InvalidSwitchRules, $"{errors[0].Pointer}: {errors[0].Detail} Nothing was changed.") { Errors = errors };
    }
}
