namespace OrderSaga.Ledgers;

/// <summary>
/// Adds up payments and settlement order by order; keeps a sum per currency and day, and the first orders that differ.
/// </summary>
sealed class MoneySums(SettlementDays received, IReadOnlySet<string> accepted)
{
    /// <summary>Maximum number of listed orders; the others are only counted.</summary>
    const int MaxListed = 100;

    readonly Dictionary<(string Currency, DateOnly Day), MoneyBalance> days = [];
    readonly List<MoneyDifference> differences = [];
    readonly Dictionary<(string Currency, DateOnly Day), long> off = [];
    readonly Dictionary<string, Unsettled> unsettled = new(StringComparer.Ordinal);

    public IReadOnlyList<MoneyBalance> Days => [.. days.Values.OrderBy(day => day.Currency, StringComparer.Ordinal).ThenBy(day => day.Day)];

    /// <summary>The first differences.</summary>
    public IReadOnlyList<MoneyDifference> Differences => differences;

    /// <summary>Number of all differences.</summary>
    public long DifferenceCount { get; private set; }

    /// <summary>Absolute minor units over all orders, by currency: two errors do not cancel each other out.</summary>
    public SortedDictionary<string, long> Drift { get; } = new(StringComparer.Ordinal);

    /// <summary>As <see cref="Drift"/>, for accepted differences.</summary>
    public SortedDictionary<string, long> Accepted { get; } = new(StringComparer.Ordinal);

    /// <summary>Money not covered by a file yet, by currency.</summary>
    public IReadOnlyList<Unsettled> Unsettled => [.. unsettled.Values.OrderBy(one => one.Currency, StringComparer.Ordinal)];

    public void Add(Guid orderId, PaymentEntry? payment, IReadOnlyList<SettlementRow> settled)
    {
        off.Clear();
        foreach (var attempt in payment?.Attempts ?? [])
            if (attempt.State == AttemptStates.Succeeded)
                AddAttempt(payment!, attempt, settled);
        foreach (var row in settled)
            AddSettled(row);
        AddDifference(orderId, null);
    }

    /// <summary>A row without an order is money unknown to us.</summary>
    public void AddUnmatched(SettlementRow row)
    {
        off.Clear();
        AddSettled(row);
        AddDifference(null, row.Id);
    }

    void AddAttempt(PaymentEntry payment, AttemptEntry attempt, IReadOnlyList<SettlementRow> settled)
    {
        if (attempt.Operation is not (GatewayOperations.Capture or GatewayOperations.Refund))
        {
            Of(payment.Currency, DateOnly.FromDateTime(attempt.UpdatedAt)).Authorized += attempt.Operation == GatewayOperations.Authorize ? payment.Amount : 0;
            return;
        }

        var row = settled.FirstOrDefault(row => row.Operation == attempt.Operation && (attempt.GatewayId is null || row.Id == attempt.GatewayId));
        var balance = Of(payment.Currency, row?.Day ?? DateOnly.FromDateTime(attempt.UpdatedAt));
        var capture = attempt.Operation == GatewayOperations.Capture;
        var moved = payment.AmountMoved();
        balance.Captured += capture ? moved : 0;
        balance.Refunded += capture ? 0 : moved;
        var amount = capture ? moved : -moved;
        if (row is null && !received.MustContain(attempt))
            AddPending(balance, amount);
        else
            Count(balance, amount);
    }

    void AddPending(MoneyBalance balance, long amount)
    {
        balance.Pending += amount;
        var before = unsettled.GetValueOrDefault(balance.Currency) ?? new Unsettled(balance.Currency, 0, 0, balance.Day);
        unsettled[balance.Currency] = before with
        {
            Count = before.Count + 1, Amount = before.Amount + amount, Oldest = balance.Day < before.Oldest ? balance.Day : before.Oldest,
        };
    }

    void AddSettled(SettlementRow row)
    {
        var balance = Of(row.Currency, row.Day);
        balance.Fees += row.Fee;
        if (!SettlementKinds.OfOrders.Contains(row.Operation))
        {
            balance.Other += row.Amount;
            return;
        }

        balance.Settled += row.Amount;
        Count(balance, -row.Amount);
    }

    MoneyBalance Of(string currency, DateOnly day) =>
        days.TryGetValue((currency, day), out var found) ? found : days[(currency, day)] = new MoneyBalance(currency, day);

    void Count(MoneyBalance balance, long amount) => off[(balance.Currency, balance.Day)] = off.GetValueOrDefault((balance.Currency, balance.Day)) + amount;

    void AddDifference(Guid? orderId, string? subject)
    {
        foreach (var ((currency, day), amount) in off)
        {
            if (amount == 0)
                continue;
            var sums = accepted.Contains(orderId?.ToString() ?? subject!) ? Accepted : Drift;
            sums[currency] = sums.GetValueOrDefault(currency) + Math.Abs(amount);
            if (sums == Accepted)
                continue;
            DifferenceCount++;
            if (differences.Count < MaxListed)
                differences.Add(new MoneyDifference(orderId, subject, currency, day, amount));
        }
    }
}
