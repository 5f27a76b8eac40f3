using OrderSaga.Contracts;

namespace Discrepancies;

/// <summary>Ways to corrupt an order: its legal state, and the change to it.</summary>
public static class Corruptions
{
    sealed record Corruption(string Class, string How, Action<Draft> Make, Action<Draft, Books> Corrupt);

    static readonly Corruption[] All =
    [
        new("order-without-hold", "inventory lost the branch", LegalEnds.Completed, (_, b) => b.Stock = null),
        new("order-without-payment", "payments lost the branch", LegalEnds.Completed, (_, b) => { b.Payment = null; b.Attempts.Clear(); }),
        new("orphan-hold", "the order is missing, its stock is held", d => d.Stock("Tried"), (_, _) => { }),
        new("orphan-hold", "the order is missing, its stock is confirmed", d => d.Stock("Confirmed"), (_, _) => { }),
        new("orphan-payment", "the order is missing, its money is authorized", d => d.Call("authorize").Payment("Tried"), (_, _) => { }),
        new("orphan-payment", "the order is missing, its money is captured", d => d.Call("authorize").Call("capture").Payment("Confirmed"), (_, _) => { }),
        new("order-differs-from-both", "completed, and both branches are cancelled", LegalEnds.Voided, (_, b) => b.Order!.State = "Completed"),
        new("order-differs-from-both", "cancelled, and both branches are confirmed", LegalEnds.Completed, (_, b) => b.Order!.State = "Cancelled"),
        new("status-differs-order-stock", "completed, and the stock is only held", LegalEnds.Completed, (_, b) => b.Stock!.State = "Tried"),
        new("status-differs-order-stock", "cancelled, and the stock is still held", LegalEnds.Declined, (_, b) => b.Stock!.State = "Tried"),
        new("status-differs-order-payment", "completed, and the money is only authorized",
            d => d.Call("authorize").Payment("Tried").Stock("Confirmed").Order("Completed"), (_, _) => { }),
        new("status-differs-order-payment", "cancelled, and the void hangs",
            d => d.Call("authorize").Call("void", "Declined").Payment("Cancelling").Stock("Cancelled").Order("Cancelled"), (_, _) => { }),
        new("status-differs-stock-payment", "in review, stock confirmed, money not captured",
            d => d.Call("authorize").Payment("Tried").Stock("Confirmed").Order("NeedsReview", reviewFrom: "ConfirmingPayment"), (_, _) => { }),
        new("captured-but-cancelled", "cancelled, and the money is captured", LegalEnds.Completed,
            (_, b) => (b.Order!.State, b.Stock!.State) = ("Cancelled", "Cancelled")),
        new("authorized-but-cancelled", "cancelled, and the void never came", LegalEnds.Voided,
            (_, b) => (b.Drop("void").Payment!.State, b.Payment!.Undo) = ("Tried", null)),
        new("confirmed-stock-without-money", "completed and sold, and the authorization was voided",
            d => d.Call("authorize").Call("void").Payment("Cancelled").Stock("Confirmed").Order("Completed"), (_, _) => { }),
        new("confirmed-stock-without-money", "cancelled, and the stock is confirmed", LegalEnds.Voided, (_, b) => b.Stock!.State = "Confirmed"),
        new("money-without-stock", "completed and paid, and the stock was released", LegalEnds.Completed, (_, b) => b.Stock!.State = "Cancelled"),
        new("refund-without-reason", "the gateway gave the money back unasked", LegalEnds.Completed,
            (d, b) => d.Settle("refund", d.NewGatewayId("refund"), b.Settled[0].At.AddSeconds(1))),
        new("refund-without-reason", "completed, and the payment branch gave the money back",
            d => d.Call("authorize").Call("capture").Call("refund").Payment("Cancelled").Stock("Confirmed").Order("Completed"), (_, _) => { }),
        new("currency-differs", "paid in another currency", LegalEnds.Completed,
            (_, b) => b.Payment!.Currency = b.Settled[0].Currency = "CHF"),
        new("currency-differs", "settled in another currency", LegalEnds.Completed, (_, b) => b.Settled[0].Currency = "CHF"),
        new("amount-differs", "more was captured than ordered", LegalEnds.Completed, (d, b) =>
        {
            b.Payment!.Amount += 100;
            (b.Settled[0].Amount, b.Settled[0].Fee) = (b.Payment.Amount, d.Fee(b.Payment.Amount));
        }),
        new("amount-differs", "the payment branch has another amount than order and gateway", LegalEnds.Completed, (_, b) => b.Payment!.Amount -= 1),
        new("lines-differ", "more was sold than ordered", LegalEnds.Completed,
            (_, b) => b.Stock!.Lines = [b.Stock.Lines[0] with { Quantity = b.Stock.Lines[0].Quantity + 1 }, .. b.Stock.Lines.Skip(1)]),
        new("lines-differ", "something else was sold", LegalEnds.Completed,
            (_, b) => b.Stock!.Lines = [new OrderLine("sku-other", b.Stock.Lines[0].Quantity), .. b.Stock.Lines.Skip(1)]),
        new("doubled-capture", "the gateway captured twice", LegalEnds.Completed,
            (d, b) => d.Settle("capture", d.NewGatewayId("capture"), b.Settled[0].At.AddSeconds(1))),
        new("unknown-in-settlement", "settled for an unknown order", d => d.Settle("capture", d.NewGatewayId("capture"), d.At), (_, _) => { }),
        new("unknown-in-settlement", "settled for an order whose payment was declined", LegalEnds.Declined,
            (d, _) => d.Settle("capture", d.NewGatewayId("capture"), d.At)),
        new("missing-in-settlement", "captured, and in no settlement file", LegalEnds.Completed, (_, b) => b.Settled.Clear()),
        new("settlement-amount-differs", "less was settled than captured", LegalEnds.Completed,
            (d, b) => (b.Settled[0].Amount, b.Settled[0].Fee) = (b.Settled[0].Amount - 1, d.Fee(b.Settled[0].Amount - 1))),
        new("chargeback", "the customer's bank took the money back", LegalEnds.Completed,
            (d, b) => d.Settle("chargeback", d.NewGatewayId("cb"), b.Settled[0].At.AddSeconds(1))),
        new("settlement-reversed", "the gateway took its capture back", LegalEnds.Completed,
            (d, b) => d.Settle("capture-reversal", d.NewGatewayId("cr"), b.Settled[0].At.AddSeconds(1))),
        new("settlement-fee-differs", "the gateway kept more than its contract says", LegalEnds.Completed, (_, b) => b.Settled[0].Fee += 3),
    ];

    /// <summary>The classes of findings for which a corruption exists.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(corruptor => corruptor.Class).Distinct()];

    /// <summary>The nth corrupted order of its class; the corruptions of a class alternate.</summary>
    internal static CorruptedOrder Make(string name, int nth, Draft draft)
    {
        var ways = All.Where(corruptor => corruptor.Class == name).ToList();
        var way = ways[nth % ways.Count];
        way.Make(draft);
        way.Corrupt(draft, draft.Books);
        return new CorruptedOrder(draft.Books.Id, way.Class, way.How);
    }
}
