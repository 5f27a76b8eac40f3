using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

static class Audits
{
    static readonly Dictionary<string, string[]> Ways = new()
    {
        [""] = ["Trying", "Cancelled", "Refused"],
        ["Trying"] = ["Trying", "Pending", "Tried", "Refused", "Cancelling", "Cancelled"],
        ["Pending"] = ["Tried", "Refused", "Cancelling"],
        ["Tried"] = ["Confirming", "Cancelling"],
        ["Refused"] = ["Cancelled", "Cancelling"],
        ["Confirming"] = ["Confirming", "Confirmed", "CaptureRefused", "Cancelling"],
        ["CaptureRefused"] = ["Cancelling"],
        ["Confirmed"] = ["Cancelling"],
        ["Cancelling"] = ["Cancelling", "Cancelled"],
        ["Cancelled"] = ["Cancelling"],
    };

    /// <summary>
    /// Each row starts in the state in which the previous one ended, every transition of a branch is legal, and the last row matches the
    /// current state.
    /// </summary>
    public static async Task ShouldBeWhole(Bench bench, IReadOnlyList<Guid> orders)
    {
        var wanted = orders.Select(order => order.ToString()).ToHashSet();
        var rows = await bench.Read(db => db.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync());
        var branches = await bench.Read(db => db.Branches.AsNoTracking().ToListAsync());
        var attempts = await bench.Read(db => db.Attempts.AsNoTracking().ToListAsync());
        var states = branches.Select(row => (Key: (row.OrderId.ToString(), "payment branch"), State: row.State.ToString()))
            .Concat(attempts.Select(row => (Key: (row.OrderId.ToString(), row.Subject), State: row.State.ToString())))
            .ToDictionary(row => row.Key, row => row.State);
        states.Keys.Where(key => wanted.Contains(key.Item1)).Except(rows.Select(row => (row.SubjectId, row.Subject))).ShouldBeEmpty();
        foreach (var way in rows.Where(row => wanted.Contains(row.SubjectId)).GroupBy(row => (row.SubjectId, row.Subject)))
        {
            way.Select(row => row.From).ShouldBe(way.Select(row => row.To).Prepend("").SkipLast(1), way.Key.ToString());
            way.Last().To.ShouldBe(states[way.Key], way.Key.ToString());
            if (way.Key.Subject == "payment branch")
                way.ShouldAllBe(row => Ways[row.From].Contains(row.To));
        }
    }
}
