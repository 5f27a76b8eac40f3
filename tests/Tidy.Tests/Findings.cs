namespace Tidy.Tests;

static class Findings
{
    /// <summary>Fails with one finding per line.</summary>
    public static void ShouldBeNone(this IEnumerable<string> findings)
    {
        var found = findings.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
