using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>What a sending takes a place of.</summary>
/// <param name="EndpointId">Where it goes.</param>
/// <param name="Merchant">Whose endpoint that is.</param>
/// <param name="EndpointState">As it was when the sending was claimed.</param>
sealed record Sending(Guid EndpointId, string Merchant, string EndpointState)
{
    public bool ToFailing => EndpointState == EndpointStates.Failing;
}

/// <summary>
/// Who may be sent more beside what is in progress: a receiver that is slow or dead takes places of its own, never those of other receivers or merchants.
/// An endpoint that failed has one place until it takes something again, and failing ones together have half of their merchant's and half of all.
/// </summary>
sealed class SendingShares(WebhookSettings settings, IEnumerable<Sending> inProgress)
{
    readonly List<Sending> sendings = [.. inProgress];

    public int Room => settings.Concurrent - sendings.Count;

    public string[] BusyMerchants => Merchants(sendings, atLeast: 1);

    public string[] FullMerchants => Merchants(sendings, settings.MerchantShare);

    /// <summary>Their failing endpoints are sent no more for now, their others are.</summary>
    public string[] MerchantsFullOfFailing => Merchants(sendings.Where(one => one.ToFailing), HalfOf(settings.MerchantShare));

    public Guid[] BusyEndpoints => [.. sendings.Select(one => one.EndpointId).Distinct()];

    public Guid[] FullEndpoints =>
        [.. sendings.GroupBy(one => one.EndpointId).Where(group => group.Count() >= Most(group.Any(one => one.ToFailing))).Select(group => group.Key)];

    public bool IsFullOfFailing => sendings.Count(one => one.ToFailing) >= HalfOf(settings.Concurrent);

    public bool TryTake(Sending next)
    {
        var own = sendings.FindAll(one => one.Merchant == next.Merchant);
        if (Room <= 0 || own.Count >= settings.MerchantShare || own.Count(one => one.EndpointId == next.EndpointId) >= Most(next.ToFailing))
            return false;
        if (next.ToFailing && (IsFullOfFailing || own.Count(one => one.ToFailing) >= HalfOf(settings.MerchantShare)))
            return false;
        sendings.Add(next);
        return true;
    }

    static string[] Merchants(IEnumerable<Sending> among, int atLeast) =>
        [.. among.GroupBy(one => one.Merchant, StringComparer.Ordinal).Where(group => group.Count() >= atLeast).Select(group => group.Key)];

    static int HalfOf(int places) => Math.Max(1, places / 2);

    int Most(bool toFailing) => toFailing ? 1 : settings.ConcurrentPerEndpoint;
}
