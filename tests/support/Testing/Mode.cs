using Xunit.Sdk;

namespace Testing;

/// <summary>
/// Where a suite runs: fully embedded, or on real servers. The environment says which are available: ORDERSAGA_TEST_POSTGRES and
/// ORDERSAGA_TEST_SQLSERVER (connection strings without a database), ORDERSAGA_TEST_RABBITMQ (AMQP URL without a virtual host).
/// </summary>
public sealed class Mode : IXunitSerializable
{
    /// <summary>Required by xunit, which shows each mode as a named test case.</summary>
    public Mode()
        : this("", "", "")
    {
    }

    Mode(string name, string database, string transport) => (Name, Database, Transport) = (name, database, transport);

    public string Name { get; private set; }
    public string Database { get; private set; }
    public string Transport { get; private set; }

    public static readonly Mode Embedded = new("InMemory+SQLite", "Sqlite", "InMemory");
    public static readonly Mode Servers = new("RabbitMQ+PostgreSQL", "PostgreSql", "RabbitMq");
    public static readonly Mode PostgreSql = new("InMemory+PostgreSQL", "PostgreSql", "InMemory");
    public static readonly Mode SqlServer = new("InMemory+SQLServer", "SqlServer", "InMemory");

    public static string? Postgres => Environment.GetEnvironmentVariable("ORDERSAGA_TEST_POSTGRES");
    public static string? SqlServerConnection => Environment.GetEnvironmentVariable("ORDERSAGA_TEST_SQLSERVER");
    public static string? RabbitMq => Environment.GetEnvironmentVariable("ORDERSAGA_TEST_RABBITMQ");

    /// <summary>The modes available here; a [MemberData] source.</summary>
    public static IEnumerable<object[]> All()
    {
        yield return [Embedded];
        if (Postgres is not null && RabbitMq is not null)
            yield return [Servers];
        if (SqlServerConnection is not null)
            yield return [SqlServer];
    }

    /// <summary>
    /// The mode in which most can go wrong: separate processes where available. For stories that take a minute; a [MemberData] source.
    /// </summary>
    public static IEnumerable<object[]> Widest() => [[Postgres is not null && RabbitMq is not null ? Servers : Embedded]];

    /// <summary>
    /// Each database available here, with the in-memory bus: for tests that do not depend on the broker; a [MemberData] source.
    /// </summary>
    public static IEnumerable<object[]> Databases()
    {
        yield return [Embedded];
        if (Postgres is not null)
            yield return [PostgreSql];
        if (SqlServerConnection is not null)
            yield return [SqlServer];
    }

    /// <summary>Settings of new databases and a new virtual host; disposing removes them.</summary>
    public Task<Installation> Fresh(params string[] databases) => FreshOn(null, databases);

    /// <param name="disk">A directory for its files; a temporary one by default.</param>
    /// <param name="databases">The names of the databases.</param>
    public async Task<Installation> FreshOn(string? disk, params string[] databases)
    {
        var installation = new Installation(this, databases, disk);
        await installation.Create();
        return installation;
    }

    public override string ToString() => Name;

    public void Serialize(IXunitSerializationInfo info) => info.AddValue(nameof(Name), Name);

    public void Deserialize(IXunitSerializationInfo info)
    {
        var name = info.GetValue<string>(nameof(Name));
        var mode = new[] { Embedded, Servers, PostgreSql, SqlServer }.Single(known => known.Name == name);
        (Name, Database, Transport) = (mode.Name, mode.Database, mode.Transport);
    }
}
