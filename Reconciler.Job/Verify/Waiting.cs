using System.Data.Common;

namespace Reconciler.Job;

/// <summary>
/// I11: what should have been sent, taken up or looked at by now, and was not. I18: a failed message that should not be one.
/// </summary>
/// <param name="sources">The databases.</param>
/// <param name="before">UTC; what was due by then is overdue.</param>
/// <param name="atRest">Nothing at all may wait in an outbox.</param>
sealed class Waiting(VerifySources sources, DateTime before, bool atRest)
{
    public async Task<IReadOnlyList<Breach>> Read(CancellationToken cancel)
    {
        List<Breach> all = [];
        foreach (var owner in sources.Owners)
        {
            all.AddRange(await Outbox(owner, cancel).ToListAsync(cancel));
            all.AddRange((await owner.Rows(BookSql.FailedMessages, FailedMessage, cancel).ToListAsync(cancel))
                .SelectMany(failed => Breaches(owner.Name, failed.Message, failed.Cause)));
        }

        all.AddRange(await Overdue(sources.Payments, BookSql.OverdueAttempts, row => new Breach(
            "I11", $"{row.GetGuid(0)}", $"has an expired lease: {row.GetString(1)} is {row.GetString(2)}, due since {row.GetUtc(3):u}"), cancel));
        all.AddRange(await Overdue(sources.Orders, BookSql.OverdueDeliveries, row => new Breach(
            "I11", $"{row.GetGuid(0)}", $"is a webhook that nobody sends: {row.GetString(1)}, due since {row.GetUtc(2):u}"), cancel));
        all.AddRange(await Overdue(sources.Reconciler, BookSql.OverdueRuns, row => new Breach(
            "I11", $"{row.GetGuid(0)}", $"is a reconciliation run without a worker: {row.GetString(1)}, its lease ended at {row.GetUtc(2):u}"), cancel));
        return all;
    }

    static (string Message, string Cause) FailedMessage(DbDataReader row) => (
        $"{row.GetString(1)} of queue {row.GetString(0)}, {(row.IsDBNull(3) ? "of no order" : $"of {row.GetGuid(3)}")}", row.GetString(2));

    static IEnumerable<Breach> Breaches(string database, string message, string cause)
    {
        yield return new Breach("I11", database, $"has a failed message that was not replayed: {message}: {cause}");
        if (DeadLetterCause.Objection(cause) is { } objection)
            yield return new Breach("I18", database, $"has put away {message}, although {objection}: {cause}");
    }

    /// <summary>A parked row waits for a person, however new it is.</summary>
    IAsyncEnumerable<Breach> Outbox(Owner owner, CancellationToken cancel) => owner.Rows(
        BookSql.Outbox, row => new Breach("I11", owner.Name, row.IsDBNull(2)
            ? $"has an outbox row that was not sent: {row.GetString(0)} of {row.GetUtc(1):u}"
            : $"has an outbox row that was parked: {row.GetString(0)} at {row.GetUtc(2):u}"),
        cancel, ("before", atRest ? DateTime.UnixEpoch.AddYears(1000) : before));

    async Task<List<Breach>> Overdue(Owner owner, string sql, Func<DbDataReader, Breach> read, CancellationToken cancel) =>
        await owner.Rows(sql, read, cancel, ("before", before)).ToListAsync(cancel);
}
