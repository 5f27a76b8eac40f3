using Microsoft.EntityFrameworkCore;
using Migrations;
using OrderSaga.Platform.Database;

namespace OrderSaga.Bench;

/// <summary>Times of an order by the system's clock.</summary>
public sealed record OrderTime(Guid Id, string State, DateTime CreatedAt, DateTime UpdatedAt)
{
    public bool Ended => State is "Completed" or "Cancelled" or "NeedsReview";

    public double Milliseconds => (UpdatedAt - CreatedAt).TotalMilliseconds;
}

/// <summary>How long orders stayed in a state, milliseconds.</summary>
public sealed record StateTime(string State, double P50);

/// <summary>Reads the orders database directly, cheaply enough for frequent polls.</summary>
/// <param name="mode">The database engine.</param>
/// <param name="connection">Its connection string.</param>
sealed class OrderReader(string mode, string connection)
{
    readonly DatabaseMode engine = Enum.Parse<DatabaseMode>(mode);
    int statements;

    /// <summary>Number of own statements, to be subtracted from the counted ones.</summary>
    public int Statements => statements;

    /// <summary>Orders that are not final, found by recovery's index.</summary>
    public async Task<int> Open()
    {
        Interlocked.Increment(ref statements);
        await using var db = Schema.Context(engine, "orders", connection);
        // In index order and bounded: otherwise PostgreSQL reads tables of finished orders, and polling costs more than the orders do.
        return (await db.Database.SqlQueryRaw<int>("""
            SELECT CAST(count(*) AS int) AS "Value"
            FROM (SELECT 1 AS one FROM orders WHERE next_retry_at IS NOT NULL ORDER BY next_retry_at LIMIT 1000000) AS o
            """).ToListAsync())[0];
    }

    /// <summary>Orders placed at or after <paramref name="since"/>.</summary>
    public async Task<IReadOnlyList<OrderTime>> Since(DateTime since)
    {
        Interlocked.Increment(ref statements);
        await using var db = Schema.Context(engine, "orders", connection);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(2));
        return await db.Database.SqlQueryRaw<OrderTime>("""
            SELECT id AS "Id", state AS "State", created_at AS "CreatedAt", updated_at AS "UpdatedAt" FROM orders WHERE merchant = 'demo' AND created_at >= {0}
            """, since).ToListAsync();
    }

    /// <summary>Median time in each state of orders placed at or after <paramref name="since"/>, from the audit.</summary>
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
