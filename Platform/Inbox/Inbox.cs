using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Platform.Inbox;

/// <summary>
/// Finds the deliveries of a batch that were handled before, by message id and endpoint. Duplicates are rare, so the first run does not
/// query: it only inserts the ids with the transaction's other changes, and a duplicate key fails it. The next run queries first.
/// </summary>
static class Inbox
{
    /// <summary>
    /// Returns the deliveries to handle; the others are duplicates. If <paramref name="verify"/> is false the inbox is not queried, and only
    /// duplicates within the batch are removed. A message without an id is always handled.
    /// </summary>
    public static async Task<List<Delivery>> FilterNew(UnitOfWorkContext work, string endpoint, IReadOnlyList<Delivery> batch, bool verify)
    {
        var ids = batch.Select(delivery => delivery.Context.MessageId).OfType<Guid>().ToHashSet();
        if (verify && ids.Count > 0)
            ids.ExceptWith(await work.Db.Inbox.Where(row => row.Endpoint == endpoint && ids.Contains(row.MessageId))
                .Select(row => row.MessageId).ToListAsync());
        work.SetInboxRows(endpoint, [.. ids.Order()], verify);
        return [.. batch.Where(delivery => delivery.Context.MessageId is not { } id || ids.Remove(id))];
    }
}
