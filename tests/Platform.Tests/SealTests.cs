using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Sealing;

namespace Platform.Tests;

/// <summary>Each audit row is sealed once, soon after its commit, in a chain that shows each change.</summary>
public sealed class SealTests
{
    /// <summary>The tests take the steps themselves.</summary>
    static readonly string[] Rarely = ["Audit:SealIntervalSeconds=3600", "Audit:GapTimeoutSeconds=1"];

    static readonly DateTime At = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Each_row_is_sealed_once_by_any_number_of_processes(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var one = await PackHost.Make(installation, Rarely);
        await using var other = await PackHost.Make(installation, Rarely);
        for (var round = 0; round < 10; round++)
        {
            await Write(one, 20);
            await Task.WhenAll(Step(one), Step(other));
        }

        await Step(one);
        await Step(one);
        var seals = await Seals(one);
        seals.Select(seal => seal.Number).ShouldBe(Enumerable.Range(1, seals.Count).Select(number => (long)number));
        seals[^1].LastId.ShouldBe(200);
        (await Unmatched(one)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_missing_id_delays_the_seal_until_it_counts_as_lost(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation, Rarely);
        await Write(host, 2);
        await host.Db(db => db.Audit.Where(row => row.Id == 2).ExecuteDeleteAsync());
        await Write(host, 2);
        await Step(host);
        (await Seals(host)).ShouldHaveSingleItem().LastId.ShouldBe(1);

        await Eventually.Holds("the rows behind the gap are sealed", async () =>
        {
            await Step(host);
            return (await Seals(host))[^1].LastId == 4;
        });
        await Write(host, 1);
        await Step(host);
        (await Seals(host))[^1].LastId.ShouldBe(5, "a gap delays only once");
        (await Unmatched(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_commits_late_is_sealed()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "SQLite has one writer.");
        await using var installation = await Mode.PostgreSql.Fresh("pack");
        await using var host = await PackHost.Make(installation, "Audit:SealIntervalSeconds=3600");
        await using var slow = new Npgsql.NpgsqlConnection(installation.Connection("pack"));
        await slow.OpenAsync();
        await using (var open = await slow.BeginTransactionAsync())
        {
            await using var insert = new Npgsql.NpgsqlCommand(
                "INSERT INTO audit (at, subject, subject_id, from_state, to_state, cause) VALUES (now(), 's', 'late', '', 'x', 'test')", slow, open);
            await insert.ExecuteNonQueryAsync();
            await Write(host, 3);
            await Step(host);
            (await Seals(host)).ShouldBeEmpty("an earlier id is not committed");
            await open.CommitAsync();
        }

        await Step(host);
        (await Seals(host)).ShouldHaveSingleItem().LastId.ShouldBe(4);
        (await Unmatched(host)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_removed_seal_is_reported_and_never_made_again(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation, Rarely);
        using var errors = new Metric("ordersaga.audit.errors", "pack", "database");
        for (var round = 0; round < 2; round++)
        {
            await Write(host, 2);
            await Step(host);
        }

        await host.Db(db => db.Set<AuditSeal>().Where(seal => seal.Number == 2).ExecuteDeleteAsync());
        await Write(host, 1);
        await Step(host);

        errors.Sum.ShouldBe(1);
        host.Complaints.ShouldHaveSingleItem().ShouldStartWith("Error: Seal 2 of the audit of pack was changed or removed");
        (await Seals(host)).Select(seal => (seal.Number, seal.LastId)).ShouldBe([(1, 2), (3, 5)]);
    }

    [Fact]
    public void Every_column_of_a_row_is_sealed()
    {
        AuditRow[] rows = [Row(1), Row(2), Row(3)];
        var seal = AuditSeal.Of(null, Marked(rows), At, null);
        seal.KeyOf(rows, [null]).ShouldBe(0);
        foreach (var property in typeof(AuditRow).GetProperties().Where(property => property.Name != nameof(AuditRow.Mark)))
        {
            AuditRow[] changed = [Row(1), Row(2), Row(3)];
            property.SetValue(changed[1], property.GetValue(changed[1]) switch { long => 9L, DateTime => At.AddTicks(1), _ => "else" });
            seal.KeyOf(changed, [null]).ShouldBe(-1, property.Name);
            seal.Differences(changed).ShouldBe(property.Name == "Id" ? [(2, "removed"), (9, "added")] : [(2, "changed")], property.Name);
        }

        AuditRow[] moved = [Row(1), Row(2), Row(3)];
        (moved[0].Subject, moved[0].SubjectId) = ("su", "bjectid");
        seal.KeyOf(moved, [null]).ShouldBe(-1, "the border between two texts is sealed too");
        seal.Differences([rows[0], rows[2]]).ShouldBe([(2, "removed")]);
    }

    [Fact]
    public void A_seal_matches_only_with_its_key()
    {
        var (settings, old) = (new AuditSettings { SealKeys = $"{new string('n', 32)};{new string('o', 32)};none" }, new AuditSettings());
        settings.Check();
        AuditRow[] rows = [Row(1)];
        AuditSeal.Of(null, Marked(rows), At, settings.Key).KeyOf(rows, settings.Keys).ShouldBe(2, "keys are in the order of their use");
        AuditSeal.Of(null, Marked(rows), At, old.Key).KeyOf(rows, settings.Keys).ShouldBe(0);
        AuditSeal.Of(null, Marked(rows), At, settings.Key).KeyOf(rows, old.Keys).ShouldBe(-1);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("none")]
    [InlineData(";")]
    [InlineData("none;01234567890123456789012345678901")]
    public void Keys_that_cannot_be_used_stop_the_start(string keys) =>
        Should.Throw<InvalidOperationException>(new AuditSettings { SealKeys = keys }.Check).Message.ShouldStartWith("Audit:SealKeys must be");

    static List<(long, Guid)> Marked(AuditRow[] rows) => [.. rows.Select(row => (row.Id, AuditSeal.MarkOf(row)))];

    static AuditRow Row(long id) => new()
    {
        Id = id, At = At, Subject = "sub", SubjectId = "jectid", From = "a", To = "b", Cause = "c", Detail = null, Actor = "key kim",
    };

    static Task Write(PackHost host, int rows) => host.Unit.Run(work =>
    {
        for (var i = 0; i < rows; i++)
            work.Audit("counter", $"c-{i}", "", "written", "test");
        return Task.CompletedTask;
    });

    static Task Step(PackHost host) => host.App.Services.GetRequiredService<AuditSealer<PackDb>>().Step(CancellationToken.None);

    static Task<List<AuditSeal>> Seals(PackHost host) => host.Db(db => db.Set<AuditSeal>().AsNoTracking().OrderBy(seal => seal.Number).ToListAsync());

    /// <summary>The seals that do not continue the one before, or do not match the rows.</summary>
    static async Task<List<long>> Unmatched(PackHost host)
    {
        var rows = await host.Db(db => db.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync());
        var seals = await Seals(host);
        return [.. seals.Where((seal, i) => seal.FirstId != (i == 0 ? 1 : seals[i - 1].LastId + 1)
            || !seal.Previous.SequenceEqual(i == 0 ? [] : seals[i - 1].Hash)
            || seal.KeyOf(rows.FindAll(row => row.Id >= seal.FirstId && row.Id <= seal.LastId), [null]) != 0).Select(seal => seal.Number)];
    }
}
