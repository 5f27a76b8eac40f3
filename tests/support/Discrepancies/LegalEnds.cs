namespace Discrepancies;

/// <summary>Every legal state of an order, with its frequency in about a hundred orders.</summary>
static class LegalEnds
{
    static readonly (int Share, Action<Draft> Make)[] All =
    [
        (60, Completed),
        (8, d => { d.Method = "hosted"; Completed(d); }),
        (6, d => d.Stock("Refused").Order("Cancelled", "sold out")),
        (6, Declined),
        (4, d => d.Call("authorize").Call("capture", "Declined").Call("void").Payment("Cancelled").Stock("Cancelled").Order("Cancelled", "capture refused")),
        (3, d => d.Stock("Cancelled").Order("Cancelled", "cancelled by the merchant")),
        (2, d => d.Stock("Cancelled", tombstone: true).Order("Cancelled", "cancelled before its stock was tried")),
        (2, d => d.Payment("Cancelled", tombstone: true).Stock("Cancelled").Order("Cancelled", "cancelled before its payment was tried")),
        (3, Expired),
        (2, Voided),
        (2, d => d.Call("authorize").Call("capture").Call("refund").Payment("Cancelled").Stock("Cancelled").Order("Cancelled", "money came late")),
        (2, OverMidnight),
        (1, d => { d.Method = "hosted"; d.Stock("Tried").Call("authorize", "Pending").Payment("Pending").Order("AwaitingPayment"); }),
        (1, d => d.Stock("Tried").Call("authorize").Call("capture", "Unknown").Payment("Confirming").Order("NeedsReview", reviewFrom: "ConfirmingPayment")),
        (1, d => d.Order("Reserving")),
        (1, InFlight),
    ];

    static readonly int Shares = All.Sum(end => end.Share);

    public static Action<Draft> Any(Random chance)
    {
        var share = chance.Next(Shares);
        foreach (var (part, make) in All)
            if ((share -= part) < 0)
                return make;
        throw new InvalidOperationException("The shares do not add up.");
    }

    public static void Completed(Draft d) => d.Call("authorize").Call("capture").Payment("Confirmed").Stock("Confirmed").Order("Completed");

    public static void Declined(Draft d) => d.Call("authorize", "Declined").Payment("Refused").Stock("Cancelled").Order("Cancelled", "payment declined");

    public static void Voided(Draft d) =>
        d.Call("authorize").Call("void").Payment("Cancelled").Stock("Cancelled").Order("Cancelled", "cancelled by the merchant");

    static void Expired(Draft d)
    {
        d.Method = "hosted";
        d.Call("authorize", "Pending").Call("void").Payment("Cancelled").Stock("Cancelled").Order("Cancelled", "not paid in time");
        d.Books.Attempt("authorize")!.State = "Declined";
    }

    /// <summary>Captured just before midnight by our clock, and just after it by the gateway's.</summary>
    static void OverMidnight(Draft d)
    {
        d.At = d.At.Date.AddDays(1).AddMilliseconds(-1500);
        d.Call("authorize", "Succeeded").Call("capture", gatewayBehind: TimeSpan.FromSeconds(2)).Payment("Confirmed").Stock("Confirmed").Order("Completed");
    }

    /// <summary>Its last messages are in transit: the ledgers differ for a short time.</summary>
    static void InFlight(Draft d)
    {
        d.Call("authorize").Call("capture").Payment("Confirmed").Stock("Tried").Order("ConfirmingStock");
        d.Books.Order!.State = "Completed";
        d.Books.Stock!.UpdatedAt = d.Now;
    }
}
