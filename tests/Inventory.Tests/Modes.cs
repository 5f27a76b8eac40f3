using Testing;

namespace OrderSaga.Inventory.Tests;

/// <summary>Where the suites run; PostgreSQL when ORDERSAGA_TEST_POSTGRES names a server.</summary>
static class Modes
{
    public static readonly Mode PostgreSql = new("InMemory+PostgreSQL", "PostgreSql", "InMemory");

    /// <summary>Each database with the bus in memory: for what is not about the broker.</summary>
    public static IEnumerable<Mode> Databases => Mode.Postgres is null ? [Mode.Embedded] : [Mode.Embedded, PostgreSql];

    /// <summary>The same, as a [MemberData] source.</summary>
    public static IEnumerable<object[]> EachDatabase() => Databases.Select(mode => new object[] { mode });
}
