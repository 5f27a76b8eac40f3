using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>Every file that a document names exists.</summary>
public sealed partial class MarkdownTests
{
    const int MaxWidth = 140;

    [Fact]
    public void Every_file_named_in_the_docs_exists() => Repo.Files(".md").SelectMany(file => Missing(file, Repo.Read(file))).ShouldBeNone();

    [Theory]
    [InlineData("```sh\n./nowhere\n```", "nowhere")]
    [InlineData("```bash\ndotnet run --project Nowhere.Host\n```", "Nowhere.Host")]
    [InlineData("```\nscripts/nowhere --env\n```", "scripts/nowhere")]
    [InlineData("see [the map](docs/nowhere.md#top)", "docs/nowhere.md")]
    [InlineData("it is in `deploy/nowhere`", "deploy/nowhere")]
    [InlineData("```sh\ndocker compose -f nowhere.yaml up\n```", "nowhere.yaml")]
    public void A_missing_file_is_detected(string text, string named) => Missing("README.md", text).ShouldHaveSingleItem().ShouldContain(named);

    [Theory]
    [InlineData("```sh\n./test && bash .ci/run\ncurl http://localhost:5100/orders\n```")]
    [InlineData("[tests](tests/) and [web](https://example.org/a.md), `scripts/servers-up --env`, `Contracts/Orders.cs`")]
    [InlineData("`./data/orders.db`, `.run/logs/orders-api.log`, `./test NAME`")]
    [InlineData("`GET /orders/{id}` and `application/json` and `queue:payments`")]
    public void Existing_files_and_other_names_are_not_reported(string text) => Missing("README.md", text).ShouldBeNone();

    [Fact]
    public void Every_heading_that_a_link_names_exists() =>
        Repo.Files(".md").SelectMany(file => MissingHeadings(file, Repo.Read(file))).ShouldBeNone();

    [Theory]
    [InlineData("see [keys](docs/runbook.md#no-such-heading)", 1)]
    [InlineData("see [above](#nowhere)", 1)]
    [InlineData("# Is it *all* as promised?\n[here](#is-it-all-as-promised) and [keys](docs/runbook.md#keys)", 0)]
    public void A_link_to_a_missing_heading_is_detected(string text, int found) => MissingHeadings("README.md", text).Count().ShouldBe(found);

    [Fact]
    public void No_document_contains_conflict_markers() => Repo.Files(".md").SelectMany(file => Conflicts(file, Repo.Read(file))).ShouldBeNone();

    [Fact]
    public void Conflict_markers_are_detected() => Conflicts("README.md", "one\n<<<<<<< HEAD\ntwo\n=======\nthree\n>>>>>>> main\n").Count().ShouldBe(2);

    [Fact]
    public void Every_metric_named_in_the_docs_exists() =>
        Repo.Files(".md").SelectMany(file => MissingMetrics(file, Repo.Read(file))).ShouldBeNone();

    [Fact]
    public void A_missing_metric_is_detected() =>
        MissingMetrics("README.md", "`ordersaga.batch.size`, `ordersaga.stock.branch.repeats` and `ordersaga.no.such`")
            .ShouldHaveSingleItem().ShouldContain("no.such");

    [Fact]
    public void The_README_has_at_most_140_lines() => Repo.Read("README.md").TrimEnd('\n').Split('\n').Length.ShouldBeLessThanOrEqualTo(140);

    [Fact]
    public void No_line_is_longer_than_the_limit() => Repo.Files(".md").SelectMany(file => Wide(file, Repo.Read(file))).ShouldBeNone();

    [Fact]
    public void A_long_line_is_detected_except_in_a_table() =>
        Wide("README.md", $"{new string('a', 141)}\n| {new string('b', 200)} |\n{new string('c', 140)}\n").ShouldHaveSingleItem();

