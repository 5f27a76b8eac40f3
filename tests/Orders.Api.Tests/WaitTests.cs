using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>What wakes a caller that waits for the end of its order.</summary>
public sealed class WaitTests
{
    [Fact]
    public Task A_commit_of_this_process_wakes_without_a_query() =>
        Completes(builder => builder.Services.AddSingleton<TimeProvider>(new NoTimers()), async (host, id) =>
        {
            await host.Drive(id, OrderStates.AwaitingPayment, "StockReserved");
            await host.Drive(id, OrderStates.Completed, "StockConfirmed");
        });

    [Fact]
    public Task A_change_by_another_process_is_found() =>
        Completes(_ => { }, (host, id) => host.Read(db => db.Orders.Where(order => order.CorrelationId == id).ExecuteUpdateAsync(row => row
            .SetProperty(order => order.State, OrderStates.Completed).SetProperty(order => order.Version, order => order.Version + 1))));

    static async Task Completes(Action<WebApplicationBuilder> more, Func<ApiHost, Guid, Task> complete)
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        var key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders, Roles.Catalogue);
        await using var host = await ApiHost.Start(installation, withBus: false, more);
        var merchant = new Caller(host, "m", key);
        await merchant.Price("tea-001", 1);
        var waiting = merchant.Place("k", Caller.Order, ("Prefer", "wait=20"));
        var order = await Eventually.Becomes("the order is there", () => host.Read(db => db.Orders.SingleOrDefaultAsync()), found => found is not null);

        await complete(host, order!.CorrelationId);

        (await waiting).ShouldBe(200).Json["status"]!.GetValue<string>().ShouldBe("Completed");
    }

    /// <summary>The time of day goes on, but no timer fires: nothing is looked for, and no wait ends by itself.</summary>
    sealed class NoTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
