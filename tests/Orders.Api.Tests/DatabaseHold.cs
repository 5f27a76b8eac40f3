using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Orders.Api.Tests;

/// <summary>Another client of the orders database with an open transaction.</summary>
static class DatabaseHold
{
    /// <summary>What the statement locks stays locked until the connection is disposed.</summary>
    public static async Task<DbConnection> Begin(Installation installation, string statement)
    {
        DbConnection connection = installation.Mode.Database == "Sqlite"
            ? new SqliteConnection(installation.Connection("orders") + ";Pooling=False")
            : new NpgsqlConnection(installation.Connection("orders") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
