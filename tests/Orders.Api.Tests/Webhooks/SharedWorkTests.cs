using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Orders.Model.Webhooks;

namespace Orders.Api.Tests.Webhooks;

/// <summary>Concurrent writers, two processes, and a process that dies.</summary>
public sealed class SharedWorkTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_fast_receiver_does_not_wait_for_the_interval(Mode mode)
    {
        await using var shop = await HookShop.Open(mode, "--Webhooks:SendIntervalMilliseconds=5000");
        await shop.Register();
        for (var i = 0; i < 60; i++)
            await shop.Merchant.Placed();
        // Four slots every five seconds would take more than a minute.
        await shop.Receiver.Await(60);
    }

    /// <summary>The transaction with the smaller id commits last; a reader that only moves forward would never see it.</summary>
    [Theory(SkipTestWithoutData = true), MemberData(nameof(Servers))]
    public async Task An_event_committed_out_of_order_is_not_lost(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var endpoint = await shop.Register();
        var (slow, quick) = (await shop.Merchant.Placed(), await shop.Merchant.Placed());
        await shop.LogBecomes(endpoint, "Delivered", 2);

        await using var scope = shop.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await Complete(db, slow);
        var smaller = await db.Audit.MaxAsync(row => row.Id, TestContext.Current.CancellationToken);
        await shop.Host.Drive(quick, OrderStates.Completed, "StockConfirmed");
        (await shop.Host.Read(other => other.Audit.MaxAsync(row => row.Id))).ShouldBeGreaterThan(smaller, "the ids are in reverse order of commit");

        await shop.LogBecomes(endpoint, "Delivered", 3);
        shop.Receiver.Of(quick).ShouldBe("order.submitted order.completed");
        shop.Receiver.Of(slow).ShouldBe("order.submitted");
        (await shop.Host.Read(other => other.WebhookCursors.SingleAsync())).After.ShouldBeLessThan(smaller, "the next reader would have to read it");

        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await shop.LogBecomes(endpoint, "Delivered", 4);
        shop.Receiver.Of(slow).ShouldBe("order.submitted order.completed");
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(Servers))]
    public async Task The_id_of_a_rolled_back_event_is_skipped_after_a_wait(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var endpoint = await shop.Register();
        var (undone, done) = (await shop.Merchant.Placed(), await shop.Merchant.Placed());
        await using (var scope = shop.Host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await Complete(db, undone);
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        }

        await shop.Host.Drive(done, OrderStates.Completed, "StockConfirmed");
        await shop.LogBecomes(endpoint, "Delivered", 3);
        var last = await shop.Host.Read(db => db.Audit.MaxAsync(row => row.Id));
        await Eventually.Holds("the reader has skipped it", () => shop.Host.Read(db => db.WebhookCursors.AnyAsync(row => row.After >= last)));
        shop.Receiver.Of(undone).ShouldBe("order.submitted");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Two_webhook_processes_send_nothing_twice(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        await using var second = await ApiHost.Start(shop.Installation, false, HookShop.Quick);
        var endpoint = await shop.Register();
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++)
            ids.Add(await shop.PlacedAndCompleted());
        await shop.LogBecomes(endpoint, "Delivered", 40);
        shop.Receiver.Taken.Count.ShouldBe(40);
        foreach (var id in ids)
            shop.Receiver.Of(id).ShouldBe("order.submitted order.completed");
    }

    /// <summary>The first process stops reading without notice, like a kill: its row still shows its claim.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_second_process_takes_over_a_dead_ones_claims(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var endpoint = await shop.Register();
        var id = await shop.Merchant.Placed();
        await shop.LogBecomes(endpoint, "Delivered", 1);
        var dead = Guid.CreateVersion7();
        await shop.Change(async work =>
        {
            var reader = (await work.Lock<WebhookCursor, string>([WebhookCursor.Orders])).Single();
            (reader.Holder, reader.Heartbeats) = (dead, reader.Heartbeats + 1);
            var row = (await work.Lock<WebhookDelivery, Guid>([(await shop.Rows())[0].Id])).Single();
            (row.State, row.Lease, row.NextAttemptAt) = (DeliveryStates.Pending, dead, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2));
        });
        await shop.Host.Drive(id, OrderStates.Completed, "StockConfirmed");

        await shop.LogBecomes(endpoint, "Delivered", 2);
        (await shop.Host.Read(db => db.WebhookCursors.SingleAsync())).Holder.ShouldNotBe(dead);
        shop.Receiver.Of(id).ShouldBe("order.submitted order.submitted order.completed");
        shop.Receiver.Taken.Take(2).Select(hook => hook.Id).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_slow_receiver_does_not_delay_the_others()
    {
        await using var shop = await HookShop.Open(Mode.Embedded,
            "--Webhooks:MaxConcurrent=4", "--Webhooks:MaxConcurrentPerEndpoint=1", "--Webhooks:TimeoutSeconds=20", "--Webhooks:LeaseSeconds=40");
        await using var slow = await HookReceiver.Start();
        using var go = new ManualResetEventSlim();
        slow.Answers = _ =>
        {
            go.Wait(TimeSpan.FromSeconds(20));
            return Results.NoContent();
        };
        var stuck = await shop.Register(slow.Url);
        var endpoint = await shop.Register();
        for (var i = 0; i < 10; i++)
            await shop.PlacedAndCompleted();
        await shop.LogBecomes(endpoint, "Delivered", 20);
        slow.Taken.Count.ShouldBe(1);
        go.Set();
        await shop.LogBecomes(stuck, "Delivered", 20);
    }

    public static IEnumerable<object[]> Servers() => Mode.All().Where(mode => ((Mode)mode[0]).Database != "Sqlite");

    static async Task Complete(OrdersDb db, Guid id)
    {
        await db.Database.ExecuteSqlRawAsync("UPDATE orders SET state = 'Completed', version = version + 1 WHERE id = {0}", id);
        db.Audit.Add(new OrderSaga.Platform.Database.AuditRow
        {
            At = TimeProvider.System.GetUtcNow().UtcDateTime, Subject = OrderAudit.Subject, SubjectId = id.ToString(), From = OrderStates.Reserving,
            To = OrderStates.Completed, Cause = "StockConfirmed",
        });
        await db.SaveChangesAsync();
    }
}