    /// <summary>A table row cannot be wrapped.</summary>
    static IEnumerable<string> Wide(string file, string text) => text.Split('\n')
        .Where(line => line.Length > MaxWidth && !line.TrimStart().StartsWith('|'))
        .Select(line => $"{file} has a line of {line.Length} characters, over {MaxWidth}: {line[..40]}");

    static IEnumerable<string> Conflicts(string file, string text) => text.Split('\n')
        .Where(line => line.StartsWith("<<<<<<< ", StringComparison.Ordinal) || line.StartsWith(">>>>>>> ", StringComparison.Ordinal))
        .Select(line => $"{file} has the mark of a merge: {line}");

    static IEnumerable<string> Missing(string file, string text)
    {
        var folder = Path.GetDirectoryName(file)!;
        var links = Link().Matches(text).Select(match => match.Groups["target"].Value).Where(target => !target.Contains(':', StringComparison.Ordinal))
            .Select(target => target.StartsWith('/') ? target[1..] : Path.Combine(folder, target));
        var code = Code().Matches(text).SelectMany(match => Word().Matches(match.Groups["code"].Value))
            .Select(match => match.Groups["path"].Value).Where(IsOurs);
        return from path in links.Concat(code).Distinct()
               where path.Length > 0 && !Repo.Exists(path)
               select $"{file} names {path}, which does not exist";
    }

    static IEnumerable<string> MissingHeadings(string file, string text) =>
        from match in Anchor().Matches(text)
        let target = match.Groups["file"].Value
        let page = target.Length == 0 ? text : Repo.Read(Path.Combine(Path.GetDirectoryName(file)!, target))
        where !Heading().Matches(page).Select(heading => Slug(heading.Groups["words"].Value)).Contains(match.Groups["anchor"].Value)
        select $"{file} links to {match.Value[1..]}, which is no heading";

    static IEnumerable<string> MissingMetrics(string file, string text) => Metric().Matches(text).Select(match => match.Groups["name"].Value)
        .Where(name => !Source.All.Any(source => source.Text.Contains($"\"{name}\"", StringComparison.Ordinal)
            || source.Text.Contains($"$\"{BranchMetric().Replace(name, "ordersaga.{name}.branch.")}\"", StringComparison.Ordinal)))
        .Select(name => $"{file} names the metric {name}, which does not exist");

    /// <summary>As GitHub makes it: small letters, digits and hyphens.</summary>
    static string Slug(string heading) => NoSlug().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    /// <summary>Patterns and files that are created at run time are not files of the repository.</summary>
    static bool IsOurs(string path) => !NotHere().IsMatch(path);

    [GeneratedRegex(@"\]\((?<file>[\w./-]*\.md)?#(?<anchor>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Anchor();

    [GeneratedRegex("^#+ (?<words>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"`(?<name>ordersaga\.[a-z.]+[a-z])`", RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();

    /// <summary>Every participant has these.</summary>
    [GeneratedRegex(@"^ordersaga\.(stock|payment)\.branch\.", RegexOptions.ExplicitCapture)]
    private static partial Regex BranchMetric();

    [GeneratedRegex(@"[^\w -]")]
    private static partial Regex NoSlug();

    [GeneratedRegex(@"[*]|NAME|^(data|\.run)\b|/bin/")]
    private static partial Regex NotHere();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"^```[^\n]*\n(?<code>.*?)^```|`(?<code>[^`\n]+)`", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    /// <summary>In code, a word names a file if it says so (./x, --project x, -f x) or starts with one of the top-level folders.</summary>
    [GeneratedRegex("""
        (?<![\w/.:-])(
            (--project|-f)\s+(?<path>[\w./-]+) |
            \./(?<path>[\w.][\w./*-]*) |
            (?<path>(scripts|docs|tests|tools|deploy|bench|samples|Contracts|Platform|Migrations|Storefront|\.ci|
                [A-Z]\w+\.(Api|Sagas|Worker|Sandbox|Job|Host|Model))
                /[\w./*-]*[\w/])
        )
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();
}
