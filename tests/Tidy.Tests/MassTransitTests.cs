using Microsoft.CodeAnalysis.CSharp.Syntax;
using Repository;

namespace Tidy.Tests;

/// <summary>MassTransit stays where docs/adr/0029 allows it: the platform, the state machine and the consumers.</summary>
public sealed class MassTransitTests
{
    const string StateMachine = "Orders.Sagas/OrderSaga/";
    const string Consumer = "IConsumer<";

    /// <summary>Where it is used besides, and why. A line may go; a new one needs a new decision.</summary>
    static readonly Dictionary<string, string> Exceptions = new()
    {
        ["Orders.Model/OrderState.cs"] = "the saga's row is a SagaStateMachineInstance",
        ["Inventory.Worker/Branches/StockRows.cs"] = "IPreload gets the deliveries of a batch",
        ["Payments.Worker/Branches/PaymentRows.cs"] = "IPreload gets the deliveries of a batch",
    };

    [Fact]
    public void MassTransit_is_used_where_the_decision_allows_it() => Users()
        .Where(source => !IsAllowed(source) && !Exceptions.ContainsKey(source.File))
        .Select(source => $"{source.File} uses MassTransit").ShouldBeNone();

    [Fact]
    public void Every_exception_for_MassTransit_is_needed() => Exceptions.Keys.Except(Users().Select(source => source.File)).ShouldBeNone();

    [Fact]
    public void No_project_imports_MassTransit_for_all_its_files() => Repo.Files(".csproj").Concat(Repo.Files(".props"))
        .Where(file => Repo.Read(file).Contains("Using Include=\"MassTransit", StringComparison.Ordinal)).ShouldBeNone();

    [Theory]
    [InlineData("Orders.Api/SubmitOrder/SubmitOrderEndpoint.cs", "using MassTransit;\nclass C;", true)]
    [InlineData("Orders.Api/SubmitOrder/SubmitOrderEndpoint.cs", "class C(MassTransit.IBus bus);", true)]
    [InlineData("Orders.Api/SubmitOrder/SubmitOrderEndpoint.cs", "class C; // as MassTransit does", false)]
    [InlineData("Inventory.Worker/TryReserveStock/TryReserveStockConsumer.cs", "using MassTransit;\nclass C : IConsumer<X>;", false)]
    [InlineData("Inventory.Worker/TryReserveStock/Helper.cs", "using MassTransit;\nclass C;", true)]
    [InlineData("Orders.Sagas/OrderSaga/OrderSteps.cs", "using MassTransit;\nclass C;", false)]
    public void A_use_of_MassTransit_elsewhere_is_detected(string file, string text, bool found) =>
        (new Source(file, text) is var source && Uses(source) && !IsAllowed(source)).ShouldBe(found);

    static IEnumerable<Source> Users() => Source.All.Where(source => source.IsProduct && Uses(source));

    static bool Uses(Source source) => source.Root.DescendantNodes().OfType<IdentifierNameSyntax>()
        .Any(name => name.Identifier.Text == "MassTransit");

    static bool IsAllowed(Source source) => source.Folder == "Platform" || source.File.StartsWith(StateMachine, StringComparison.Ordinal)
        || source.Root.DescendantNodes().OfType<BaseTypeSyntax>()
            .Any(type => type.ToString().StartsWith(Consumer, StringComparison.Ordinal));
}
