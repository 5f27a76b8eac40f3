using OrderSaga.Platform.Database;

namespace Discrepancies;

/// <summary>
/// Writes the ledgers of a plan into empty databases with their schema: orders, stock with its levels and receipts, payments, settlement
/// files, and optionally the sandbox gateway's ledger. For PostgreSQL and SQLite.
/// </summary>
public sealed class Generator(DatabaseMode mode, Func<string, string> connection)
{
    /// <summary>The remaining units of each sku.</summary>
    const long Available = 1000;

    readonly Dictionary<string, (long Held, long Sold)> levels = new(StringComparer.Ordinal);

    /// <returns>The corrupted orders and their corruptions.</returns>
    public async Task<IReadOnlyList<CorruptedOrder>> Write(Plan plan)
    {
        plan.Check();
        if (mode == DatabaseMode.SqlServer)
            throw new NotSupportedException("Books are made on PostgreSQL and SQLite.");
        await WriteFiles(plan);
        await using var sinks = new Sinks(mode, connection);
        var corrupted = new List<CorruptedOrder>();
        foreach (var books in Make(plan, corrupted))
        {
            Count(books);
            await sinks.Add(Tables.Orders, books);
            await sinks.Add(Tables.Stock, books);
            await sinks.Add(Tables.Payments, books);
            await sinks.Add(Tables.Attempts, books);
            await sinks.Add(Tables.Settled, books);
            if (plan.Gateway)
                await sinks.Add(Tables.Gateway, books);
        }

        foreach (var (sku, level) in levels)
        {
            var received = level.Held + level.Sold + Available;
            await sinks.Add(Tables.Levels, [sku, received, Available, level.Held, level.Sold]);
            await sinks.Add(Tables.Receipts, ["generated-" + sku, sku, received, plan.Start]);
        }

        await sinks.Complete();
        await CountFiles();
        return corrupted;
    }

    /// <summary>Rows refer to their file's day, so the files come first, in their own transaction.</summary>
    async Task WriteFiles(Plan plan)
    {
        await using var sinks = new Sinks(mode, connection);
        for (var day = DateOnly.FromDateTime(plan.Start); plan.Delivered(day); day = day.AddDays(1))
            await sinks.Add(Tables.Files, [day, $"generated {day:O}", 0L, day.AddDays(1).ToDateTime(new TimeOnly(6, 0), DateTimeKind.Utc)]);
        await sinks.Complete();
    }

    async Task CountFiles()
    {
        await using var database = await Sinks.Connect(mode, connection("reconciler"));
        await using var command = database.CreateCommand();
        command.CommandText = "UPDATE settlement_files SET row_count = (SELECT count(*) FROM settlement_rows r WHERE r.day = settlement_files.day)";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The orders by time; the corrupted ones are among the others, old enough to be settled.</summary>
    static IEnumerable<Books> Make(Plan plan, List<CorruptedOrder> corrupted)
    {
        var chance = new Random(plan.Seed);
        var wanted = plan.Corrupted.SelectMany(way => Enumerable.Range(0, way.Value).Select(nth => (way.Key, Nth: nth))).ToArray();
        chance.Shuffle(wanted);
        var total = plan.Clean + wanted.Length;
        var step = (plan.Span - TimeSpan.FromHours(1)) / total;
        var settled = (plan.SettledBefore - plan.Start) / step;
        if (wanted.Length > settled)
            throw new InvalidOperationException($"Of {total} orders at most {settled:0} are old enough to be corrupted.");
        var (apart, next) = (Math.Max(settled / Math.Max(1, wanted.Length), 1), 0);
        for (var i = 0; i < total; i++)
        {
            var draft = new Draft(plan, chance, plan.Start + (i * step));
            if (next < wanted.Length && i >= (int)(next * apart))
            {
                corrupted.Add(Corruptions.Make(wanted[next].Key, wanted[next].Nth, draft));
                next++;
            }
            else
            {
                LegalEnds.Any(chance)(draft);
            }

            yield return draft.Books;
        }
    }

    void Count(Books books)
    {
        foreach (var line in books.Stock is { State: "Tried" or "Confirmed" } stock ? stock.Lines : [])
        {
            var (held, sold) = levels.GetValueOrDefault(line.Sku);
            levels[line.Sku] = books.Stock!.State == "Tried" ? (held + line.Quantity, sold) : (held, sold + line.Quantity);
        }
    }
}
