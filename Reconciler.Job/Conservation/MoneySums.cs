namespace Reconciler.Job;

/// <summary>
/// Adds up what payments know and what was settled, order by order; it holds a sum for each currency and day, and the first orders that are off.
/// </summary>
sealed class MoneySums(SettlementDays told, IReadOnlySet<string> accepted)
{
    /// <summary>Orders that are named; the others are counted.</summary>
    const int MostNamed = 100;

    readonly Dictionary<(string Currency, DateOnly Day), MoneyBalance> days = [];
    readonly List<MoneyDifference> differences = [];
    readonly Dictionary<(string Currency, DateOnly Day), long> off = [];
    readonly Dictionary<string, Unsettled> unsettled = new(StringComparer.Ordinal);

    public IReadOnlyList<MoneyBalance> Days => [.. days.Values.OrderBy(day => day.Currency, StringComparer.Ordinal).ThenBy(day => day.Day)];

    /// <summary>The first of them.</summary>
    public IReadOnlyList<MoneyDifference> Differences => differences;

    /// <summary>All of them.</summary>
    public long DifferenceCount { get; private set; }

    /// <summary>Minor units, without sign, over all orders, by currency: two errors do not make each other good.</summary>
    public SortedDictionary<string, long> Drift { get; } = new(StringComparer.Ordinal);

    /// <summary>As <see cref="Drift"/>, of what an operator has accepted.</summary>
    public SortedDictionary<string, long> Accepted { get; } = new(StringComparer.Ordinal);

    /// <summary>What no file can tell of yet, by currency.</summary>
    public IReadOnlyList<Unsettled> Unsettled => [.. unsettled.Values.OrderBy(one => one.Currency, StringComparer.Ordinal)];

    public void Add(Guid orderId, PaymentEntry? payment, IReadOnlyList<SettlementRow> settled)
    {
        off.Clear();
        foreach (var attempt in payment?.Attempts ?? [])
            if (attempt.State == GatewayWords.Succeeded)
                Book(payment!, attempt, settled);
        foreach (var row in settled)
            Settle(row);
        Note(orderId, null);
    }

    /// <summary>A row that names no order is money that nobody here knows.</summary>
    public void AddNameless(SettlementRow row)
    {
        off.Clear();
        Settle(row);
        Note(null, row.Id);
    }

    void Book(PaymentEntry payment, AttemptEntry attempt, IReadOnlyList<SettlementRow> settled)
    {
        if (attempt.Operation is not (GatewayWords.Capture or GatewayWords.Refund))
        {
            Of(payment.Currency, DateOnly.FromDateTime(attempt.UpdatedAt)).Authorized += attempt.Operation == GatewayWords.Authorize ? payment.Amount : 0;
            return;
        }

        var row = settled.FirstOrDefault(row => row.Operation == attempt.Operation && (attempt.GatewayId is null || row.Id == attempt.GatewayId));
        var balance = Of(payment.Currency, row?.Day ?? DateOnly.FromDateTime(attempt.UpdatedAt));
        var capture = attempt.Operation == GatewayWords.Capture;
        var moved = payment.AmountMoved();
        balance.Captured += capture ? moved : 0;
        balance.Refunded += capture ? 0 : moved;
        var amount = capture ? moved : -moved;
        if (row is null && !told.MustTellOf(attempt))
            Wait(balance, amount);
        else
            Count(balance, amount);
    }

    void Wait(MoneyBalance balance, long amount)
    {
        balance.Pending += amount;
        var before = unsettled.GetValueOrDefault(balance.Currency) ?? new Unsettled(balance.Currency, 0, 0, balance.Day);
        unsettled[balance.Currency] = before with
        {
            Count = before.Count + 1, Amount = before.Amount + amount, Oldest = balance.Day < before.Oldest ? balance.Day : before.Oldest,
        };
    }

    void Settle(SettlementRow row)
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

    void Note(Guid? orderId, string? subject)
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
            if (differences.Count < MostNamed)
                differences.Add(new MoneyDifference(orderId, subject, currency, day, amount));
        }
    }
}
