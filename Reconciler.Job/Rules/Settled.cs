using static Reconciler.Job.GatewayWords;

namespace Reconciler.Job;

/// <summary>What an order's settlement rows say beside its payment branch.</summary>
static class Settled
{
    /// <summary>How far the gateway's clock may be from ours.</summary>
    static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

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
            if (story.Payment is { } payment && row.Currency != payment.Currency && row.Currency != story.Order?.Currency)
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
            if (story.Payment is { } payment && amount != payment.Amount && amount != story.Order?.Total)
                off += Math.Abs(amount - payment.Amount);
        }

        return off;
    }

    /// <summary>Minor units, without sign, between what the gateway kept and what it may keep.</summary>
    public static long FeeOff(Story story, RuleTerms terms)
    {
        var off = 0L;
        foreach (var row in story.Settled)
            off += Math.Abs(row.Fee - (row.Operation == Capture ? terms.Fees.OfCapture(row.Amount) : 0));
        return off;
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
        !Any(story, operation) && story.Attempt(operation) is { State: Succeeded } attempt && IsDue(attempt, terms.Delivered);

    /// <summary>
    /// Whether the file of every day on which it can stand has come. The gateway's clock is not ours, and it may settle on the day after.
    /// </summary>
    public static bool IsDue(AttemptEntry attempt, IReadOnlySet<DateOnly> delivered)
    {
        var last = DateOnly.FromDateTime(attempt.UpdatedAt).AddDays(1);
        for (var day = DateOnly.FromDateTime(attempt.CreatedAt - ClockSkew); day <= last; day = day.AddDays(1))
            if (!delivered.Contains(day))
                return false;
        return true;
    }

    static bool Any(Story story, string operation) => Count(story, operation) > 0;

    static int Count(Story story, string operation)
    {
        var count = 0;
        foreach (var row in story.Settled)
            count += row.Operation == operation ? 1 : 0;
        return count;
    }
}
