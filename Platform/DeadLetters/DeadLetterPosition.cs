using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>The sort key of a list item.</summary>
interface IDeadLetterItem
{
    Guid Id { get; }
    string Database { get; }
    DateTime At { get; }
}

/// <summary>
/// Position of the last row of the previous page. The lists of all databases are merged newest first, then by database name, then by the
/// database's own order of ids.
/// </summary>
sealed record DeadLetterPosition(DateTime At, string Database, Guid Id)
{
    /// <summary>The rows of <paramref name="database"/> after the position, in order.</summary>
    /// <param name="rows">Any entity with an Id.</param>
    /// <param name="after">Null: from the start.</param>
    /// <param name="database">Name of the rows' database.</param>
    /// <param name="at">Name of the time property.</param>
    public static IQueryable<T> After<T>(IQueryable<T> rows, DeadLetterPosition? after, string database, string at) where T : class
    {
        if (after is not null)
        {
            var (time, id) = (after.At, after.Id);
            rows = string.CompareOrdinal(database, after.Database) switch
            {
                < 0 => rows.Where(row => EF.Property<DateTime?>(row, at) < time),
                0 => rows.Where(row => EF.Property<DateTime?>(row, at) < time
                    || (EF.Property<DateTime?>(row, at) == time && EF.Property<Guid>(row, nameof(Id)).CompareTo(id) > 0)),
                > 0 => rows.Where(row => EF.Property<DateTime?>(row, at) <= time),
            };
        }

        return rows.OrderByDescending(row => EF.Property<DateTime?>(row, at)).ThenBy(row => EF.Property<Guid>(row, nameof(Id)));
    }

    public static async Task<Page<T>> Page<T>(
        string list, Paging paging, IEnumerable<IDeadLetters> databases, Func<IDeadLetters, DeadLetterPosition?, int, Task<List<T>>> read)
        where T : IDeadLetterItem
    {
        var after = paging.After(list, Parse);
        var all = new List<T>();
        foreach (var database in databases)
            all.AddRange(await read(database, after, paging.Rows() + 1));
        var sorted = all.OrderByDescending(item => item.At).ThenBy(item => item.Database, StringComparer.Ordinal);
        return paging.Of(list, sorted, item => item, item => $"{new Position(item.At, item.Id)} {item.Database}");
    }

    static DeadLetterPosition? Parse(string text) =>
        text.Split(' ') is [var position, var database] && Position.Read(position) is var (at, id) ? new DeadLetterPosition(at, database, id) : null;
}
