using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderSaga.Platform.Switches;

/// <summary>One rule: the subjects that it matches get its value.</summary>
/// <param name="Value">One of the switch's values.</param>
/// <param name="When">The names by dimension; every listed dimension must match. Null or empty: all subjects match.</param>
/// <param name="Percent">Only this share of the matching subjects, 0.01 to 100; null: all. A subject stays in the share when it grows.</param>
/// <param name="Of">The unit that the percentage is taken of. A subject without it does not match.</param>
public sealed record SwitchRule(
    string? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyList<string>?>? When = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? Percent = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Of = null);

/// <summary>
/// The rules of one version of a switch. The first rule that matches decides, otherwise the default. Pure: the same version gives the same
/// subject the same value in every process, at any time.
/// </summary>
public sealed class SwitchRules
{
    const uint Buckets = 10_000;

    readonly SwitchDefinition definition;
    readonly bool killed;
    readonly Compiled[] rules;

    /// <param name="definition">The switch.</param>
    /// <param name="rules">Valid rules of it (<see cref="SwitchRuleChecks"/>).</param>
    /// <param name="killed">The default for all subjects.</param>
    public SwitchRules(SwitchDefinition definition, IReadOnlyList<SwitchRule> rules, bool killed = false)
    {
        (this.definition, this.killed) = (definition, killed);
        this.rules = [.. rules.Select(rule => new Compiled(rule, definition))];
    }

    public static string Write(IReadOnlyList<SwitchRule> rules) => JsonSerializer.Serialize(rules, JsonSerializerOptions.Web);

    public static IReadOnlyList<SwitchRule> Read(string json) => JsonSerializer.Deserialize<List<SwitchRule>>(json, JsonSerializerOptions.Web)!;

    /// <exception cref="InvalidOperationException">The value was set by a newer build, and this one does not know it.</exception>
    public SwitchDecision Decide(SwitchSubject subject)
    {
        if (killed)
            return new(definition.Default, "killed");
        var first = Array.FindIndex(rules, rule => rule.Matches(subject));
        if (first < 0)
            return new(definition.Default, "default");
        var value = rules[first].Value;
        return definition.Values.Contains(value) ? new(value, $"rule {first + 1}") : throw new InvalidOperationException(
            $"Rule {first + 1} of the switch {definition.Name} gives '{value}', which this build does not know. Start the new build.");
    }

    /// <summary>
    /// The subject's place, 0 to 9,999: in a share of P percent are the places below P x 100. Each switch has other places, so that the same
    /// subjects are not always the first.
    /// </summary>
    internal static uint Place(string switchName, string unit) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{switchName}\n{unit}"))) % Buckets;

    sealed class Compiled
    {
        readonly SwitchRule rule;
        readonly string switchName;
        readonly (string Name, bool All, HashSet<string> Names)[] dimensions;

        public Compiled(SwitchRule rule, SwitchDefinition definition)
        {
            (this.rule, switchName) = (rule, definition.Name);
            var all = rule.Value != definition.Default;
            dimensions = [.. from pair in rule.When ?? new Dictionary<string, IReadOnlyList<string>?>()
                             let several = definition.Dimensions.Any(one => one.Name == pair.Key && one.HasSeveralNames)
                             select (pair.Key, all && several, pair.Value!.ToHashSet(StringComparer.Ordinal))];
        }

        public string Value => rule.Value!;

        public bool Matches(SwitchSubject subject) =>
            Array.TrueForAll(dimensions, dimension => subject.Names.TryGetValue(dimension.Name, out var names)
                && (dimension.All ? names.All(dimension.Names.Contains) : names.Any(dimension.Names.Contains)))
            && IsInShare(subject);

        bool IsInShare(SwitchSubject subject) => rule.Percent is not { } percent
            || (subject.Units.TryGetValue(rule.Of!, out var unit) && Place(switchName, unit) < percent * (Buckets / 100));
    }
}
