namespace Reconciler.Job;

/// <summary>Which orders a run looks at.</summary>
/// <param name="Until">
/// UTC. What any ledger changed later is in flight and left out, whatever its state. It must lie further back than any replica is behind.
/// </param>
/// <param name="Since">
/// UTC, the watermark: only what any ledger changed then or later; the <see cref="Until"/> of the run before leaves no gap. None: everything.
/// </param>
sealed record MergeWindow(DateTime Until, DateTime? Since = null)
{
    public bool Has(Story story) =>
        !(story.Order?.UpdatedAt > Until) && !(story.Stock?.UpdatedAt > Until) && !(story.Payment?.UpdatedAt > Until) && !Asks(story.Payment);

    /// <summary>The gateway is being asked, or has just answered.</summary>
    bool Asks(PaymentEntry? payment)
    {
        if (payment is null)
            return false;
        foreach (var attempt in payment.Attempts)
            if (attempt.UpdatedAt > Until)
                return true;
        return false;
    }
}
