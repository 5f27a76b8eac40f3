using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>The walk through the sample shows its source word for word, so that it compiles and passes its tests.</summary>
public sealed partial class SampleTests
{
    const string Walk = "docs/add-a-participant.md";
    const string Sample = "samples/GiftCards/";

    [Fact]
    public void Every_code_block_of_the_walk_is_in_its_file() => Wrong(Repo.Read(Walk)).ShouldBeNone();

    [Fact]
    public void The_walk_has_a_block_of_each_step() => Block().Matches(Repo.Read(Walk)).Select(block => Path.GetFileName(block.Groups["file"].Value)).Distinct()
        .ShouldBe(["Messages.cs", "Hold.cs", "HoldRule.cs", "HoldFence.cs", "GiftCardsSetup.cs", "SequenceTests.cs"]);

    [Fact]
    public void The_sample_has_at_most_250_lines_as_the_walk_says()
    {
        var lines = Source.All.Where(source => source.File.StartsWith(Sample, StringComparison.Ordinal)).Sum(source => source.Lines.Count);
        lines.ShouldBeInRange(100, 250);
        Repo.Read(Walk).ShouldContain($"in {lines} lines of C#");
    }

    [Theory]
    [InlineData("[x](../samples/GiftCards/Messages.cs)\n\n```csharp\nsealed record Other;\n```\n", "differs")]
    [InlineData("Another sentence.\n\n```csharp\nnamespace GiftCards;\n```\n", "names no file")]
    public void A_wrong_code_block_is_detected(string text, string error) => Wrong(text).ShouldHaveSingleItem().ShouldContain(error);

    static IEnumerable<string> Wrong(string text)
    {
        var blocks = Block().Matches(text);
        var without = Regex.Count(text, "^```csharp", RegexOptions.Multiline) - blocks.Count;
        return blocks.Where(block => !Repo.Read(block.Groups["file"].Value).Contains(block.Groups["code"].Value, StringComparison.Ordinal))
            .Select(block => $"{Walk}: a block differs from {block.Groups["file"].Value}: {block.Groups["code"].Value.Split('\n')[0]}")
            .Concat(Enumerable.Repeat($"{Walk}: a block names no file in a link above it", without));
    }

    [GeneratedRegex(@"^\[[^\]]+\]\(\.\./(?<file>[\w./]+)\)\n\n```csharp\n(?<code>.*?)^```",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
