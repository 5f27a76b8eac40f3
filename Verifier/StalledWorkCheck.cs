using System.Data.Common;

namespace OrderSaga.Verifier;

/// <summary>
/// I11: work that should have been sent, claimed or checked by now. I18: failed messages that should not be dead letters.
/// </summary>
/// <param name="sources">The databases.</param>
/// <param name="before">UTC; what was due by then is overdue.</param>
/// <param name="atRest">Every outbox must be empty.</param>
sealed class StalledWorkCheck(VerifySources sources, DateTime before, bool atRest)
{
    static readonly TimeSpan PollBacklog = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<InvariantViolation>> Read(CancellationToken cancel)
    {
        List<InvariantViolation> all = [];
        foreach (var owner in sources.Owners)
        {
            all.AddRange(await Outbox(owner, cancel).ToListAsync(cancel));
            all.AddRange((await owner.Rows(VerificationSql.FailedMessages, FailedMessage, cancel).ToListAsync(cancel))
                .SelectMany(failed => Violations(owner.Name, failed.Message, failed.Cause)));
        }

        all.AddRange(await Overdue(sources.Payments, VerificationSql.OverdueAttempts, row => new InvariantViolation(
            "I11", $"{row.GetGuid(0)}", $"has an expired lease: {row.GetString(1)} is {row.GetString(2)}, due since {row.GetUtc(3):u}"), cancel,
            ("pollsBefore", before - PollBacklog)));
        all.AddRange(await Overdue(sources.Orders, VerificationSql.OverdueDeliveries, row => new InvariantViolation(
            "I11", $"{row.GetGuid(0)}", $"is an unsent webhook: {row.GetString(1)}, due since {row.GetUtc(2):u}"), cancel));
        all.AddRange(await Overdue(sources.Reconciler, VerificationSql.OverdueRuns, row => new InvariantViolation(
            "I11", $"{row.GetGuid(0)}", $"is a reconciliation run without a worker: {row.GetString(1)}, its lease ended at {row.GetUtc(2):u}"), cancel));
        return all;
    }

    static (string Message, string Cause) FailedMessage(DbDataReader row) => (
        $"{row.GetString(1)} of queue {row.GetString(0)}, {(row.IsDBNull(3) ? "of no order" : $"of {row.GetGuid(3)}")}", row.GetString(2));

    static IEnumerable<InvariantViolation> Violations(string database, string message, string cause)
    {
        yield return new InvariantViolation("I11", database, $"has a failed message without a replay: {message}: {cause}");
        if (DeadLetterCause.Objection(cause) is { } objection)
            yield return new InvariantViolation("I18", database, $"has the dead letter {message}, but {objection}: {cause}");
    }

    /// <summary>A parked row waits for an operator, so its age does not matter.</summary>
    IAsyncEnumerable<InvariantViolation> Outbox(ServiceDatabase owner, CancellationToken cancel) => owner.Rows(
        VerificationSql.Outbox, row => new InvariantViolation("I11", owner.Name, row.IsDBNull(2)
            ? $"has an unsent outbox row: {row.GetString(0)} of {row.GetUtc(1):u}"
            : $"has a parked outbox row: {row.GetString(0)} at {row.GetUtc(2):u}"),
        cancel, ("before", atRest ? DateTime.UnixEpoch.AddYears(1000) : before));

    async Task<List<InvariantViolation>> Overdue(
        ServiceDatabase owner, string sql, Func<DbDataReader, InvariantViolation> read, CancellationToken cancel, params (string, object)[] values) =>
        await owner.Rows(sql, read, cancel, [("before", before), .. values]).ToListAsync(cancel);
}
