using System.Data.Common;
using System.Runtime.CompilerServices;
using OrderSaga.Platform.Database;

namespace OrderSaga.Ledgers;

/// <summary>One service's ledger as entries sorted by order id, read row by row, so that memory does not grow with the ledger.</summary>
public abstract class Ledger<T>(ReadOnlyDatabase database, LedgerSettings settings) where T : class
{
    public ReadOnlyDatabase Database { get; } = database;

    public IComparer<Guid> IdComparer { get; } = database.Mode.IdComparer();

    protected abstract string Columns { get; }

    /// <summary>The table or joined tables.</summary>
    protected abstract string From { get; }

    /// <summary>The column of the order id; the first of <see cref="Columns"/>.</summary>
    protected abstract string Id { get; }

    /// <summary>The first table of <see cref="From"/>, which <see cref="EndStatement"/> counts.</summary>
    protected abstract string Main { get; }

    /// <summary>Selects the orders changed at @since or later by an index on the time of change.</summary>
    protected abstract string Changed { get; }

    public abstract Guid IdOf(T entry);

    protected abstract T Read(DbDataReader row);

    /// <summary>Adds another row of the same order to the entry.</summary>
    protected virtual void Extend(T entry, DbDataReader row) =>
        throw new InvalidOperationException($"{From} has two rows of order {IdOf(entry)}.");

    /// <summary>The statement; public for the tests of query plans.</summary>
    public string Statement(LedgerFilter filter, DbCommand command) =>
        $"SELECT {Columns} FROM {From} WHERE {filter.Where(Id, command, Database.Mode)} ORDER BY {Id}";

    /// <summary>As <see cref="Statement"/>, for the changed orders.</summary>
    public string ChangedStatement => $"{Changed} ORDER BY 1";

    /// <summary>Skips @rows rows and selects the id of the next one. The statement reads up to and including that id.</summary>
    public string EndStatement(LedgerFilter filter, DbCommand command) =>
        $"SELECT {Id} FROM {Main} WHERE {filter.Where(Id, command, Database.Mode)} ORDER BY {Id} "
        + (Database.Mode == DatabaseMode.SqlServer ? "OFFSET @rows ROWS FETCH NEXT 1 ROWS ONLY" : "LIMIT 1 OFFSET @rows");

    /// <summary>
    /// Complete entries in pages. Reading everything takes many statements, so that none keeps a snapshot of the database for long.
    /// </summary>
    public async IAsyncEnumerable<List<T>> Pages(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var next = filter; next is not null;)
        {
            var part = next is LedgerFilter.After range ? range with { End = await End(range, cancel) } : next;
            await foreach (var page in Run(part, cancel))
                yield return page;
            next = part is LedgerFilter.After { End: { } end } ? new LedgerFilter.After(end) : null;
        }
    }

    async Task<Guid?> End(LedgerFilter.After range, CancellationToken cancel)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = EndStatement(range, command);
        command.Add("rows", settings.MaxStatementRows);
        return await command.ExecuteScalarAsync(cancel) switch
        {
            null or DBNull => null,
            Guid id => id,
            var text => Guid.Parse((string)text),
        };
    }

    async IAsyncEnumerable<List<T>> Run(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = Statement(filter, command);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var page = new List<T>(settings.PageSize);
        T? last = null;
        var lastId = Guid.Empty;
        while (await rows.ReadAsync(cancel))
        {
            var id = rows.GetGuid(0);
            if (last is not null && id == lastId)
            {
                Extend(last, rows);
                continue;
            }

            if (page.Count == settings.PageSize)
            {
                yield return page;
                page = new List<T>(settings.PageSize);
            }

            page.Add(last = Read(rows));
            lastId = id;
        }

        yield return page;
    }

    public async Task<long> Count(CancellationToken cancel) =>
        await Rows($"SELECT CAST(COUNT(*) AS bigint) FROM {From}", row => row.GetInt64(0), cancel).SingleAsync(cancel);

    public IAsyncEnumerable<Guid> ChangedSince(DateTime since, CancellationToken cancel) =>
        Rows(ChangedStatement, row => row.GetGuid(0), cancel, ("since", since));

    /// <summary>Rows of a statement that does not read entries.</summary>
    protected IAsyncEnumerable<TRow> Rows<TRow>(
        string sql, Func<DbDataReader, TRow> read, CancellationToken cancel, params (string Name, object Value)[] parameters) =>
        Database.Rows(settings, sql, read, cancel, parameters);

    DbCommand Command(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = settings.StatementTimeoutSeconds;
        return command;
    }
}
