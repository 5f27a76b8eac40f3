using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>Deliveries, and how often each one takes effect.</summary>
public sealed class DeliveryTests
{
    public static TheoryData<Mode, int, int, int> BatchesAndSizes()
    {
        var data = new TheoryData<Mode, int, int, int>();
        foreach (var mode in Mode.All().Select(row => (Mode)row[0]))
        {
            data.Add(mode, 1, 64, 64);
            data.Add(mode, 4, 16, 64);
            data.Add(mode, 4, 16, 1);
            data.Add(mode, 1, 1, 64);
            data.Add(mode, 1, 1, 1);
        }

        return data;
    }

    [Theory, MemberData(nameof(BatchesAndSizes))]
    public async Task Outbox_messages_are_handled_once_and_then_deleted(Mode mode, int concurrentBatches, int size, int envelope)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(
            installation, $"Limits:ConcurrentBatches={concurrentBatches}", $"Limits:BatchSize={size}", $"Limits:EnvelopeSize={envelope}");
        var sagas = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToArray();
        await Parallel.ForAsync(0, 100, async (i, _) => await host.Unit.Run(async work =>
        {
            await work.Send("bumps", new Bump("a"));
            await work.Send("tallies", new Tally(sagas[i % 5], 20));
        }));

        await host.Counts("a", 100);
        await host.Counts("echo-a", 100);
        foreach (var saga in sagas)
            await host.Counts("echo-" + saga, 1);
        await host.Drained();
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_message_delivered_three_times_has_one_effect(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        using var bumps = new Metric("ordersaga.inbox.duplicates", "bumps");
        using var tallies = new Metric("ordersaga.inbox.duplicates", "tallies");
        var saga = Guid.CreateVersion7();
        for (var i = 0; i < 40; i++)
        {
            var bump = RawMessage.Of("Bump", new { name = "a" }, Guid.CreateVersion7());
            var tally = RawMessage.Of("Tally", new { id = saga, limit = 1000 }, Guid.CreateVersion7());
            for (var time = 0; time < 3; time++)
            {
                await host.SendRaw("bumps", bump);
                await host.SendRaw("tallies", tally);
            }
        }

        await Eventually.Becomes("80 duplicates of each", () => Task.FromResult((bumps.Sum, tallies.Sum)), sums => sums == (80, 80));
        (await host.Counter("a")).ShouldBe(40);
        (await host.Db(db => db.Tallies.SingleAsync())).Count.ShouldBe(40);
        await host.Counts("echo-a", 40);
    }

    /// <summary>The inbox is checked before a failure counts, though not before a batch runs.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_duplicate_that_would_now_be_refused_is_no_failure(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        using var duplicates = new Metric("ordersaga.inbox.duplicates", "bumps");
        var message = RawMessage.Of("Bump", new { name = "poison" }, Guid.CreateVersion7());
        host.Remedy.Fixed = true;
        await host.SendRaw("bumps", message);
        await host.Counts("poison", 1);

        host.Remedy.Fixed = false;
        await host.SendRaw("bumps", message);
        await Eventually.Becomes("the duplicate is counted", () => Task.FromResult(duplicates.Sum), sum => sum == 1);
        (await host.Counter("poison")).ShouldBe(1);
        (await host.Db(db => db.FailedMessages.CountAsync(row => row.Endpoint == "bumps"))).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Each_message_without_an_id_is_handled(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        for (var i = 0; i < 10; i++)
            await host.SendRaw("bumps", RawMessage.Of("Bump", new { name = "a" }, null));
        await host.Counts("a", 10);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Five_hundred_messages_share_far_fewer_transactions(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation, "Limits:BatchSize=64");
        using var batches = new Metric("ordersaga.batch.size", "bumps");
        await host.Bump("a", 500);
        await host.Counts("a", 500);
        batches.Sum.ShouldBe(500);
        batches.Count.ShouldBeLessThan(100);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Two_hosts_lose_no_saga_update(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var one = await PackHost.Start(installation);
        await using var two = await PackHost.Start(installation);
        var sagas = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7()).ToArray();
        await Parallel.ForAsync(0, 40, async (i, _) => await (i % 2 == 0 ? one : two).Unit.Run(async work =>
        {
            foreach (var saga in sagas)
                await work.Send("tallies", new Tally(saga, 40));
        }));

        foreach (var saga in sagas)
            await one.Counts("echo-" + saga, 1);
        (await one.Db(db => db.Tallies.Select(row => row.Count).ToListAsync())).ShouldBe([40, 40, 40, 40]);
        (await one.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }
}
