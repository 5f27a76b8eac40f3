using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>Every guarantee names a test that exists.</summary>
public sealed partial class GuaranteesTests
{
    [Fact]
    public void Every_test_named_in_the_guarantees_exists() => Missing(Repo.Read("docs/guarantees.md"), Repo.Files(".cs").Select(Repo.Read)).ShouldBeNone();

    [Fact]
    public void A_missing_test_is_detected() =>
        Missing("`It_works` and `It_does_not`", ["public Task It_works() => Task.CompletedTask;"]).ShouldHaveSingleItem().ShouldContain("It_does_not");

    static IEnumerable<string> Missing(string guarantees, IEnumerable<string> code)
    {
        var methods = code.SelectMany(text => Method().Matches(text)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        return from named in Named().Matches(guarantees).Select(match => match.Groups["name"].Value).Distinct()
               where !methods.Contains(named)
               select $"docs/guarantees.md names {named}, which is no test";
    }

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    [GeneratedRegex(@"\b(Task|ValueTask|void)\s+(?<name>[A-Z]\w*_\w*)\s*\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Method();
}
