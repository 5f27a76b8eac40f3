using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Inbox;

/// <summary>Knows which deliveries of a batch were handled before; in the batch's transaction, by message id and endpoint.</summary>
static class Inbox
{
    /// <summary>The deliveries to handle; the others are duplicates. A message without an id is always handled.</summary>
    public static async Task<List<Delivery>> Claim(Work work, string endpoint, IReadOnlyList<Delivery> batch)
    {
        var ids = batch.Where(delivery => delivery.Context.MessageId is not null).Select(delivery => delivery.Context.MessageId!.Value).Distinct().ToList();
        var rows = work.Dialect.Keys(ids.Order());
        var fresh = ids.Count == 0
            ? []
            : (await work.Db.QueryIds(work.Dialect.InsertInbox, ("endpoint", endpoint), ("rows", rows))).ToHashSet();
        return batch.Where(delivery => delivery.Context.MessageId is not { } id || fresh.Remove(id)).ToList();
    }
}
