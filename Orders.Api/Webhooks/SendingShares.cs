using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>An attempt in progress.</summary>
/// <param name="EndpointId">Its endpoint.</param>
/// <param name="Merchant">Owner of the endpoint.</param>
/// <param name="EndpointState">State of the endpoint when the delivery was claimed.</param>
sealed record Sending(Guid EndpointId, string Merchant, string EndpointState)
{
    public bool ToFailing => EndpointState == EndpointStates.Failing;
}

/// <summary>
/// Limits concurrent attempts per endpoint and merchant, so that a slow or dead receiver does not use up the slots of others. A failing
/// endpoint has one slot until it accepts something. All failing endpoints together have half of their merchant's slots, and half of all
/// slots.
/// </summary>
sealed class SendingShares(WebhookSettings settings, IEnumerable<Sending> inProgress)
{
    readonly List<Sending> sendings = [.. inProgress];

    public int Room => settings.MaxConcurrent - sendings.Count;

    public string[] BusyMerchants => Merchants(sendings, atLeast: 1);

    public string[] FullMerchants => Merchants(sendings, settings.MaxPerMerchant);

    /// <summary>Merchants whose failing endpoints have used up their share; their other endpoints continue.</summary>
    public string[] MerchantsFullOfFailing => Merchants(sendings.Where(one => one.ToFailing), HalfOf(settings.MaxPerMerchant));

    public Guid[] BusyEndpoints => [.. sendings.Select(one => one.EndpointId).Distinct()];

    public Guid[] FullEndpoints =>
        [.. sendings.GroupBy(one => one.EndpointId).Where(group => group.Count() >= MaxShare(group.Any(one => one.ToFailing))).Select(group => group.Key)];

    public bool IsFullOfFailing => sendings.Count(one => one.ToFailing) >= HalfOf(settings.MaxConcurrent);

    public bool TryTake(Sending next)
    {
        var own = sendings.FindAll(one => one.Merchant == next.Merchant);
        if (Room <= 0 || own.Count >= settings.MaxPerMerchant || own.Count(one => one.EndpointId == next.EndpointId) >= MaxShare(next.ToFailing))
            return false;
        if (next.ToFailing && (IsFullOfFailing || own.Count(one => one.ToFailing) >= HalfOf(settings.MaxPerMerchant)))
            return false;
        sendings.Add(next);
        return true;
    }

    static string[] Merchants(IEnumerable<Sending> among, int atLeast) =>
        [.. among.GroupBy(one => one.Merchant, StringComparer.Ordinal).Where(group => group.Count() >= atLeast).Select(group => group.Key)];

    static int HalfOf(int places) => Math.Max(1, places / 2);

    int MaxShare(bool toFailing) => toFailing ? 1 : settings.MaxConcurrentPerEndpoint;
}
