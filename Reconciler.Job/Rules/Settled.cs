using static Reconciler.Job.GatewayWords;

namespace Reconciler.Job;

/// <summary>What an order's settlement rows say beside its payment branch.</summary>
static class Settled
{
    /// <summary>By how much captures were settled beyond the first.</summary>
    public static long CapturedAgain(Story story)
    {
        var (first, again) = (true, 0L);
        foreach (var row in story.Settled)
        {
            if (row.Operation != Capture)
                continue;
            again += first ? 0 : row.Amount;
            first = false;
        }

        return again;
    }

    public static bool IsTwice(Story story) => Count(story, Capture) > 1;

    /// <summary>The gateway gave money back, and nobody here asked for it, or asked for it once.</summary>
    public static bool HasUnaskedRefund(Story story) => Count(story, Refund) > 1 || (Any(story, Refund) && !Knows(story, Refund));

    /// <summary>The gateway took money, and nobody here asked for it, or was told no.</summary>
    public static bool HasUnaskedCapture(Story story) => Any(story, Capture) && !Knows(story, Capture);

    /// <summary>Here it is done; the files of all days on which it can stand have come, and it stands in none.</summary>
    public static bool Misses(Story story, RuleTerms terms) => Misses(story, terms, Capture) || Misses(story, terms, Refund);

    public static bool CurrencyDiffers(Story story)
    {
        foreach (var row in story.Settled)
            if (IsMove(row) && story.Payment is { } payment && row.Currency != payment.Currency && row.Currency != story.Order?.Currency)
                return true;
        return false;
    }

    /// <summary>Minor units, without sign, between what was settled and what it should be; when it agrees
    /// with the order, the branch is what is wrong.</summary>
    public static long AmountOff(Story story)
    {
        var off = 0L;
        foreach (var row in story.Settled)
        {
            var amount = row.Operation == Refund ? -row.Amount : row.Amount;
            if (IsMove(row) && story.Payment is { } payment && amount != payment.AmountMoved() && amount != story.Order?.Total)
                off += Math.Abs(amount - payment.AmountMoved());
        }

        return off;
    }

    /// <summary>Minor units, without sign, between what the gateway kept and what it may keep.</summary>
    public static long FeeOff(Story story, RuleTerms terms)
    {
        var off = 0L;
        foreach (var row in story.Settled)
            off += IsMove(row) ? terms.Fees.Off(row) : 0;
        return off;
    }

    /// <summary>Minor units that chargebacks took and did not give back.</summary>
    public static long ChargedBack(Story story)
    {
        var taken = 0L;
        foreach (var row in story.Settled)
            taken += row.Operation switch
            {
                SettlementKinds.Chargeback => Math.Abs(row.Amount),
                SettlementKinds.ChargebackReversal => -Math.Abs(row.Amount),
                _ => 0,
            };
        return taken;
    }

    /// <summary>Minor units, signed, by which reversals changed what was settled; a capture that was taken back and a refund that came back.</summary>
    public static long Reversed(Story story)
    {
        var sum = 0L;
        foreach (var row in story.Settled)
            sum += row.Operation is SettlementKinds.CaptureReversal or SettlementKinds.RefundReversal ? row.Amount : 0;
        return sum;
    }

    /// <summary>What the order's own payment asked for; the other kinds have rules of their own.</summary>
    static bool IsMove(SettlementRow row) => row.Operation is Capture or Refund;

    /// <summary>A row moves an order's money; the others are about the account.</summary>
    public static bool MovesMoney(Story story)
    {
        foreach (var row in story.Settled)
            if (SettlementKinds.OfOrders.Contains(row.Operation))
                return true;
        return false;
    }

    /// <summary>Asked for and not declined: while its answer is not known, the gateway may well know more than we do.</summary>
    static bool Knows(Story story, string operation)
    {
        if (story.Attempt(operation) is not { State: not Declined } attempt)
            return false;
        foreach (var row in story.Settled)
            if (row.Operation == operation && (attempt.GatewayId is null || attempt.GatewayId == row.Id))
                return true;
        return false;
    }

    static bool Misses(Story story, RuleTerms terms, string operation) =>
        !Any(story, operation) && story.Attempt(operation) is { State: Succeeded } attempt && terms.Days.MustTellOf(attempt);

    static bool Any(Story story, string operation) => Count(story, operation) > 0;

    static int Count(Story story, string operation)
    {
        var count = 0;
        foreach (var row in story.Settled)
            count += row.Operation == operation ? 1 : 0;
        return count;
    }
}
