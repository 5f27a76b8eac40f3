using System.Collections.Concurrent;

namespace Installed;

/// <summary>An acknowledged order and its key.</summary>
public sealed record Acknowledged(Guid OrderId, string Key);

/// <summary>
/// Callers that place orders and retry: without a response, or with one that says "later", they send the same order again under the same
/// key until they get a 2xx.
/// </summary>
public sealed class Load(Shop shop, IReadOnlyList<Draft> drafts)
{
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(90);

    readonly ConcurrentQueue<Draft> waiting = new(drafts);
    readonly ConcurrentBag<Acknowledged> placed = [];
    int repeats;

    /// <summary>The number of retries.</summary>
    public int Repeats => repeats;

    /// <summary>The number of acknowledged orders.</summary>
    public int Acknowledged => placed.Count;

    /// <summary>Mostly valid payment tokens, as a shop sees them; the same seed gives the same orders.</summary>
    public static List<Draft> Mixed(int count, IReadOnlyList<string> skus, int seed)
    {
        var chance = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new Draft(
            $"load-{seed}-{i}-{Guid.CreateVersion7():N}", skus[chance.Next(skus.Count)], chance.Next(1, 4), Token(chance.Next(100))))];
    }

    public async Task<IReadOnlyList<Acknowledged>> Run(int callers)
    {
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Caller()));
        placed.Count.ShouldBe(drafts.Count);
        return [.. placed];
    }

    /// <summary>Waits until this many orders are acknowledged: the load is in progress.</summary>
    public Task Reaches(int acknowledged) => Eventually.Holds($"{acknowledged} orders are acknowledged", () => placed.Count >= acknowledged, WaitLimit);

    async Task Caller()
    {
        while (waiting.TryDequeue(out var draft))
            placed.Add(await PlaceWithRetries(draft));
    }

    async Task<Acknowledged> PlaceWithRetries(Draft draft)
    {
        Acknowledged? answer = null;
        using var delay = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var limit = new CancellationTokenSource(WaitLimit);
        while ((answer = await TryPlace(draft)) is null)
        {
            Interlocked.Increment(ref repeats);
            await delay.WaitForNextTickAsync(limit.Token);
        }

        return answer;
    }

    async Task<Acknowledged?> TryPlace(Draft draft)
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        try
        {
            using var answer = await shop.Post(draft, cancel: limit.Token);
            if (answer.IsSuccessStatusCode)
                return new Acknowledged((await answer.Content.ReadFromJsonAsync<Order>(limit.Token))!.Id, draft.Key);
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.ServiceUnavailable, HttpStatusCode.Conflict, HttpStatusCode.TooManyRequests);
            return null;
        }
        catch (Exception unavailable) when (Shop.IsUnavailable(unavailable))
        {
            return null;
        }
    }

    static string Token(int percent) => percent switch
    {
        < 84 => "tok_ok",
        < 90 => "tok_declined",
        < 94 => "tok_capture_refused",
        < 98 => "tok_error",
        _ => "tok_timeout",
    };
}

/// <summary>Reads stock levels repeatedly during a run: at every readable instant, no unit is missing or duplicated.</summary>
public sealed class LevelSampler(Shop shop, IReadOnlyList<string> skus)
{
    public int Samples { get; private set; }

    public async Task<T> While<T>(Task<T> running)
    {
        do
        {
            foreach (var sku in skus)
            {
                var level = await shop.LevelOf(sku);
                (level.Available + level.Held + level.Sold).ShouldBe(level.Received, level.ToString());
                Math.Min(level.Available, Math.Min(level.Held, level.Sold)).ShouldBeGreaterThanOrEqualTo(0, level.ToString());
                Samples++;
            }
        }
        while (!running.IsCompleted);
        return await running;
    }
}
