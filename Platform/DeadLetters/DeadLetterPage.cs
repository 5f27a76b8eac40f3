using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>One page of failed messages or parked rows.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> to get the next page; absent on the last page.</param>
public sealed record DeadLetterPage<T>(IReadOnlyList<T> Items, string? NextCursor);

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

    public static async Task<DeadLetterPage<T>> Page<T>(
        string list, IEnumerable<IDeadLetters> databases, string? cursor, string? limit, Func<IDeadLetters, DeadLetterPosition?, int, Task<List<T>>> read)
        where T : IDeadLetterItem
    {
        var (after, size) = (Query.Cursor(list, cursor, Parse), Query.Limit(limit));
        var all = new List<T>();
        foreach (var database in databases)
            all.AddRange(await read(database, after, size + 1));
        var page = all.OrderByDescending(item => item.At).ThenBy(item => item.Database, StringComparer.Ordinal).Take(size).ToList();
        return new DeadLetterPage<T>(page, all.Count > size ? Query.Cursor(list, Of(page[^1]).ToString()) : null);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.Ticks} {Id:D} {Database}");

    static DeadLetterPosition Of(IDeadLetterItem item) => new(item.At, item.Database, item.Id);

    static DeadLetterPosition? Parse(string text) =>
        text.Split(' ') is [var at, var row, var database] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
        && ticks <= DateTime.MaxValue.Ticks && Guid.TryParseExact(row, "D", out var id)
            ? new DeadLetterPosition(new DateTime(ticks, DateTimeKind.Utc), database, id)
            : null;
}
