namespace FaultRuns.Experiments;

/// <summary>An acknowledged order.</summary>
/// <param name="At">When it was first requested, UTC.</param>
public sealed record PlacedOrder(Guid Id, DateTime At);

/// <summary>
/// Places orders at a steady rate; callers retry under the same key until they get a 2xx, after Retry-After if the answer has one.
/// </summary>
public sealed class SteadyLoad
{
    const int NoAnswer = 0;
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Callers that wait for an answer at the same time. Beyond it the rate drops: on a machine that is slower than the rate the callers would
    /// otherwise take its memory.
    /// </summary>
    const int MaxCallers = 1000;

    readonly Trial trial;
    readonly Shop shop;
    readonly CancellationTokenSource stopped = new();
    readonly SemaphoreSlim waiting = new(MaxCallers);
    readonly ConcurrentQueue<PlacedOrder> placed = [];
    readonly Task<List<Task>> callers;
    int withoutRetryAfter;

    SteadyLoad(Trial trial, double rate, Func<Draft> draft, Shop shop)
    {
        (this.trial, this.shop) = (trial, shop);
        callers = Place(rate, draft);
    }

    public IReadOnlyCollection<PlacedOrder> Placed => placed;

    /// <summary>How often each status was returned; 0 means no response.</summary>
    public ConcurrentDictionary<int, int> Answers { get; } = new();

    public int Count(int status) => Answers.GetValueOrDefault(status);

    /// <summary>Responses of 503 without a Retry-After.</summary>
    public int WithoutRetryAfter => withoutRetryAfter;

    /// <param name="trial">Its merchant places the orders, unless there is a <paramref name="shop"/>.</param>
    /// <param name="rate">Orders per second.</param>
    /// <param name="draft">Makes the next order.</param>
    /// <param name="shop">Another merchant.</param>
    public static SteadyLoad Start(Trial trial, double rate, Func<Draft> draft, Shop? shop = null) => new(trial, rate, draft, shop ?? trial.Shop);

    /// <summary>Places no more orders; those that were started have their response.</summary>
    public async Task<IReadOnlyList<PlacedOrder>> Stop()
    {
        await stopped.CancelAsync();
        await Task.WhenAll(await callers);
        return [.. placed];
    }

    async Task<List<Task>> Place(double rate, Func<Draft> draft)
    {
        var all = new List<Task>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
        try
        {
            while (await timer.WaitForNextTickAsync(stopped.Token))
            {
                await waiting.WaitAsync(stopped.Token);
                all.Add(Caller(draft()));
            }
        }
        catch (OperationCanceledException)
        {
            // The load was stopped.
        }

        return all;
    }

    async Task Caller(Draft draft)
    {
        var at = trial.Run.Now;
        try
        {
            while (true)
            {
                var (id, wait) = await TryPlace(draft);
                if (id is { } order)
                {
                    placed.Enqueue(new PlacedOrder(order, at));
                    return;
                }

                await Faults.Delay.For(wait.TotalSeconds, trial.Cancel);
            }
        }
        finally
        {
            waiting.Release();
        }
    }

    async Task<(Guid? Order, TimeSpan Wait)> TryPlace(Draft draft)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(trial.Cancel);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var answer = await shop.Post(draft, cancel: limit.Token);
            CountStatus((int)answer.StatusCode);
            if (answer is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: null })
                Interlocked.Increment(ref withoutRetryAfter);
            return answer.IsSuccessStatusCode
                ? ((await answer.Content.ReadFromJsonAsync<Order>(limit.Token))!.Id, default)
                : (null, answer.Headers.RetryAfter?.Delta ?? RetryDelay);
        }
        catch (Exception unavailable) when (Shop.IsUnavailable(unavailable))
        {
            CountStatus(NoAnswer);
            return (null, RetryDelay);
        }
    }

    void CountStatus(int status) => Answers.AddOrUpdate(status, 1, (_, times) => times + 1);
}
