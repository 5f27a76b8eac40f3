using System.Data.Common;
using System.Runtime.CompilerServices;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>One owner's database, for the statements that only the verification has.</summary>
sealed class Owner(string name, ReadOnlyDatabase database, LedgerSettings settings)
{
    public string Name => name;

    public DatabaseMode Mode => database.Mode;

    public async IAsyncEnumerable<T> Rows<T>(
        string sql, Func<DbDataReader, T> read, [EnumeratorCancellation] CancellationToken cancel, params (string Name, object Value)[] parameters)
    {
        await using var connection = await database.Open(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = settings.StatementSeconds;
        foreach (var (parameter, value) in parameters)
            command.Add(parameter, value);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            yield return read(rows);
    }

    /// <summary>The rows of these keys, which the statement has as @ids.</summary>
    public IAsyncEnumerable<T> Among<T, TKey>(string sql, IEnumerable<TKey> keys, Func<DbDataReader, T> read, CancellationToken cancel) =>
        Rows(sql, read, cancel, ("ids", Dialect.For(Mode).Keys(keys)));
}
