using System.Data.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Verifier;

/// <summary>One service's database, for the verification's own statements.</summary>
sealed class ServiceDatabase(string name, ReadOnlyDatabase database, LedgerSettings settings)
{
    public string Name => name;

    public DatabaseMode Mode => database.Mode;

    public IAsyncEnumerable<T> Rows<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancel, params (string Name, object Value)[] parameters) =>
        database.Rows(settings, sql, read, cancel, parameters);

    /// <summary>The rows of these keys; the statement has the parameter @ids.</summary>
    public IAsyncEnumerable<T> Among<T, TKey>(string sql, IEnumerable<TKey> keys, Func<DbDataReader, T> read, CancellationToken cancel) =>
        Rows(sql, read, cancel, ("ids", Dialect.For(Mode).Keys(keys)));
}
