namespace OrderSaga.Platform.Http;

/// <summary>
/// At most one retry for each ten calls: retries of a service that is down must not multiply its load. Unused retries of up to a hundred calls
/// are kept for later.
/// </summary>
public sealed class RetryBudget
{
    const int CallsPerRetry = 10;
    const int MaxCalls = 100;

    int calls;

    /// <summary>Counts a call that is no retry.</summary>
    public void Count()
    {
        int before;
        do
            before = Volatile.Read(ref calls);
        while (before < MaxCalls && Interlocked.CompareExchange(ref calls, before + 1, before) != before);
    }

    /// <summary>False: there were too few calls for another retry.</summary>
    public bool TryTake()
    {
        int before;
        do
        {
            before = Volatile.Read(ref calls);
            if (before < CallsPerRetry)
                return false;
        }
        while (Interlocked.CompareExchange(ref calls, before - CallsPerRetry, before) != before);
        return true;
    }
}
