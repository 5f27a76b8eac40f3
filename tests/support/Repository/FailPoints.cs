using System.Text.RegularExpressions;

namespace Repository;

/// <summary>A point at which a process can be killed.</summary>
/// <param name="Processes">The processes that pass it.</param>
/// <param name="Name">As the setting <c>FailPoint</c> takes it.</param>
public sealed record FailPointRow(IReadOnlyList<string> Processes, string Name);

/// <summary>The fail points in the documents, which the fault run uses, and those in the source.</summary>
public static partial class FailPoints
{
    public const string Document = "docs/architecture.md";

    /// <summary>The rows of the table under its heading.</summary>
    public static IReadOnlyList<FailPointRow> Listed { get; } = Read(Repo.Read(Document));

    /// <summary>All names that the product's source can reach, with the text in braces expanded.</summary>
    public static IReadOnlyList<string> InSource() =>
    [
        .. Product(".").SelectMany(text => Hit().Matches(text)).SelectMany(match => WorkedOut(match.Groups["name"].Value))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<FailPointRow> Read(string document) =>
    [
        .. from row in Row().Matches(document[document.IndexOf("## Fail points", StringComparison.Ordinal)..].Split("\n## ")[0])
           from name in Code().Matches(row.Groups["names"].Value)
           select new FailPointRow(row.Groups["processes"].Value.Split(", "), name.Groups["text"].Value),
    ];

    static IEnumerable<string> WorkedOut(string name) => Hole().Match(name) is not { Success: true } hole
        ? [name]
        : Values(hole.Groups["what"].Value).SelectMany(value => WorkedOut(name.Replace(hole.Value, value, StringComparison.Ordinal)));

    static IEnumerable<string> Values(string what) => what switch
    {
        "database.Name" => Found(".", Database()),
        "cause" => Found("Inventory.Worker", Consumer()),
        "operation" => Found("Payments.Worker", Operation()),
        _ => throw new InvalidOperationException($"A fail point's name has {{{what}}}: say here what that can be."),
    };

    static IEnumerable<string> Found(string folder, Regex pattern) =>
        Product(folder).SelectMany(text => pattern.Matches(text)).Select(match => match.Groups["value"].Value).Distinct();

    static IEnumerable<string> Product(string folder) => Repo.Files(".cs")
        .Where(file => folder == "." ? file.Split('/')[0] is not ("tests" or "tools" or "samples") : file.StartsWith(folder + "/", StringComparison.Ordinal))
        .Select(Repo.Read);

    [GeneratedRegex(@"FailPoint\.Hit\(\$?""(?<name>[^""]+)""\);", RegexOptions.ExplicitCapture)]
    private static partial Regex Hit();

    [GeneratedRegex(@"\{(?<what>[^}]*)\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Hole();

    [GeneratedRegex(@"^\|\s*(?<processes>\w+\.[\w., ]*\w)\s*\|(?<names>[^|]*)\|", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex(@"AddDatabase<\w+>\(""(?<value>\w+)""\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Database();

    [GeneratedRegex(@"IConsumer<(?<value>\w+)>", RegexOptions.ExplicitCapture)]
    private static partial Regex Consumer();

    [GeneratedRegex(@"Operation\.\w+ => ""(?<value>\w+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Operation();
}
