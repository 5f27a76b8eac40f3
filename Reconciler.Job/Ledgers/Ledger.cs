using System.Data.Common;
using System.Runtime.CompilerServices;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>One owner's book as entries in the order of the order id, read by plain statements row by row: its size does not matter.</summary>
abstract class Ledger<T>(ReadOnlyDatabase database, LedgerSettings settings) where T : class
{
    public ReadOnlyDatabase Database { get; } = database;

    public IComparer<Guid> OrderOfIds { get; } = database.Mode.OrderOfIds();

    protected abstract string Columns { get; }

    /// <summary>The table, or the tables joined.</summary>
    protected abstract string From { get; }

    /// <summary>The column of the order id; the first of <see cref="Columns"/>.</summary>
    protected abstract string Id { get; }

    /// <summary>The condition that something changed at @since or later.</summary>
    protected abstract string Changed { get; }

    public abstract Guid IdOf(T entry);

    protected abstract T Read(DbDataReader row);

    /// <summary>Takes a further row of the same order in.</summary>
    protected virtual void Extend(T entry, DbDataReader row) =>
        throw new InvalidOperationException($"{From} has two rows of order {IdOf(entry)}.");

    /// <summary>What is read, as the checks of the statements see it.</summary>
    public string Statement(Which which, DbCommand command) =>
        $"SELECT {Columns} FROM {From} WHERE {which.Where(Id, command, Database.Mode)} ORDER BY {Id}";

    /// <summary>As <see cref="Statement"/>: the orders that changed.</summary>
    public string ChangedStatement => $"SELECT DISTINCT {Id} FROM {From} WHERE {Id} IS NOT NULL AND {Changed} ORDER BY {Id}";

    /// <summary>Complete entries, some at a time.</summary>
    public async IAsyncEnumerable<List<T>> Pages(Which which, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = Statement(which, command);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var page = new List<T>(settings.PageEntries);
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

            if (page.Count == settings.PageEntries)
            {
                yield return page;
                page = new List<T>(settings.PageEntries);
            }

            page.Add(last = Read(rows));
            lastId = id;
        }

        yield return page;
    }

    public async Task<long> Count(CancellationToken cancel)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = $"SELECT CAST(COUNT(*) AS bigint) FROM {From}";
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async IAsyncEnumerable<Guid> ChangedSince(DateTime since, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await Database.Open(cancel);
        await using var command = Command(connection);
        command.CommandText = ChangedStatement;
        command.Add("since", since);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
            yield return rows.GetGuid(0);
    }

    protected DbCommand Command(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandTimeout = settings.StatementSeconds;
        return command;
    }
}
