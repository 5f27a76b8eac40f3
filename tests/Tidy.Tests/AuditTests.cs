using System.Text.RegularExpressions;

namespace Tidy.Tests;

/// <summary>The services' database users may only insert and read the audit and its seals: no code changes or deletes them.</summary>
public sealed partial class AuditTests
{
    [Fact]
    public void No_code_changes_or_deletes_the_audit() => Source.All.Where(source => source.IsProduct).SelectMany(Changes).ShouldBeNone();

    [Theory]
    [InlineData("const string Sql = \"UPDATE audit SET cause = 'x'\";")]
    [InlineData("const string Sql = \"DELETE FROM audit_seals WHERE number = 1\";")]
    [InlineData("Task M() => db.Audit.Where(row => row.Id < 5).ExecuteDeleteAsync();")]
    [InlineData("Task M() => db.Set<AuditRow>()\n.ExecuteUpdateAsync(x);")]
    [InlineData("void M() => db.Audit.Remove(row);")]
    [InlineData("object M() => new RetentionRule<TDb>(\"audit\", \"at\", 90);")]
    public void A_change_of_the_audit_is_detected(string code) => Changes(new Source("Planted.cs", $"class C {{ {code} }}")).ShouldHaveSingleItem();

    [Fact]
    public void Reading_and_writing_the_audit_is_no_change() =>
        Changes(new Source("Planted.cs", "class C { void M() { db.Audit.Add(row); db.Audit.Max(row => row.Id); } /* UPDATE no audit row */ }")).ShouldBeEmpty();

    static IEnumerable<string> Changes(Source source) =>
        Change().Matches(string.Join('\n', source.Lines)).Select(found => $"{source.File} changes the audit: {found.Value.ReplaceLineEndings(" ")}");

    [GeneratedRegex("""
        (UPDATE|DELETE\s+FROM|TRUNCATE(\s+TABLE)?|MERGE(\s+INTO)?)\s+"?audit(_seals)?\b
        |(\bAudit|<Audit(Row|Seal)>\(\))\s*\.(Remove|Update)|(\bAudit|<Audit(Row|Seal)>\(\))\s*\.[^;]*Execute(Update|Delete)
        |RetentionRule<\w+>\("audit
        """, RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Change();
}
