using System.Data.Common;
using System.Runtime.CompilerServices;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

public static class ReadRows
{
    /// <summary>Runs one statement on its own connection and reads its rows one by one.</summary>
    /// <param name="database">The database.</param>
    /// <param name="settings">Has the timeout.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="read">Converts a row to a value.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <param name="parameters">Names without the @.</param>
    public static async IAsyncEnumerable<T> Rows<T>(
        this ReadOnlyDatabase database, LedgerSettings settings, string sql, Func<DbDataReader, T> read,
        [EnumeratorCancellation] CancellationToken cancel, params (string Name, object Value)[] parameters)
    {
        await using var connection = await database.Open(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = settings.StatementTimeoutSeconds;
        foreach (var (name, value) in parameters)
            command.Add(name, value);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            yield return read(rows);
    }
}
