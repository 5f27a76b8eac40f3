using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>Bounds the live streams of one merchant in this process: each reads the database at every transition of its order.</summary>
sealed class EventStreams(Limits limits)
{
    const int RetryAfterSeconds = 10;

    readonly Dictionary<string, int> open = new(StringComparer.Ordinal);

    /// <summary>Counts a stream until the result is disposed.</summary>
    /// <exception cref="Problem">429: the merchant has its maximum.</exception>
    public IDisposable Enter(string merchant)
    {
        lock (open)
        {
            var count = open.GetValueOrDefault(merchant);
            if (count >= limits.MaxStreamsPerMerchant)
                throw Refusal(merchant);
            open[merchant] = count + 1;
        }

        return new Stream(() => Leave(merchant));
    }

    void Leave(string merchant)
    {
        lock (open)
        {
            if (--open[merchant] == 0)
                open.Remove(merchant);
        }
    }

    Problem Refusal(string merchant)
    {
        LimitedRequests.Count("event streams", merchant);
        return new Problem(ProblemTypes.TooManyRequests,
            $"The merchant has {limits.MaxStreamsPerMerchant} event streams in this process, which is the maximum. Close some, or use webhooks.")
        {
            RetryAfter = RetryAfterSeconds,
        };
    }

    sealed class Stream(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
