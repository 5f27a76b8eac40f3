using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace Platform.Tests;

/// <summary>Concurrent transactions and their effects.</summary>
public sealed class UnitOfWorkTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_conflict_is_retried_in_a_fresh_scope(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var one = await PackHost.Make(installation);
        await using var two = await PackHost.Make(installation);
        var ten = new ParallelOptions { MaxDegreeOfParallelism = 10 };
        await Parallel.ForAsync(0, 20, ten, async (i, _) => await (i % 2 == 0 ? one : two).Unit.Run(async work =>
        {
            var row = (await work.Lock<CounterRow, string>(["a"])).SingleOrDefault() ?? work.Db.Add(new CounterRow { Name = "a" }).Entity;
            row.Value++;
        }));
        (await one.Counter("a")).ShouldBe(20);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_row_lock_lasts_until_the_transaction_ends(Mode mode)
    {
        Assert.SkipUnless(mode.Database == "PostgreSql", "SQLite locks its whole file.");
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        await host.Unit.Run(work => Task.FromResult(work.Db.Add(new CounterRow { Name = "a", Value = 1 })));
        await host.Unit.Run(async work =>
        {
            (await work.Lock<CounterRow, string>(["a"])).Single().Value.ShouldBe(1);
            var other = host.Db(db => db.Database.ExecuteSqlRawAsync("SELECT 1 FROM counters WHERE name = 'a' FOR UPDATE NOWAIT"));
            (await Should.ThrowAsync<Npgsql.PostgresException>(other)).SqlState.ShouldBe(Npgsql.PostgresErrorCodes.LockNotAvailable);
        });
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task An_endless_conflict_is_abandoned_at_the_limit(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation, "Limits:MaxConflictAttempts=3");
        var scopes = new HashSet<UnitOfWorkContext>();
        await Should.ThrowAsync<DbUpdateConcurrencyException>(() => host.Unit.Run(Task (UnitOfWorkContext work) =>
        {
            scopes.Add(work);
            throw new DbUpdateConcurrencyException("planted");
        }));
        scopes.Count.ShouldBe(3);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_failure_after_the_commit_does_not_undo_it(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        await host.Unit.Run(async work =>
        {
            await work.Send("bumps", new Bump("a"));
            work.AfterCommit(() => throw new InvalidOperationException("planted"));
        });
        await host.Counts("a", 1);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_pooled_context_forgets_the_previous_transaction(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        await host.Bump("a", 1);
        var (detects, savepoints, tracked) = await host.Db(db =>
            Task.FromResult((db.ChangeTracker.AutoDetectChangesEnabled, db.Database.AutoSavepointsEnabled, db.ChangeTracker.Entries().Count())));
        (detects, savepoints, tracked).ShouldBe((true, true, 0));
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_host_stopped_during_work_logs_no_errors(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        var host = await PackHost.Start(installation);
        await using (host)
        {
            await host.Bump("a", 300);
            await Eventually.Holds("work is in progress", async () => await host.Counter("a") > 0);
        }

        host.Complaints.ShouldBeEmpty();
        if (mode.Transport != "RabbitMq")
            return;
        await using var next = await PackHost.Start(installation);
        await next.Counts("echo-a", 300);
    }

    [Fact]
    public async Task A_batch_does_not_run_in_the_batchers_creation_span()
    {
        using var activity = new Activity("maker").Start();
        Activity? seen = activity;
        await using var batcher = new Batcher<int>(1, _ =>
        {
            seen = Activity.Current;
            return Task.CompletedTask;
        });
        await batcher.Add(1);
        seen.ShouldBeNull();
    }
}
