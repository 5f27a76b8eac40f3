namespace OrderSaga.Ledgers;

/// <summary>Which orders a run compares.</summary>
/// <param name="Until">
/// UTC. An order changed later in any ledger is in flight and left out. Must be further back than any replica's lag.
/// </param>
/// <param name="Since">
/// UTC watermark: only orders changed then or later in any ledger. The previous run's <see cref="Until"/> leaves no gap. Null: all orders.
/// </param>
public sealed record MergeWindow(DateTime Until, DateTime? Since = null)
{
    public bool Has(OrderSnapshot snapshot) =>
        !(snapshot.Order?.UpdatedAt > Until) && !(snapshot.Stock?.UpdatedAt > Until) && !(snapshot.Payment?.UpdatedAt > Until)
            && !HasNewAnswer(snapshot.Payment);

    /// <summary>An attempt was answered or reopened later than <see cref="Until"/>.</summary>
    bool HasNewAnswer(PaymentEntry? payment)
    {
        if (payment is null)
            return false;
        foreach (var attempt in payment.Attempts)
            if (attempt.UpdatedAt > Until)
                return true;
        return false;
    }
}
