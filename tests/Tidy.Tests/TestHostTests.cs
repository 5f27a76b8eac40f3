using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>Test suites host services, and receive HTTP, with the base classes of tests/support/Testing.</summary>
public sealed class TestHostTests
{
    [Fact]
    public void Suites_host_services_with_the_shared_base() => Source.All.SelectMany(OwnHosts).ShouldBeNone();

    [Theory]
    [InlineData("tests/X.Tests/Host.cs", "var builder = Service.Create([], \"x\");", 1)]
    [InlineData("tests/X.Tests/Host.cs", "var builder = OrderSaga.Platform.Hosting.Service.Create([], \"x\");", 1)]
    [InlineData("tests/X.Tests/Receiver.cs", "var builder = WebApplication.CreateSlimBuilder();", 1)]
    [InlineData("tests/X.Tests/Host.cs", "var text = \"Service.Create()\";", 0)]
    [InlineData("tests/support/X/Host.cs", "var builder = Service.Create([], \"x\");", 0)]
    [InlineData("Orders.Api/Program.cs", "var builder = Service.Create([], \"x\");", 0)]
    public void A_host_of_its_own_is_detected(string file, string text, int found) => OwnHosts(new Source(file, text)).Count().ShouldBe(found);

    static IEnumerable<string> OwnHosts(Source source) => IsOfSuite(source.File)
        ? source.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Where(Creates)
            .Select(call => $"{source.At(call)} calls {call}: use ServiceHost or HttpReceiver")
        : [];

    static bool IsOfSuite(string file) =>
        file.StartsWith("tests/", StringComparison.Ordinal) && !file.StartsWith("tests/support/", StringComparison.Ordinal);

    static bool Creates(MemberAccessExpressionSyntax call) => (call.Expression.ToString().Split('.')[^1], call.Name.Identifier.Text) switch
    {
        ("Service", "Create") => true,
        ("WebApplication", var name) => name.StartsWith("Create", StringComparison.Ordinal),
        _ => false,
    };
}
