using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Inbox;

/// <summary>
/// Finds the messages that an endpoint has not handled yet, by their ids. Duplicates are rare, so the first run of a batch usually does not
/// query: it only inserts the ids with the transaction's other changes, and a duplicate key fails it. The next run queries first.
/// </summary>
static class Inbox
{
    /// <summary>
    /// If <paramref name="query"/> is true, returns the ids that the endpoint has not handled. If it is false, returns all ids, without
    /// duplicates.
    /// </summary>
    public static async Task<HashSet<Guid>> FindNew(DbContext db, string endpoint, IEnumerable<Guid?> messages, bool query)
    {
        var ids = messages.OfType<Guid>().ToHashSet();
        if (query && ids.Count > 0)
            ids.ExceptWith(await db.Set<InboxRow>().Where(row => row.Endpoint == endpoint && ids.Contains(row.MessageId))
                .Select(row => row.MessageId).ToListAsync());
        return ids;
    }
}
