using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>A switch decides once, in the placement. Every later step reads the decision from the order (docs/adr/0037).</summary>
public sealed class SwitchTests
{
    static readonly string[] Readers = ["SwitchReader", "SwitchesInForce", "SwitchRules"];

    /// <summary>Where switches may be read, and why.</summary>
    static readonly Dictionary<string, string> Allowed = new()
    {
        ["Platform/Switches/"] = "their own code",
        ["Orders.Model/Placement/Placements.cs"] = "the placement decides",
        ["Orders.Model/Placement/ExpectedLane.cs"] = "it only refuses",
        ["Orders.Model/Switches/PlacementDecision.cs"] = "the placement decides",
        ["Orders.Api/Switches/PreviewEndpoint.cs"] = "it changes nothing",
        ["Verifier/DecisionCheck.cs"] = "it checks decisions",
    };

    [Fact]
    public void Only_the_placement_reads_switches() =>
        Source.All.Where(source => source.IsProduct).SelectMany(Violations).ShouldBeNone();

    [Fact]
    public void Every_place_that_may_read_switches_does() =>
        Allowed.Keys.Where(place => !Source.All.Any(source => source.File.StartsWith(place, StringComparison.Ordinal) && Uses(source))).ShouldBeNone();

    [Theory]
    [InlineData("Orders.Sagas/OrderSaga/OrderSteps.cs", "class OrderSteps(SwitchReader switches);", 1)]
    [InlineData("Orders.Api/Timeline/Planted.cs", "class C { object X => new SwitchRules(null, []); }", 1)]
    [InlineData("Orders.Api/Timeline/Planted.cs", "class C; // SwitchReader", 0)]
    [InlineData("Orders.Model/Placement/Placements.cs", "class Placements(SwitchReader switches);", 0)]
    public void A_step_that_reads_a_switch_is_detected(string file, string text, int found) => Violations(new Source(file, text)).Count().ShouldBe(found);

    static IEnumerable<string> Violations(Source source) =>
        Uses(source) && !Allowed.Keys.Any(place => source.File.StartsWith(place, StringComparison.Ordinal))
            ? [$"{source.File} reads a switch: read the decision from the order"] : [];

    static bool Uses(Source source) => source.Root.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => Readers.Contains(name.Identifier.Text));
}
