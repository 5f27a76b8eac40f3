using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Retention;

namespace Platform.Tests;

/// <summary>Old rows are deleted in bounded pages, and nothing waits for it.</summary>
public sealed class RetentionTests
{
    const int Page = 100;

    static readonly string[] Often = ["Retention:IntervalSeconds=1", "Retention:MaxStepMilliseconds=10", $"Retention:PageSize={Page}"];
    static readonly DateTime Now = TimeProvider.System.GetUtcNow().UtcDateTime;
    static readonly DateTime Old = Now.AddDays(-8);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Retention_works_off_a_backlog_page_by_page(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        using var pages = new Metric("ordersaga.retention.deleted", "inbox", "table");
        await using var host = await Start(installation, db => db.AddRange(
            [.. Enumerable.Range(0, 1050).Select(i => Inbox(Old.AddMilliseconds(i))), .. Enumerable.Range(0, 7).Select(i => Inbox(Now))]));

        await Eventually.Becomes("only the new rows are left", () => host.Db(db => db.Inbox.CountAsync()), count => count == 7);
        await Eventually.Holds("the last page was counted", () => Task.FromResult(pages.Sum == 1050));
        pages.Count.ShouldBeGreaterThanOrEqualTo(1050 / Page);
        host.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(4000, 51, 2000)]
    [InlineData(4000, 50, 4000)]
    [InlineData(150, 3000, 100)]
    [InlineData(1000, 14, 2000)]
    [InlineData(3000, 1, 4000)]
    public void A_slow_statement_halves_the_next_page(int size, int milliseconds, int next) =>
        RetentionSettings.NextPageSize(size, TimeSpan.FromMilliseconds(milliseconds), max: 4000).ShouldBe(next);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Rows_with_equal_timestamps_are_all_deleted(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await Start(installation, db => db.AddRange(Enumerable.Range(0, 3 * Page).Select(_ => Inbox(Old))));
        await Eventually.Becomes("none is left", () => host.Db(db => db.Inbox.CountAsync()), count => count == 0);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_dead_letter_is_kept_long_after_its_replay(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await Start(
            installation, db => db.AddRange(Failed("waits", null), Failed("lately", Old), Failed("long ago", Now.AddDays(-91))));
        Task<List<string>> Left() => host.Db(db => db.FailedMessages.Select(row => row.Cause).Order().ToListAsync());
        (await Eventually.Becomes("one is deleted", Left, left => left.Count < 3)).ShouldBe(["lately", "waits"]);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_dead_letter_without_replay_ends_if_configured(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation, [.. Often, "Retention:FailedMessageRetentionDays=99"]);
        await Fill(host, db => db.AddRange(Failed("waits", null), Failed("lately", Old)));
        await host.App.StartAsync();
        Task<List<string>> Left() => host.Db(db => db.FailedMessages.Select(row => row.Cause).ToListAsync());
        (await Eventually.Becomes("one is deleted", Left, left => left.Count < 2)).ShouldBe(["lately"]);
    }

    [Fact]
    public async Task A_locked_row_delays_neither_retention_nor_the_outbox()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite has no row locks.");
        await using var installation = await Mode.PostgreSql.Fresh("pack");
        await using var host = await PackHost.Make(installation, [.. Often, "Retention:RescanIntervalSeconds=1"]);
        await Fill(host, db => db.AddRange(Enumerable.Range(0, 2 * Page).Select(i => Inbox(Old.AddMilliseconds(i)))));
        await using var locker = new Npgsql.NpgsqlConnection(installation.Connection("pack"));
        await locker.OpenAsync();
        await using (var locked = await locker.BeginTransactionAsync())
        {
            await using var first = new Npgsql.NpgsqlCommand("SELECT 1 FROM inbox ORDER BY received_at LIMIT 1 FOR UPDATE", locker, locked);
            await first.ExecuteNonQueryAsync();
            await host.App.StartAsync();
            await Eventually.Becomes("the locked row alone is left", () => CountOld(host), count => count == 1);
            await host.Bump("served", 1);
            await host.Counts("served", 1);
        }

        await Eventually.Becomes("it is deleted as well", () => CountOld(host), count => count == 0);
    }

    [Fact]
    public async Task A_write_ahead_log_grown_by_a_reader_is_truncated()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await Start(installation, _ => { });
        var log = new FileInfo(Path.Combine(installation.Directory, "pack.db-wal"));
        await using (var reader = new SqliteConnection(installation.Connection("pack")))
        {
            await reader.OpenAsync();
            await using var held = reader.BeginTransaction(deferred: true);
            await using var read = reader.CreateCommand();
            read.CommandText = "SELECT count(*) FROM inbox";
            await read.ExecuteScalarAsync();
            for (var i = 0; i < 20; i++)
                await Fill(host, db => db.Add(Failed("large", null, 1024 * 1024)));
            log.Refresh();
            log.Length.ShouldBeGreaterThan(18 * 1024 * 1024, "the reader holds it");
        }

        await Eventually.Holds("the log is truncated without further writes", () =>
        {
            log.Refresh();
            return Task.FromResult(log.Length <= 16 * 1024 * 1024);
        });
    }

    [Theory]
    [InlineData(nameof(RetentionSettings.IntervalSeconds), 0)]
    [InlineData(nameof(RetentionSettings.MaxStepMilliseconds), 10_001)]
    [InlineData(nameof(RetentionSettings.PageSize), 5_000)]
    [InlineData(nameof(RetentionSettings.RescanIntervalSeconds), 0)]
    [InlineData(nameof(RetentionSettings.ReplayedMessageRetentionDays), -1)]
    [InlineData(nameof(RetentionSettings.FailedMessageRetentionDays), 7)]
    public void An_inconsistent_retention_setting_stops_startup(string name, int value)
    {
        var settings = new RetentionSettings();
        typeof(RetentionSettings).GetProperty(name)!.SetValue(settings, value);
        Should.Throw<InvalidOperationException>(settings.Check).Message.ShouldContain("Retention:" + name);
        Should.NotThrow(new RetentionSettings().Check);
    }

    static async Task<PackHost> Start(Installation installation, Action<PackDb> fill)
    {
        var host = await PackHost.Make(installation, Often);
        await Fill(host, fill);
        await host.App.StartAsync();
        return host;
    }

    static Task<int> Fill(PackHost host, Action<PackDb> fill) => host.Db(db =>
    {
        fill(db);
        return db.SaveChangesAsync();
    });

    static Task<int> CountOld(PackHost host) => host.Db(db => db.Inbox.CountAsync(row => row.ReceivedAt < Now));

    static InboxRow Inbox(DateTime at) => new() { Endpoint = "bumps", MessageId = Guid.CreateVersion7(), ReceivedAt = at };

    static FailedMessage Failed(string cause, DateTime? replayedAt, int bytes = 0) => new()
    {
        Id = Guid.CreateVersion7(), Endpoint = "bumps", InputAddress = "", MessageType = "", ContentType = "", Body = new byte[bytes], Headers = "{}",
        Cause = cause, Detail = "", FailedAt = Now.AddDays(-100), ReplayedAt = replayedAt,
    };
}
