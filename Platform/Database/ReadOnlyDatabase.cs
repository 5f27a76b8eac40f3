using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace OrderSaga.Platform.Database;

/// <summary>Another service's database for plain read-only statements: the connection itself refuses writes.</summary>
public sealed class ReadOnlyDatabase
{
    /// <summary>Bytes; large, so that long results arrive in few reads.</summary>
    const int ReadBuffer = 64 * 1024;

    readonly string connection;

    public ReadOnlyDatabase(DatabaseMode mode, string connection)
    {
        Mode = mode;
        this.connection = mode == DatabaseMode.PostgreSql ? Streaming(connection) : connection;
    }

    public DatabaseMode Mode { get; }

    public async Task<DbConnection> Open(CancellationToken cancel)
    {
        DbConnection opened = Mode switch
        {
            DatabaseMode.Sqlite => new SqliteConnection(connection),
            DatabaseMode.PostgreSql => PostgreSqlSession.Source(connection).CreateConnection(),
            _ => new SqlConnection(connection),
        };
        await opened.OpenAsync(cancel);
        return opened;
    }

    static string Streaming(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection) { ReadBufferSize = ReadBuffer };
        settings.Options += " -c jit=off";
        return settings.ConnectionString;
    }
}

public static class ReadOnlyDatabaseSetup
{
    /// <summary>Opens the database <paramref name="name"/> for an independent reader: <c>ConnectionStrings:NAME-reader</c> (for example a
    /// replica), otherwise <c>ConnectionStrings:NAME</c>.</summary>
    public static ReadOnlyDatabase GetReadOnlyDatabase(this IConfiguration configuration, string name)
    {
        var mode = configuration.GetDatabaseMode();
        return new ReadOnlyDatabase(mode, ReadOnlyContextSetup.ReadOnly(mode, configuration.GetReadOnlyConnection(name)));
    }

    /// <summary>The same database on its primary, even if a replica is configured.</summary>
    public static ReadOnlyDatabase GetPrimaryDatabase(this IConfiguration configuration, string name)
    {
        var mode = configuration.GetDatabaseMode();
        return new ReadOnlyDatabase(mode, ReadOnlyContextSetup.ReadOnly(mode, configuration.GetDatabaseConnection(name)));
    }

    /// <summary>True if <c>ConnectionStrings:NAME-reader</c> is set.</summary>
    public static bool HasReplica(this IConfiguration configuration, string name) => configuration.GetConnectionString(name + "-reader") is not null;
}
