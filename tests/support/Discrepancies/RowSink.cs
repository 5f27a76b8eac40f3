using System.Data.Common;
using Npgsql;

namespace Discrepancies;

/// <summary>Writes the rows of one table quickly.</summary>
abstract class RowSink : IAsyncDisposable
{
    public abstract Task Add(object?[] row);

    public abstract Task Complete();

    public abstract ValueTask DisposeAsync();
}

/// <summary>COPY on its own connection.</summary>
sealed class CopySink : RowSink
{
    readonly NpgsqlConnection connection;
    readonly NpgsqlBinaryImporter importer;

    CopySink(NpgsqlConnection connection, NpgsqlBinaryImporter importer) => (this.connection, this.importer) = (connection, importer);

    public static async Task<CopySink> Open(string connectionString, Table table)
    {
        var opened = new NpgsqlConnection(connectionString);
        await opened.OpenAsync();
        var columns = string.Join(", ", table.Columns);
        return new CopySink(opened, await opened.BeginBinaryImportAsync($"COPY {table.Name} ({columns}) FROM STDIN (FORMAT BINARY)"));
    }

    public override async Task Add(object?[] row)
    {
        await importer.StartRowAsync();
        foreach (var value in row)
        {
            if (value is null)
                await importer.WriteNullAsync();
            else
                await importer.WriteAsync(value);
        }
    }

    public override async Task Complete() => await importer.CompleteAsync();

    public override async ValueTask DisposeAsync()
    {
        await importer.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>A prepared INSERT in the transaction of its database.</summary>
sealed class InsertSink : RowSink
{
    readonly DbCommand command;

    public InsertSink(DbTransaction transaction, Table table)
    {
        command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        var names = string.Join(", ", table.Columns.Select(column => "@" + column));
        command.CommandText = $"INSERT INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ({names})";
        foreach (var column in table.Columns)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + column;
            command.Parameters.Add(parameter);
        }
    }

    public override Task Add(object?[] row)
    {
        for (var i = 0; i < row.Length; i++)
            command.Parameters[i].Value = row[i] ?? DBNull.Value;
        return command.ExecuteNonQueryAsync();
    }

    public override Task Complete() => Task.CompletedTask;

    public override ValueTask DisposeAsync() => command.DisposeAsync();
}
