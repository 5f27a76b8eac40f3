using System.Globalization;
using System.Text.Json.Serialization;
using OrderSaga.Platform.Http;

namespace OrderSaga.Platform.Switches;

/// <summary>A switch with its rules in force.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it decides.</param>
/// <param name="Values">Its values, the default first.</param>
/// <param name="Dimensions">What rules can name.</param>
/// <param name="Units">What a percentage can be taken of.</param>
/// <param name="InForce">The version in force; null if it was never set: every order gets the default.</param>
/// <param name="Proposal">The proposal that waits for another key; null: none.</param>
public sealed record SwitchView(
    string Name, string Summary, IReadOnlyList<string> Values, IReadOnlyList<string> Dimensions, IReadOnlyList<string> Units,
    SwitchVersionView? InForce, SwitchProposalView? Proposal)
{
    internal static SwitchView Of(SwitchDefinition definition, Switch? row, SwitchVersion? inForce) => new(
        definition.Name, definition.Summary, definition.Offered, [.. definition.Dimensions.Select(dimension => dimension.Name)], definition.Units,
        inForce is null ? null : SwitchVersionView.Of(inForce),
        row?.ProposedRules is { } rules ? new(SwitchRules.Read(rules), row.ProposedBy!, row.ProposedReason!, row.ProposedAt!.Value) : null);

    /// <summary>Includes the time, so that a number reused after a restored backup gives another tag.</summary>
    internal static ResourceVersion TagOf(string name, Switch? row) => row is null
        ? new(name + "-0", DateTime.UnixEpoch)
        : new(string.Create(CultureInfo.InvariantCulture, $"{name}-{row.Version}-{row.UpdatedAt.Ticks:x}"), row.UpdatedAt);
}

/// <summary>One version of a switch.</summary>
/// <param name="Version">Its number; numbers rise over all switches.</param>
/// <param name="Killed">Every order gets the default, whatever the rules.</param>
/// <param name="Rules">The first rule that matches decides.</param>
/// <param name="By">Name of the key that set or proposed it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">UTC; orders placed after the answer to the change are decided by it.</param>
/// <param name="ApprovedBy">Name of the key that approved it; absent if it needed none.</param>
public sealed record SwitchVersionView(
    long Version, bool Killed, IReadOnlyList<SwitchRule> Rules, string By, string Reason, DateTime At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ApprovedBy = null)
{
    internal static SwitchVersionView Of(SwitchVersion row) =>
        new(row.Number, row.Killed, SwitchRules.Read(row.Rules), row.By, row.Reason, row.At, row.ApprovedBy);
}

/// <summary>Rules that wait for a second person.</summary>
/// <param name="Rules">The proposed rules.</param>
/// <param name="By">Name of the key that proposed them; another one must approve.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">UTC.</param>
public sealed record SwitchProposalView(IReadOnlyList<SwitchRule> Rules, string By, string Reason, DateTime At);

/// <summary>New rules.</summary>
/// <param name="Rules">The first rule that matches decides; an empty list gives every order the default.</param>
/// <param name="Reason">Why, for the audit.</param>
public sealed record SwitchRequest(IReadOnlyList<SwitchRule?>? Rules, string? Reason);
