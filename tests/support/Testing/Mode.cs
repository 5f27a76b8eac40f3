using Xunit.Sdk;

namespace Testing;

/// <summary>
/// Where a suite runs: everything embedded, or on real servers. Which are available is told by the environment:
/// ORDERSAGA_TEST_POSTGRES and ORDERSAGA_TEST_SQLSERVER (connection strings without a database), ORDERSAGA_TEST_RABBITMQ (amqp url without a vhost).
/// </summary>
public sealed class Mode : IXunitSerializable
{
    /// <summary>For xunit, which makes one named test case of each mode.</summary>
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

    /// <summary>The modes that can run here; a [MemberData] source.</summary>
    public static IEnumerable<object[]> All()
    {
        yield return [Embedded];
        if (Postgres is not null && RabbitMq is not null)
            yield return [Servers];
        if (SqlServerConnection is not null)
            yield return [SqlServer];
    }

    /// <summary>The one in which the most can go wrong: separate processes, where they run. For stories that cost a minute; a [MemberData] source.</summary>
    public static IEnumerable<object[]> Widest() => [[Postgres is not null && RabbitMq is not null ? Servers : Embedded]];

    /// <summary>Each database that can run here, with the bus in memory: for what is not about the broker; a [MemberData] source.</summary>
    public static IEnumerable<object[]> Databases()
    {
        yield return [Embedded];
        if (Postgres is not null)
            yield return [PostgreSql];
        if (SqlServerConnection is not null)
            yield return [SqlServer];
    }

    /// <summary>Settings of a fresh set of databases and a fresh vhost, gone when it is disposed.</summary>
    public Task<Installation> Fresh(params string[] databases) => FreshOn(null, databases);

    /// <param name="disk">A directory for its files; one for temporary ones without it.</param>
    /// <param name="databases">Their names.</param>
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
