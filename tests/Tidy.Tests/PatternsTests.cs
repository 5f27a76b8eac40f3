using Repository;

namespace Tidy.Tests;

/// <summary>docs/patterns.md has every pattern, and names only files, tests and settings that exist.</summary>
public sealed class PatternsTests
{
    static readonly string Page = Repo.Read(PatternsPage.Document);
    static readonly List<PatternRow> Rows = [.. PatternsPage.Rows(Page)];

    [Fact]
    public void Every_pattern_has_one_row_with_all_its_cells() => PatternsPage.WrongRows(Rows).ShouldBeNone();

    [Fact]
    public void Every_pattern_names_files_that_exist() => Rows.SelectMany(PatternsPage.WrongFiles).ShouldBeNone();

    [Fact]
    public void Every_pattern_names_tests_that_exist()
    {
        var declared = PatternsPage.Declared(Source.All).ToHashSet(StringComparer.Ordinal);
        Rows.SelectMany(row => PatternsPage.WrongTests(row, declared)).ShouldBeNone();
    }

    [Fact]
    public void Every_setting_that_the_page_of_patterns_names_is_read() => PatternsPage.WrongSettings(Page).ShouldBeNone();

    [Fact]
    public void A_missing_pattern_is_detected() =>
        PatternsPage.WrongRows([.. Rows.Where(row => row.Name != "bulkhead")]).ShouldHaveSingleItem().ShouldContain("one row for bulkhead");

    [Fact]
    public void A_pattern_in_two_rows_is_detected() =>
        PatternsPage.WrongRows([.. Rows, Rows[0]]).ShouldBe([$"{PatternsPage.Document} must have one row for {Rows[0].Name}",
            $"{PatternsPage.Document} has several rows for {Rows[0].Name}"]);

    [Fact]
    public void A_pattern_that_only_the_page_has_is_detected() =>
        PatternsPage.WrongRows([.. Rows, Rows[0] with { Cells = ["mesh", .. Rows[0].Cells.Skip(1)] }]).ShouldHaveSingleItem().ShouldContain("mesh");

    [Fact]
    public void A_claim_to_have_an_absent_pattern_is_detected() =>
        PatternsPage.WrongRows([.. Rows.Select(row => row.Name == "proxy" ? row with { Section = "Change" } : row)])
            .ShouldHaveSingleItem().ShouldContain("one row for proxy");

    [Theory]
    [InlineData("| saga | for | where | test |")]
    [InlineData("| saga | for | where | test | |")]
    [InlineData("| saga | for | where | test | a | b |")]
    public void A_row_without_five_cells_is_detected(string line) =>
        PatternsPage.WrongRows([.. Rows.Where(row => row.Name != "saga"), Planted(line)]).ShouldHaveSingleItem().ShouldContain("row saga");

    [Theory]
    [InlineData("`Platform/Common/Lane.cs`", 0)]
    [InlineData("`Platform/Common/Lane.cs`, `Ledgers/Merge/Nowhere.cs`", 1)]
    [InlineData("`Platform/Common/`", 1)]
    [InlineData("in the platform", 1)]
    public void A_missing_file_of_a_pattern_is_detected(string where, int found) =>
        PatternsPage.WrongFiles(Planted($"| saga | for | {where} | test | cost |")).Count().ShouldBe(found);

    [Theory]
    [InlineData("X.Tests: `Here.It_works`", 0)]
    [InlineData("X.Tests: `Here.It_works`, `Here.It_does_not`", 1)]
    [InlineData("X.Tests: `There.It_works`", 1)]
    [InlineData("X.Tests: `Here.It_works`; Y.Tests: `Here.It_works`", 1)]
    [InlineData("X.Tests: `Here.Helper`", 1)]
    [InlineData("X.Tests: `It_works`", 1)]
    [InlineData("`Here.It_works`", 1)]
    [InlineData("none", 1)]
    public void A_missing_test_of_a_pattern_is_detected(string tests, int found)
    {
        var code = new Source("tests/X.Tests/Here.cs", "class Here { [Fact] public void It_works() { } public void Helper() { } } class There;");
        PatternsPage.WrongTests(Planted($"| saga | for | where | {tests} | cost |"), PatternsPage.Declared([code]).ToHashSet()).Count().ShouldBe(found);
    }

    [Theory]
    [InlineData("`Limits:BatchSize`, `Otlp:Endpoint`, `Switches:Guard:Ratio`", 0)]
    [InlineData("`Limits:BatchSizes`", 1)]
    public void A_missing_setting_of_a_pattern_is_detected(string text, int found) => PatternsPage.WrongSettings(text).Count().ShouldBe(found);

    static PatternRow Planted(string line) => PatternsPage.Rows($"# Page\n\n## Change\n\n{line}\n").ShouldHaveSingleItem();
}
