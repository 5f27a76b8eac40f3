using System.Xml.Linq;
using Repository;

namespace Tidy.Tests;

/// <summary>Which projects may reference which. Folders are projects.</summary>
public sealed class ProjectTests
{
    static readonly string[] Services =
        ["Orders.Api", "Orders.Sagas", "Inventory.Worker", "Payments.Worker", "Payments.Sandbox", "Reconciler.Job", "Storefront"];

    static readonly string[] MayKnowServices = ["OrderSaga.Host", "Migrations", "tests", "tools", "bench"];

    /// <summary>Each library, and the projects that it may reference: the arrows go one way.</summary>
    static readonly Dictionary<string, string[]> Libraries = new()
    {
        ["Contracts"] = [],
        ["Platform"] = [],
        ["Orders.Model"] = ["Contracts", "Platform"],
        ["Ledgers"] = ["Contracts", "Platform", "Orders.Model"],
        ["Settlements"] = ["Contracts", "Platform", "Ledgers"],
        ["Verifier"] = ["Ledgers"],
        ["samples/GiftCards"] = ["Contracts", "Platform"],
    };

    /// <summary>Libraries that only some services may reference, with these services.</summary>
    static readonly Dictionary<string, string[]> RestrictedLibraries = new()
    {
        ["Orders.Model"] = ["Orders.Api", "Orders.Sagas", "Reconciler.Job"],
        ["Ledgers"] = ["Reconciler.Job"],
        ["Settlements"] = ["Reconciler.Job"],
        ["Verifier"] = ["Reconciler.Job"],
    };

    [Fact]
    public void No_service_references_another() => Repo.Files(".csproj").SelectMany(file => ForbiddenReferences(file, Repo.Read(file))).ShouldBeNone();

    [Fact]
    public void Libraries_reference_only_what_is_below_them() =>
        Libraries.Keys.SelectMany(library => Upward(library, Repo.Read($"{library}/{Path.GetFileName(library)}.csproj"))).ShouldBeNone();

    [Fact]
    public void Every_sample_is_in_the_table_and_only_tests_use_it()
    {
        var projects = Repo.Files(".csproj").Select(file => (File: file, Name: file.Split('/')[^2])).ToList();
        var samples = projects.Where(project => project.File.StartsWith("samples/", StringComparison.Ordinal)).Select(project => project.Name).ToList();
        samples.Select(name => $"samples/{name}").Except(Libraries.Keys)
            .Select(sample => $"{sample} is not in the table: add it to Libraries in ProjectTests.cs, with the projects that it may reference").ShouldBeNone();
        projects.Where(project => !project.File.StartsWith("tests/", StringComparison.Ordinal))
            .Where(project => References(Repo.Read(project.File)).Intersect(samples).Any())
            .Select(project => $"{project.File} references a sample: only projects in tests/ may").ShouldBeNone();
    }

    [Fact]
    public void Contracts_reference_no_package() =>
        XDocument.Parse(Repo.Read("Contracts/Contracts.csproj")).Descendants("PackageReference").ShouldBeEmpty("callers take Contracts without any package");

    [Fact]
    public void Services_reference_only_their_own_libraries() =>
        Services.SelectMany(service => ForeignLibraries(service, Repo.Read($"{service}/{service}.csproj"))).ShouldBeNone();

    [Fact]
    public void The_platform_has_no_business_words() => Source.All.Where(source => source.Folder == "Platform").SelectMany(PlatformWords.Found).ShouldBeNone();

    [Fact]
    public void Every_allowed_business_word_is_still_used() => PlatformWords.Stale(Source.All).ShouldBeNone();

    /// <summary>A package that is not the recorded one stops the restore, and NuGet says which ones have an advisory.</summary>
    [Fact]
    public void Every_package_is_locked_audited_and_of_one_source()
    {
        Repo.Files(".csproj").Where(file => !Repo.Exists($"{Path.GetDirectoryName(file)}/packages.lock.json")).ShouldBeNone();
        Repo.Files(".csproj").Append("Directory.Build.props").Where(file => Repo.Read(file).Contains("<NuGetAudit", StringComparison.Ordinal)).ShouldBeNone();
        var mapped = XDocument.Parse(Repo.Read("nuget.config")).Descendants("packageSourceMapping").Elements().ShouldHaveSingleItem();
        (mapped.Attribute("key")!.Value, mapped.Element("package")!.Attribute("pattern")!.Value).ShouldBe(("nuget.org", "*"));
        Repo.Read("deploy/Dockerfile").ShouldContain("-p:RestoreLockedMode=true");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repo.Read("OrderSaga.sln").Replace('\\', '/');
        Repo.Files(".csproj").Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal)).ShouldBeNone();
    }

    [Fact]
    public void A_reference_between_services_is_detected() =>
        ForbiddenReferences("Orders.Api/Orders.Api.csproj", """<Project><ProjectReference Include="..\Inventory.Worker\Inventory.Worker.csproj" /></Project>""")
            .ShouldHaveSingleItem();

    [Theory]
    [InlineData("Inventory.Worker", "Orders.Model", 1)]
    [InlineData("Orders.Api", "Ledgers", 1)]
    [InlineData("Orders.Api", "Orders.Model", 0)]
    public void A_reference_to_a_foreign_library_is_detected(string service, string library, int found) =>
        ForeignLibraries(service, $"""<Project><ProjectReference Include="../{library}/{library}.csproj" /></Project>""").Count().ShouldBe(found);

    [Theory]
    [InlineData("Platform", "Contracts", 1)]
    [InlineData("Ledgers", "Reconciler.Job", 1)]
    [InlineData("Ledgers", "Settlements", 1)]
    [InlineData("Ledgers", "Platform", 0)]
    [InlineData("samples/GiftCards", "Inventory.Worker", 1)]
    public void An_upward_reference_is_detected(string library, string other, int found) =>
        Upward(library, $"""<Project><ProjectReference Include="../{other}/{other}.csproj" /></Project>""").Count().ShouldBe(found);

    [Theory]
    [InlineData("class StockLevels;", 1)]
    [InlineData("var x = \"the Payments gateway\";", 2)]
    [InlineData("var x = $\"order {1}\";", 1)]
    [InlineData("namespace OrderSaga.Platform; // orders", 0)]
    [InlineData("var x = rows.OrderBy(r => r.Id).Order(); var sql = \"SELECT 1 ORDER BY id\";", 0)]
    public void A_business_word_is_detected(string text, int found) => PlatformWords.Found(new Source("Platform/Planted.cs", text)).Count().ShouldBe(found);

    static IEnumerable<string> ForbiddenReferences(string file, string project) =>
        MayKnowServices.Contains(file.Split('/')[0])
            ? []
            : References(project).Where(Services.Contains).Select(service => $"{file} references the service {service}");

    static IEnumerable<string> ForeignLibraries(string service, string project) =>
        References(project).Where(library => RestrictedLibraries.TryGetValue(library, out var services) && !services.Contains(service))
            .Select(library => $"{service} references {library}, which only {string.Join(", ", RestrictedLibraries[library])} may");

    static IEnumerable<string> Upward(string library, string project) =>
        References(project).Except(Libraries[library]).Select(other => $"{library} references {other}");

    static IEnumerable<string> References(string project) =>
        XDocument.Parse(project).Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/').Split('/')[^2]);
}
