using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>The options of the commands that the documents show are read by the programs and scripts.</summary>
public sealed partial class OptionTests
{
    // Of dotnet, docker, curl and rabbitmqctl.
    static readonly string[] Foreign = ["project", "build", "no-build", "data-binary", "if-empty", "profile"];

    static readonly string Scripts = string.Join('\n',
        Repo.Files("").Where(file => file.StartsWith("scripts/", StringComparison.Ordinal) || file is "test").Select(Repo.Read));

    [Fact]
    public void Every_option_shown_in_the_docs_exists() =>
        Repo.Files(".md").SelectMany(file => Missing(file, Repo.Read(file))).ShouldBeNone();

    [Theory]
    [InlineData("```sh\ndotnet run --project Reconciler.Job -- verify --no-such\n```", 1)]
    [InlineData("start it with `--Sandbox:LatePaymentSecond=600`", 1)]
    [InlineData("`verify --at-rest`, `--Sandbox:LatePaymentSeconds=600`, `scripts/faults --seed 7`, a -- b", 0)]
    public void A_missing_option_is_detected(string text, int found) => Missing("README.md", text).Count().ShouldBe(found);

    static IEnumerable<string> Missing(string file, string text) =>
        from code in Code().Matches(text)
        from option in Option().Matches(code.Value)
        let name = option.Groups["name"].Value
        where !Foreign.Contains(name) && !IsRead(name)
        select $"{file} shows --{name}, which nothing reads";

    static bool IsRead(string name) => name.Contains(':', StringComparison.Ordinal)
        ? Settings.IsRead(Index().Replace(name, "").Replace(":", "__", StringComparison.Ordinal))
        : Scripts.Contains($"--{name}", StringComparison.Ordinal) || Source.All.Any(source => source.File != "tests/Tidy.Tests/OptionTests.cs"
            && (source.Text.Contains($"--{name}", StringComparison.Ordinal) || source.Text.Contains($"\"{name}\"", StringComparison.Ordinal)));

    [GeneratedRegex(@"^```[^\n]*\n.*?^```|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<![\w-])--(?<name>[A-Za-z][\w:-]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Option();

    [GeneratedRegex(@":\d+$")]
    private static partial Regex Index();
}
