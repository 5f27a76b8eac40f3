namespace FaultRuns.Client;

/// <summary>A kind of order.</summary>
/// <param name="Name">As the report names it.</param>
/// <param name="Share">The share in percent.</param>
/// <param name="Token">The card token; none for the gateway's page.</param>
/// <param name="End">The required final state, if any.</param>
public sealed record Kind(string Name, int Share, string? Token, string? End)
{
    public static readonly Kind Paid = new("paid at the page", 6, null, null);
    public static readonly Kind Left = new("left at the page", 3, null, "Cancelled");
    public static readonly Kind Withdrawn = new("cancelled by request", 8, "tok_ok", null);
    public static readonly Kind WithdrawnAtThePage = new("cancelled at the page", 2, null, null);
    public static readonly Kind SoldOut = new("sold out", 4, "tok_ok", "Cancelled");
    public static readonly Kind Scarce = new("the last pieces", 6, "tok_ok", null);

    public static readonly IReadOnlyList<Kind> All =
    [
        new("card", 54, "tok_ok", "Completed"),
        new("card declined", 6, "tok_declined", "Cancelled"),
        new("capture refused", 5, "tok_capture_refused", "Cancelled"),
        new("gateway error", 4, "tok_error", null),
        new("gateway silent", 2, "tok_timeout", null),
        SoldOut, Scarce, Paid, Left, Withdrawn, WithdrawnAtThePage,
    ];

    public static Kind Of(int percent)
    {
        foreach (var kind in All)
        {
            if (percent < kind.Share)
                return kind;
            percent -= kind.Share;
        }

        return All[0];
    }
}
