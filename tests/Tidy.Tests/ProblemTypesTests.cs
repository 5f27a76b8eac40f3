using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Repository;

namespace Tidy.Tests;

/// <summary>The catalogue of problem types, its page and the code that uses it say the same.</summary>
public sealed partial class ProblemTypesTests
{
    const string Catalogue = "Platform/Http/ProblemTypes.cs";
    const string Page = "docs/problems.md";

    static readonly List<Entry> Entries = [.. Read(Source.All.Single(source => source.File == Catalogue))];

    [Fact]
    public void The_page_lists_the_catalogue() =>
        Repo.Read(Page).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal) && Row().IsMatch(line))
            .ShouldBe(Entries.Select(entry => entry.Row));

    [Fact]
    public void A_problem_type_has_one_name_and_one_meaning()
    {
        Entries.Count.ShouldBeGreaterThan(70);
        Entries.Select(entry => entry.Name).ShouldBeUnique();
        Entries.Select(entry => entry.Title).ShouldBeUnique();
    }

    [Fact]
    public void Every_problem_type_is_used() => Unused(Entries, Source.All.Where(source => source.IsProduct && source.File != Catalogue)).ShouldBeNone();

    [Fact]
    public void An_unused_problem_type_is_detected() => Unused(
        [new("NotHere", "not-here", 404, "Not here."), new("Gone", "gone", 410, "Gone.")],
        [new Source("Planted.cs", "throw new Problem(ProblemTypes.Gone, \"NotHere\");")]).ShouldHaveSingleItem().ShouldContain("NotHere");

    [Fact]
    public void Every_problem_named_in_the_docs_exists() => Repo.Files(".md").SelectMany(file => Unknown(file, Repo.Read(file))).ShouldBeNone();

    [Theory]
    [InlineData("{\"type\":\"https://ordersaga.dev/problems/no-such-thing\"}", 1)]
    [InlineData("| too much | 422 `no-such-thing` |", 1)]
    [InlineData("400 `invalid-id`, and 202 `no-such-thing`", 0)]
    public void An_unknown_problem_in_the_docs_is_detected(string text, int found) => Unknown("README.md", text).Count().ShouldBe(found);

    static IEnumerable<Entry> Read(Source catalogue) =>
        from field in catalogue.Root.DescendantNodes().OfType<VariableDeclaratorSyntax>()
        let values = ((ImplicitObjectCreationExpressionSyntax)field.Initializer!.Value).ArgumentList.Arguments
            .Select(argument => ((LiteralExpressionSyntax)argument.Expression).Token.Value!).ToList()
        select new Entry(field.Identifier.Text, (string)values[0], (int)values[1], (string)values[2]);

    static IEnumerable<string> Unused(IEnumerable<Entry> entries, IEnumerable<Source> code)
    {
        var used = code.SelectMany(source => source.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
            .Where(access => access.Expression.ToString() == "ProblemTypes").Select(access => access.Name.Identifier.Text).ToHashSet();
        return entries.Where(entry => !used.Contains(entry.Field)).Select(entry => $"{Catalogue}: no code answers {entry.Field}");
    }

    static IEnumerable<string> Unknown(string file, string text) =>
        from name in Named().Matches(text).Select(match => match.Groups["name"].Value).Distinct()
        where Entries.TrueForAll(entry => entry.Name != name)
        select $"{file} names the problem type {name}, which is not in {Catalogue}";

    [GeneratedRegex(@"^\| `[a-z-]+` \| [45]\d\d \| .+ \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"ordersaga\.dev/problems/(?<name>[a-z-]+)|\b[45]\d\d `(?<name>[a-z-]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    sealed record Entry(string Field, string Name, int Status, string Title)
    {
        public string Row => $"| `{Name}` | {Status} | {Title} |";
    }
}
