using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace OrderSaga.Platform.Database;

/// <summary>Another owner's database, for plain statements that only read: the connection itself refuses to write.</summary>
public sealed class ReadOnlyDatabase
{
    /// <summary>Bytes; long results come in fewer pieces.</summary>
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
    /// <summary>The database <paramref name="name"/> as a third party reads it: <c>ConnectionStrings:NAME-reader</c> (a replica, say),
    /// else <c>ConnectionStrings:NAME</c>.</summary>
    public static ReadOnlyDatabase GetReadOnlyDatabase(this IConfiguration configuration, string name)
    {
        var mode = configuration.GetDatabaseMode();
        return new ReadOnlyDatabase(mode, ReaderSetup.ReadOnly(mode, configuration.GetReaderConnection(name)));
    }

    /// <summary>The same database where its owner writes it, whatever replica there is.</summary>
    public static ReadOnlyDatabase GetPrimaryDatabase(this IConfiguration configuration, string name)
    {
        var mode = configuration.GetDatabaseMode();
        return new ReadOnlyDatabase(mode, ReaderSetup.ReadOnly(mode, configuration.GetDatabaseConnection(name)));
    }

    /// <summary>Whether <c>ConnectionStrings:NAME-reader</c> is set.</summary>
    public static bool HasReplica(this IConfiguration configuration, string name) => configuration.GetConnectionString(name + "-reader") is not null;
}
