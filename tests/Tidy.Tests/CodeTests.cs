namespace Tidy.Tests;

public sealed class CodeTests
{
    // The sandbox is excluded: it stands for a foreign system with its own ledger.
    static readonly string[] Services =
        ["Orders.Api", "Orders.Model", "Orders.Sagas", "Inventory.Worker", "Payments.Worker", "Settlements", "Reconciler.Job", "samples"];

    // Recovery changes no row: the commands it sends are idempotent, and it sends them again while they are needed.
    const string Recovery = "Reconciler.Job/Recovery/";

    [Fact]
    public void No_service_bypasses_the_unit_of_work()
    {
        var services = Source.All
            .Where(source => Services.Contains(source.Folder) && !source.File.StartsWith(Recovery, StringComparison.Ordinal)).ToList();
        services.Select(source => source.Folder).Distinct().Count().ShouldBe(Services.Length, "a listed service has no sources");
        services.SelectMany(Code.GoesPastTheUnitOfWork).ShouldBeNone();
    }

    [Fact]
    public void No_error_is_swallowed() => Source.All.SelectMany(Code.SwallowsErrors).ShouldBeNone();

    [Fact]
    public void The_source_has_no_unfinished_code() => Source.All.SelectMany(Code.IsUnfinished).ShouldBeNone();

    [Fact]
    public void No_caller_input_is_parsed_as_an_enum() =>
        Source.All.Where(source => source.IsProduct).SelectMany(Code.ParsesEnums).ShouldBeNone();

    [Theory]
    [InlineData("class C { bool M(string t) => Enum.TryParse<DayOfWeek>(t, out _); }")]
    [InlineData("class C { object M(string t) => System.Enum.Parse(typeof(DayOfWeek), t); }")]
    public void An_enum_parse_is_detected(string text) => Code.ParsesEnums(new Source("Planted.cs", text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("class C(OrdersDb db) { Task M() => db.SaveChangesAsync(); }")]
    [InlineData("class C(IBus bus);")]
    [InlineData("class C { Task M(ConsumeContext c) => c.GetSendEndpoint(uri); }")]
    [InlineData("class C(MassTransit.ISendEndpointProvider sender);")]
    public void A_bypass_of_the_unit_of_work_is_detected(string text) => Code.GoesPastTheUnitOfWork(new Source("Planted.cs", text)).ShouldHaveSingleItem();

    [Fact]
    public void The_outbox_is_no_bypass_of_the_unit_of_work() =>
        Code.GoesPastTheUnitOfWork(new Source("Planted.cs", "class C { /* never SaveChanges */ Task M(ConsumeContext c) => c.Publish(1); }")).ShouldBeEmpty();

    [Theory]
    [InlineData("try { }\ncatch\n{\n}", 1)]
    [InlineData("try { } catch (Exception e) when (e is X) { }", 1)]
    [InlineData("try { } catch\n{\n// The connection is gone already.\n}", 0)]
    [InlineData("try { } catch { throw; }", 0)]
    public void A_swallowed_error_is_detected(string text, int found) => Code.SwallowsErrors(new Source("Planted.cs", text)).Count().ShouldBe(found);

    [Fact]
    public void Unfinished_code_is_detected() => Code.IsUnfinished(new Source("Planted.cs", "// TO" + "DO: later")).ShouldHaveSingleItem();
}
