using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

sealed record TimelineItem(DateTime At, string Source, string Subject, string? From, string To, string Cause, string? Detail);

sealed record TimelineGap(string Source, string Reason);

/// <summary>As a merchant reads it.</summary>
sealed partial record Timeline(Guid OrderId, IReadOnlyList<TimelineItem> Items, IReadOnlyList<TimelineGap> Gaps)
{
    public static Task<Timeline> Read(Shop shop, Guid order) => Shop.Read<Timeline>(shop.Ask($"orders/{order}/timeline"));

    public static Task<Timeline> Whole(Shop shop, Guid order) =>
        Eventually.Becomes("a timeline without gaps", () => Read(shop, order), timeline => timeline.Gaps.Count == 0);

    /// <summary>
    /// One line per item, without what differs between runs: grouped by process, because clocks differ a little; and without webhooks,
    /// because the gateway may have been queried just before one arrived.
    /// </summary>
    public string Text() => string.Join('\n', Of("order", "recovery").Concat(Of("stock")).Concat(Of("payment", "gateway")).Select(Line));

    public string Webhooks() => string.Join(' ', Items.Where(item => item.Source == "webhook").Select(item => item.Cause));

    IEnumerable<TimelineItem> Of(params string[] sources) => Items.Where(item => sources.Contains(item.Source));

    static string Line(TimelineItem item)
    {
        var detail = item.Detail is null ? "" : $" ({Ids().Replace(item.Detail, "$1")})";
        return $"{item.Subject}: {item.From ?? "none"} > {item.To} by {item.Cause}{detail}";
    }

    [GeneratedRegex("(auth|cap|void|ref|tea)[_-][0-9a-f]{32}")]
    private static partial Regex Ids();
}
