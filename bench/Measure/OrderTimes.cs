using Microsoft.EntityFrameworkCore;
using Migrations;
using OrderSaga.Platform.Database;

namespace OrderSaga.Bench;

/// <summary>An order's way, by the system's own clock.</summary>
public sealed record OrderTime(Guid Id, string State, DateTime CreatedAt, DateTime UpdatedAt)
{
    public bool Ended => State is "Completed" or "Cancelled" or "NeedsReview";

    public double Milliseconds => (UpdatedAt - CreatedAt).TotalMilliseconds;
}

/// <summary>How long orders stood in a state, milliseconds.</summary>
public sealed record StateTime(string State, double P50);

/// <summary>Reads the orders database directly: cheap enough to be asked all the time.</summary>
/// <param name="mode">Its engine.</param>
/// <param name="connection">Its connection string.</param>
sealed class OrderReader(string mode, string connection)
{
    readonly DatabaseMode engine = Enum.Parse<DatabaseMode>(mode);
    int statements;

    /// <summary>Statements that were run here, so that they can be left out of what is counted.</summary>
    public int Statements => statements;

    /// <summary>Orders that have not ended: those that assurance would look at, found by its index.</summary>
    public async Task<int> Open()
    {
        Interlocked.Increment(ref statements);
        await using var db = Schema.Context(engine, "orders", connection);
        // In the index's order and bounded, or PostgreSQL reads whole tables of what has ended, and the looking costs more than what is looked at.
        return (await db.Database.SqlQueryRaw<int>("""
            SELECT CAST(count(*) AS int) AS "Value"
            FROM (SELECT 1 AS one FROM orders WHERE next_check_at IS NOT NULL ORDER BY next_check_at LIMIT 1000000) AS o
            """).ToListAsync())[0];
    }

    /// <summary>Orders that were placed at or after <paramref name="since"/>.</summary>
    public async Task<IReadOnlyList<OrderTime>> Since(DateTime since)
    {
        Interlocked.Increment(ref statements);
        await using var db = Schema.Context(engine, "orders", connection);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(2));
        return await db.Database.SqlQueryRaw<OrderTime>("""
            SELECT id AS "Id", state AS "State", created_at AS "CreatedAt", updated_at AS "UpdatedAt" FROM orders WHERE merchant = 'demo' AND created_at >= {0}
            """, since).ToListAsync();
    }

    /// <summary>How long orders that were placed at or after <paramref name="since"/> stood in each state: the median, by the audit's own times.</summary>
    public async Task<IReadOnlyList<StateTime>> States(DateTime since)
    {
        if (engine != DatabaseMode.PostgreSql)
            return [];
        Interlocked.Increment(ref statements);
        await using var db = Schema.Context(engine, "orders", connection);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(2));
        return await db.Database.SqlQueryRaw<StateTime>("""
            SELECT from_state AS "State", percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds) AS "P50" FROM (
                SELECT from_state, extract(epoch FROM at - lag(at) OVER (PARTITION BY subject_id ORDER BY id))::float8 * 1000 AS milliseconds
                FROM audit WHERE subject = 'order' AND at >= {0}) step
            WHERE milliseconds IS NOT NULL GROUP BY from_state
            """, since).ToListAsync();
    }
}
