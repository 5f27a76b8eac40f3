using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Platform.Inbox;

/// <summary>
/// Knows which deliveries of a batch were handled before, by message id and endpoint. Most never were: so the ids are written with all else that the
/// transaction writes, and one that is there already fails it. The run after that looks first.
/// </summary>
static class Inbox
{
    /// <summary>
    /// The deliveries to handle; the others are duplicates. Unless <paramref name="look"/>, the inbox is not asked, and only what is twice in the batch
    /// counts as one. A message without an id is always handled.
    /// </summary>
    public static async Task<List<Delivery>> Claim(Work work, string endpoint, IReadOnlyList<Delivery> batch, bool look)
    {
        var ids = batch.Select(delivery => delivery.Context.MessageId).OfType<Guid>().ToHashSet();
        if (look && ids.Count > 0)
            ids.ExceptWith(await work.Db.Inbox.Where(row => row.Endpoint == endpoint && ids.Contains(row.MessageId))
                .Select(row => row.MessageId).ToListAsync());
        work.Received(endpoint, [.. ids.Order()], look);
        return [.. batch.Where(delivery => delivery.Context.MessageId is not { } id || ids.Remove(id))];
    }
}
