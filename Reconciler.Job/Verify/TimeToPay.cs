using static Reconciler.Job.BranchStates;

namespace Reconciler.Job;

/// <summary>I17: nothing is authorized or captured after an order's deadline and margin, and what was not paid by then holds no stock.</summary>
static class TimeToPay
{
    public static IEnumerable<Breach> Of(OrderBook book, Terms terms)
    {
        if (book.Placement is not { PayBefore: var payBefore })
            yield break;
        var last = payBefore + terms.PayMargin;
        foreach (var (operation, at) in Money(book).Where(moved => moved.At > last))
            yield return new Breach("I17", $"{book.Id}", $"had until {payBefore:u} to pay; its {operation} is of {at:u}");
        if (last < terms.Until && terms.Settled(book) && book.Story.StockState == Tried && book.Story.PaymentState != Confirmed)
            yield return new Breach(
                "I17", $"{book.Id}", $"had until {payBefore:u} to pay, was not paid, is {book.Story.Order?.State} and still holds stock");
    }

    /// <summary>When the gateway set money aside or took it, and when it was asked to. A hosted payment is authorized from its beginning on.</summary>
    static IEnumerable<(string Operation, DateTime At)> Money(OrderBook book) =>
        (book.Gateway ?? []).Where(row => row.Status == "succeeded").Select(row => (row.Operation, At: row.At ?? DateTime.MinValue))
            .Concat(book.Attempts.Where(attempt => attempt.State == GatewayWords.Succeeded).Select(attempt => (attempt.Operation, At: attempt.CreatedAt)))
            .Where(moved => moved.Operation is GatewayWords.Authorize or GatewayWords.Capture);
}
