using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Repository;

namespace Tidy.Tests;

/// <summary>docs/configuration.md has every setting of the code, and no other.</summary>
public sealed partial class ConfigurationTests
{
    const string Page = "docs/configuration.md";
    const string Begin = "<!-- settings:begin -->\n";
    const string End = "<!-- settings:end -->";

    // What ASP.NET Core reads itself.
    static readonly string[] Foreign = ["Kestrel:Endpoints"];

    [Fact]
    public void The_page_has_the_settings_of_the_classes()
    {
        var text = Repo.Read(Page).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var tables = SettingsPage.Render(Settings.Code);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
            File.WriteAllText(Repo.Path(Page), text[..begin] + tables + text[end..]);
        else
            text[begin..end].ShouldBe(tables, $"{Page} is not what the code reads; APPROVE=1 ./test Tidy.Tests writes it.");
    }

    [Fact]
    public void Every_setting_of_the_classes_says_what_it_means() =>
        SettingsPage.Rows(Settings.Code).Where(row => row.Meaning.Length == 0).Select(row => $"{row.Name} has no summary").ShouldBeNone();

    [Fact]
    public void The_page_has_every_setting_outside_of_the_classes() =>
        Described(Repo.Read(Page)).Order(StringComparer.Ordinal).ShouldBe(Outside(Settings.Code).Order(StringComparer.Ordinal));

    [Fact]
    public void A_setting_is_rendered_with_all_that_the_class_says() => SettingsPage.Render([Planted("""
        /// <summary>Bounds. Section <c>Bounds</c>; checked at start.</summary>
        class Bounds
        {
            /// <summary>How long <see cref="A"/> waits.</summary>
            public int WaitSeconds { get; set; } = 2 * 1_000;
            public string? Name { get; set; }
            void Check()
            {
                Require(WaitSeconds is 0 or (>= 8 and <= 9_000), "Bounds:WaitSeconds");
                if (WaitSeconds < A) throw new Exception();
            }
        }
        class Setup { object M(IConfiguration c) => c.GetSection("Bounds").Get<Bounds>(); }
        """)]).ShouldBe("""
        ## Bounds

        Bounds.

        | setting | type | default | unit | range | meaning |
        |---|---|---|---|---|---|
        | `Bounds:WaitSeconds` | integer | 2000 | s | 0 or 8 to 9000; at least A | How long `A` waits. |
        | `Bounds:Name` | text | none |  |  |  |

        """);

    [Theory]
    [InlineData("X is >= 1 and <= 5", "1 to 5")]
    [InlineData("X > 0 && Y < 3", "more than 0")]
    [InlineData("X is > 0 and <= 1", "more than 0, at most 1")]
    [InlineData("X * 1000 >= 2 * Y", "X * 1000 >= 2 * Y")]
    [InlineData("X == 0 || X >= Y", "Y to 7, or 0")]
    public void A_range_is_read_from_the_check(string condition, string range) => SettingsPage.Rows([Planted($$"""
        class S { public int X { get; set; } void Check() { Require({{condition}}, "S:X must be Y to 7, or 0."); } }
        class Setup { object M(IConfiguration c) => c.GetSection("S").Get<S>(); }
        """)]).ShouldHaveSingleItem().Range.ShouldBe(range);

    [Theory]
    [InlineData("""configuration["Gateway:Url"]""", "Gateway:Url")]
    [InlineData("""configuration["Data"]""", "Data")]
    [InlineData("""settings.GetValue("Demo", true)""", "Demo")]
    [InlineData("""const string Setting = "Http:Proxies";""", "Http:Proxies")]
    public void A_setting_outside_of_the_classes_is_detected(string code, string setting) => Outside([Planted(code)]).ShouldBe([setting]);

    /// <summary>Names with a colon wherever they stand, names without one where a configuration is read, and databases.</summary>
    static IEnumerable<string> Outside(IReadOnlyList<Source> code)
    {
        var bound = SettingsPage.Rows(code).Select(row => row.Name).ToHashSet();
        bound.UnionWith(SettingsPage.Bound(code).Select(section => section.Name));
        var literals = code.SelectMany(source => source.Root.DescendantNodes().OfType<LiteralExpressionSyntax>())
            .Where(literal => literal.Token.Value is string text
                && (Key().IsMatch(text) || (Word().IsMatch(text) && IsRead(literal))))
            .Select(literal => literal.Token.ValueText);
        var databases = code == Settings.Code ? Settings.Databases.Select(name => "ConnectionStrings:" + name) : [];
        return literals.Concat(databases).Where(name => !bound.Contains(name)).Except(Foreign).Distinct();
    }

    static bool IsRead(LiteralExpressionSyntax literal) => literal.Parent is ArgumentSyntax argument && argument.Parent?.Parent switch
    {
        ElementAccessExpressionSyntax element => Configuration().IsMatch(element.Expression.ToString()),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } =>
            access.Name.Identifier.Text == "GetValue" && Configuration().IsMatch(access.Expression.ToString()),
        _ => false,
    };

    /// <summary>The first column of the table under the heading; a replica goes by the name of its primary.</summary>
    static IEnumerable<string> Described(string page) => page.Split("## Addresses, secrets and modes\n")[1].Split("\n## ")[0].Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => Code().Matches(line.Split('|')[1]))
        .Select(match => match.Groups["name"].Value).Where(name => !name.EndsWith("-reader", StringComparison.Ordinal));

    static Source Planted(string text) => new("Planted.cs", text);

    [GeneratedRegex("^[A-Z][A-Za-z]+(:[A-Z][A-Za-z]+)+$", RegexOptions.ExplicitCapture)]
    private static partial Regex Key();

    [GeneratedRegex("^[A-Z][A-Za-z]+$")]
    private static partial Regex Word();

    [GeneratedRegex("(onfiguration|ettings)$")]
    private static partial Regex Configuration();

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
