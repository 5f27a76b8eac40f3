using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

/// <summary>A decision that rules make. The rules can change while the system runs; the values are those that this build knows.</summary>
/// <param name="Name">Name in calls, the audit and logs.</param>
/// <param name="Summary">What it decides.</param>
/// <param name="Values">The possible values, the default first.</param>
/// <param name="Dimensions">What a rule can name.</param>
/// <param name="Units">What a percentage can be taken of.</param>
public sealed record SwitchDefinition(
    string Name, string Summary, IReadOnlyList<string> Values, IReadOnlyList<SwitchDimension> Dimensions, IReadOnlyList<string> Units)
{
    /// <summary>The values that new rules may have here; by default all.</summary>
    public IReadOnlyList<string> Offered { get; init; } = Values;

    public string Default => Values[0];
}

/// <summary>A property of the subject that a rule can name.</summary>
/// <param name="Name">Name in <see cref="SwitchRule.When"/>.</param>
/// <param name="IsValid">True for a well-formed name.</param>
/// <param name="HasSeveralNames">
/// The subject may have several names. A rule that gives another value than the default matches only if all of them are in its list; a rule that
/// gives the default matches if at least one is.
/// </param>
/// <param name="Within">
/// Name of the dimension that gives these names their meaning, so that a rule must list both: a customer's reference is one merchant's.
/// </param>
/// <param name="FindUnknown">Returns the names that do not exist, if that can be checked: a misspelt name would match nothing.</param>
public sealed record SwitchDimension(
    string Name, Func<string, bool> IsValid, bool HasSeveralNames = false, string? Within = null,
    Func<ServiceDb, IReadOnlyList<string>, Task<IReadOnlyList<string>>>? FindUnknown = null);

/// <summary>What a switch decides about.</summary>
/// <param name="Names">By dimension; a dimension without names is missing.</param>
/// <param name="Units">By unit: the text whose hash places the subject in a percentage; a unit that the subject lacks is missing.</param>
public sealed record SwitchSubject(IReadOnlyDictionary<string, IReadOnlyList<string>> Names, IReadOnlyDictionary<string, string> Units);

/// <summary>A decision.</summary>
/// <param name="Value">One of <see cref="SwitchDefinition.Values"/>.</param>
/// <param name="Because">The reason for a reader: <c>rule 2</c>, <c>default</c> or <c>killed</c>.</param>
public sealed record SwitchDecision(string Value, string Because);

/// <summary>All switches of this process.</summary>
public sealed class SwitchCatalogue(IReadOnlyList<SwitchDefinition> definitions)
{
    public IReadOnlyList<SwitchDefinition> Definitions => definitions;

    public SwitchDefinition? Find(string name) => definitions.FirstOrDefault(one => one.Name == name);
}
