using Microsoft.EntityFrameworkCore;
using Npgsql;
using OrderSaga.Platform.Database;

namespace Platform.Tests;

/// <summary>Finds statements that are fast on a small table and read all of a large one, by their plan instead of a clock.</summary>
public sealed class PlanTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_page_of_a_long_outbox_is_read_in_index_order(Mode mode)
    {
        Assert.SkipUnless(mode.Database == "PostgreSql", "Plans are looked at on PostgreSQL.");
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        await host.Db(db => db.Database.ExecuteSqlRawAsync("""
            INSERT INTO outbox (id, destination, message_type, content_type, body, created_at, lease, next_attempt_at, attempts)
            SELECT gen_random_uuid(), 'exchange:nowhere', 'News', 'text/plain', '', now(), gen_random_uuid(), now() - n * interval '1 ms', 0
            FROM generate_series(1, 5000) n
            """));

        var plan = await host.Db(Plan);

        plan.ShouldContain(line => line.Contains("Index Scan using", StringComparison.Ordinal));
        plan.ShouldNotContain(line => line.Contains("Sort", StringComparison.Ordinal) || line.Contains("Seq Scan", StringComparison.Ordinal));
    }

    /// <summary>The generic plan for any page size, as the session settings require.</summary>
    static async Task<List<string>> Plan(DbContext db)
    {
        await db.Database.OpenConnectionAsync();
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var claim = Dialect.For(DatabaseMode.PostgreSql).ClaimOutbox.Replace("@lease", "$1", StringComparison.Ordinal)
            .Replace("@seconds", "$2", StringComparison.Ordinal).Replace("@limit", "$3", StringComparison.Ordinal);
        await using var prepare = new NpgsqlCommand($"PREPARE claim(uuid, float8, int) AS {claim}", connection);
        await prepare.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand("EXPLAIN EXECUTE claim('00000000-0000-7000-8000-000000000000', 10, 200)", connection);
        await using var reader = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }
}
