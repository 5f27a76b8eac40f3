using static Reconciler.Job.BranchStates;

namespace Reconciler.Job;

/// <summary>I17: nothing is authorized or captured after an order's deadline and margin, and an unpaid order holds no stock then.</summary>
static class TimeToPay
{
    public static IEnumerable<Breach> Of(OrderBook book, Terms terms)
    {
        if (book.Placement is not { PayBefore: var payBefore })
            yield break;
        var last = payBefore + terms.PayMargin;
        foreach (var (operation, at) in Money(book).Where(moved => moved.At > last))
            yield return new Breach("I17", $"{book.Id}", $"had until {payBefore:u} to pay, but its {operation} was at {at:u}");
        if (last < terms.Until && terms.Settled(book) && book.Story.StockState == Tried && book.Story.PaymentState != Confirmed)
            yield return new Breach(
                "I17", $"{book.Id}", $"had until {payBefore:u} to pay, is unpaid and {book.Story.Order?.State}, but still holds stock");
    }

    /// <summary>
    /// Times of authorizations and captures at the gateway, and of their requests. A hosted payment counts from its start.
    /// </summary>
    static IEnumerable<(string Operation, DateTime At)> Money(OrderBook book) =>
        (book.Gateway ?? []).Where(row => row.Status == "succeeded").Select(row => (row.Operation, At: row.At ?? DateTime.MinValue))
            .Concat(book.Attempts.Where(attempt => attempt.State == GatewayWords.Succeeded).Select(attempt => (attempt.Operation, At: attempt.CreatedAt)))
            .Where(moved => moved.Operation is GatewayWords.Authorize or GatewayWords.Capture);
}
