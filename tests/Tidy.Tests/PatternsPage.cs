using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Repository;

namespace Tidy.Tests;

/// <summary>One row of a table of docs/patterns.md.</summary>
/// <param name="Section">The heading above it.</param>
/// <param name="Cells">Pattern, purpose, place, tests, cost.</param>
sealed record PatternRow(string Section, IReadOnlyList<string> Cells)
{
    const int Columns = 5;

    public string Name => Cells[0];

    public string Tests => Cells.ElementAtOrDefault(3) ?? "";

    public bool IsWhole => Cells.Count == Columns && Cells.All(cell => cell.Length > 0);

    public bool IsAbsent => Section == PatternsPage.AbsentSection;
}

/// <summary>docs/patterns.md: the patterns, where they are in the code, and the tests that show them.</summary>
static partial class PatternsPage
{
    public const string Document = "docs/patterns.md";
    public const string AbsentSection = "Not in the product";

    /// <summary>The patterns that the product has.</summary>
    public static readonly IReadOnlyList<string> Present =
    [
        "aggregation", "chain", "branch", "asynchronous messages", "events to callers", "shared data",
        "saga", "try, confirm, cancel", "compensation", "query", "recovery", "deadline of an order", "reconciliation",
        "reliable messages", "idempotency", "unique ids", "version check", "lease", "batch", "failed messages", "audit",
        "timeout", "retry", "deadline of a request", "retry budget",
        "circuit breaker", "bulkhead", "limits", "back-pressure", "failover", "second gateway", "health check", "trace",
        "switch", "compatible change", "cache",
    ];

    /// <summary>The patterns that the product does not have. Move a name up when it has.</summary>
    public static readonly IReadOnlyList<string> Absent =
    [
        "proxy", "limits over all processes", "message manager", "migration",
    ];

    /// <summary>The rows of all tables under a heading.</summary>
    public static IEnumerable<PatternRow> Rows(string page) =>
        from section in page.Split("\n## ").Skip(1)
        let lines = section.Split('\n')
        from line in lines
        where line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| pattern |", StringComparison.Ordinal)
        select new PatternRow(lines[0], [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())]);

    public static IEnumerable<string> WrongRows(IReadOnlyList<PatternRow> rows) =>
    [
        .. from row in rows where !row.IsWhole select $"{Document}: the row {row.Name} must have five cells with text",
        .. from row in rows where !Present.Contains(row.Name) && !Absent.Contains(row.Name) select $"{Document}: {row.Name} is not in the list of this test",
        .. from name in Present where rows.Count(row => row.Name == name && !row.IsAbsent) != 1 select $"{Document} must have one row for {name}",
        .. from name in Absent where rows.Count(row => row.Name == name && row.IsAbsent) != 1
           select $"{Document} must have one row for {name}, under {AbsentSection}",
        .. from row in rows group row by row.Name into one where one.Count() > 1 select $"{Document} has several rows for {one.Key}",
    ];

    /// <summary>Every row names a file of the product, also one that says what to use today.</summary>
    public static IEnumerable<string> WrongFiles(PatternRow row)
    {
        var files = row.Cells.SelectMany(cell => Named().Matches(cell)).Select(match => match.Groups["file"].Value).ToList();
        return files.Where(file => !File.Exists(Repo.Path(file))).Select(file => $"{Document}: {row.Name} names {file}, which is no file")
            .Concat(files.Count == 0 ? [$"{Document}: {row.Name} names no file"] : []);
    }

    /// <summary>The tests of the row that do not exist; <paramref name="declared"/> has the others.</summary>
    public static IEnumerable<string> WrongTests(PatternRow row, IReadOnlySet<string> declared) => !Tests().IsMatch(row.Tests)
        ? [$"{Document}: the tests of {row.Name} must be written as PROJECT.Tests: `Class.Method`, `Class.Method`; PROJECT.Tests: `Class.Method`"]
        : from part in row.Tests.Split("; ")
          let project = part.Split(": ")[0]
          from test in part.Split(": ")[1].Split(", ")
          where !declared.Contains($"{project}: {test.Trim('`')}")
          select $"{Document}: {row.Name} names {test} in {project}, which is no test";

    /// <summary>All tests, as <c>PROJECT.Tests: Class.Method</c>.</summary>
    public static IEnumerable<string> Declared(IEnumerable<Source> code) =>
        from source in code
        where source.Folder == "tests"
        from method in source.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where Size.IsTest(method) && method.Parent is TypeDeclarationSyntax
        select $"{source.File.Split('/')[1]}: {((TypeDeclarationSyntax)method.Parent!).Identifier.Text}.{method.Identifier.Text}";

    /// <summary>The settings that a text names and no code reads.</summary>
    public static IEnumerable<string> WrongSettings(string page) =>
        from name in Setting().Matches(page).Select(match => match.Groups["name"].Value).Distinct()
        where !Settings.IsRead(name.Replace(":", "__", StringComparison.Ordinal)) && !SettingsPage.Rows(Settings.Code).Any(row => row.Name == name)
        select $"{Document} names the setting {name}, which nothing reads";

    /// <summary>A path in code letters.</summary>
    [GeneratedRegex(@"`(?<file>[A-Za-z][\w.]*/[\w./-]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Named();

    [GeneratedRegex(@"^[A-Z][\w.]*\.Tests: `\w+\.\w+`(, `\w+\.\w+`)*(; [A-Z][\w.]*\.Tests: `\w+\.\w+`(, `\w+\.\w+`)*)*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Tests();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]+(:[A-Z][A-Za-z]+)+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();
}
