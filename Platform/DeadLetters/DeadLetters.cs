using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>A delivery that could not be handled.</summary>
/// <param name="Id">Id of the failure; a message that failed again after a replay has two.</param>
/// <param name="Database">The database that stores it.</param>
/// <param name="Endpoint">The queue it came from.</param>
/// <param name="Type">Message types, as far as they could be read.</param>
/// <param name="Cause">Why it could not be handled.</param>
/// <param name="FailedAt">UTC.</param>
/// <param name="ReplayedAt">UTC; absent if it was not replayed.</param>
public sealed record FailedMessageItem(Guid Id, string Database, string Endpoint, string Type, string Cause, DateTime FailedAt,
    DateTime? ReplayedAt) : IDeadLetterItem
{
    DateTime IDeadLetterItem.At => FailedAt;
}

/// <summary>An outbox row that failed too often because of its destination or content, and waits for a replay.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="Database">The database whose outbox holds it.</param>
/// <param name="Destination">Address of the queue or exchange.</param>
/// <param name="Type">Name of the message type.</param>
/// <param name="Attempts">Number of failed sends.</param>
/// <param name="Cause">Error of the last failed send.</param>
/// <param name="ParkedAt">UTC.</param>
public sealed record ParkedRowItem(Guid Id, string Database, string Destination, string Type, int Attempts, string Cause, DateTime ParkedAt) : IDeadLetterItem
{
    DateTime IDeadLetterItem.At => ParkedAt;
}

/// <summary>The failed messages and parked outbox rows of one database.</summary>
interface IDeadLetters
{
    string Database { get; }
    Task<List<FailedMessageItem>> ListFailed(DeadLetterPosition? after, int count);
    Task<FailedMessage?> Find(Guid id);

    /// <summary>Records who replayed it and when, or that the replay failed and the previous replay time.</summary>
    Task MarkReplayed(Guid id, DateTime? at, string outcome, string by);

    /// <summary>Deletes it and records who did.</summary>
    Task Discard(Guid id, string by);

    Task<List<ParkedRowItem>> ListParked(DeadLetterPosition? after, int count);

    /// <summary>Returns false if no such row is parked.</summary>
    Task<bool> Unpark(Guid id, string by);
}

sealed class DeadLetters<TDb>(Database<TDb> database, QueryRunner<TDb> statements, UnitOfWork<TDb> unitOfWork) : IDeadLetters where TDb : ServiceDb
{
    public string Database => database.Name;

    public Task<List<FailedMessageItem>> ListFailed(DeadLetterPosition? after, int count) => statements.Run(db =>
        DeadLetterPosition.After(db.FailedMessages.AsNoTracking(), after, database.Name, nameof(FailedMessage.FailedAt)).Take(count)
            .Select(row => new FailedMessageItem(row.Id, database.Name, row.Endpoint, row.MessageType, row.Cause, row.FailedAt, row.ReplayedAt)).ToListAsync());

    public Task<FailedMessage?> Find(Guid id) => statements.Run(db => db.FailedMessages.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id));

    public Task MarkReplayed(Guid id, DateTime? at, string outcome, string by) => unitOfWork.Run(async work =>
    {
        foreach (var row in await work.Lock<FailedMessage, Guid>([id]))
        {
            row.ReplayedAt = at;
            await Audit(work, $"message {id}", row.CorrelationId ?? id, outcome, by);
        }
    });

    public Task Discard(Guid id, string by) => unitOfWork.Run(async work =>
    {
        foreach (var row in await work.Lock<FailedMessage, Guid>([id]))
        {
            await work.Db.FailedMessages.Where(failed => failed.Id == id).ExecuteDeleteAsync();
            await Audit(work, $"message {id}", row.CorrelationId ?? id, "discarded", by);
        }
    });

    public Task<List<ParkedRowItem>> ListParked(DeadLetterPosition? after, int count) => statements.Run(db =>
        DeadLetterPosition.After(db.Outbox.AsNoTracking().Where(row => row.ParkedAt != null), after, database.Name, nameof(OutboxRow.ParkedAt)).Take(count)
            .Select(row => new ParkedRowItem(
                row.Id, database.Name, row.Destination, row.MessageType, row.Attempts, row.LastError ?? "", row.ParkedAt!.Value)).ToListAsync());

    /// <summary>Due since the epoch, so that the clocks of process and database need not agree.</summary>
    public Task<bool> Unpark(Guid id, string by) => unitOfWork.Run(async work =>
    {
        if ((await work.Lock<OutboxRow, Guid>([id])).SingleOrDefault() is not { ParkedAt: not null } row)
            return false;
        (row.ParkedAt, row.Attempts, row.NextAttemptAt) = (null, 0, DateTime.UnixEpoch);
        await Audit(work, $"outbox row {id}", row.CorrelationId ?? id, "tried again", by);
        return true;
    });

    /// <summary>Writes the audit row under the id of the order or other subject.</summary>
    static async Task Audit(UnitOfWorkContext work, string subject, Guid about, string outcome, string by)
    {
        var subjectId = about.ToString();
        var before = await work.Db.Audit.Where(row => row.SubjectId == subjectId && row.Subject == subject)
            .OrderByDescending(row => row.Id).Select(row => row.To).FirstOrDefaultAsync();
        work.Audit(subject, subjectId, before ?? "", outcome, $"operator {by}");
    }
}
