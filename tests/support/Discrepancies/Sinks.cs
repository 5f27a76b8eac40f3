using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using OrderSaga.Platform.Database;

namespace Discrepancies;

/// <summary>The tables being written, in every database at once; complete after <see cref="Complete"/>, unusable before.</summary>
sealed class Sinks(DatabaseMode mode, Func<string, string> connection) : IAsyncDisposable
{
    readonly Dictionary<Table, RowSink> sinks = [];
    readonly Dictionary<string, DbTransaction> transactions = [];

    public async Task Add(Table table, object?[] row)
    {
        if (!sinks.TryGetValue(table, out var sink))
            sinks[table] = sink = await Open(table);
        await sink.Add(row);
    }

    public async Task Add(Table table, Books books)
    {
        foreach (var row in table.Rows(books))
            await Add(table, row);
    }

    public async Task Complete()
    {
        foreach (var sink in sinks.Values)
            await sink.Complete();
        foreach (var transaction in transactions.Values)
            await transaction.CommitAsync();
    }

    public static async Task<DbConnection> Connect(DatabaseMode mode, string connection)
    {
        DbConnection opened = mode == DatabaseMode.PostgreSql ? new NpgsqlConnection(connection) : new SqliteConnection(connection);
        await opened.OpenAsync();
        return opened;
    }

    async Task<RowSink> Open(Table table)
    {
        if (mode == DatabaseMode.PostgreSql)
            return await CopySink.Open(connection(table.Database), table);
        if (!transactions.TryGetValue(table.Database, out var transaction))
        {
            var opened = await Connect(mode, connection(table.Database));
            transactions[table.Database] = transaction = await opened.BeginTransactionAsync();
        }

        return new InsertSink(transaction, table);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sink in sinks.Values)
            await sink.DisposeAsync();
        foreach (var transaction in transactions.Values)
        {
            var opened = transaction.Connection;
            await transaction.DisposeAsync();
            if (opened is not null)
                await opened.DisposeAsync();
        }
    }
}
